"""Gaps are filled from readings after the decision, and nothing but gaps is touched."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, struck

from generators.model import DAY


@pytest.mark.parametrize(("level", "days"), [(1, 28), (2, 21), (3, 16), (4, 12)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_gap_holds_the_next_reading(scenario: str, level: int, days: int) -> None:
    """Where the honest column is empty, the first reading of the level's days after the decision stands there, whenever it was recorded; elsewhere
    values are equal."""
    site, faulty = struck("backfilled_gaps", scenario, level)
    events, given, honest = site.events(), site.column(faulty, "offline"), site.column(site.feature, "offline")
    assert len(events.amended) == 0, "beside this fault nothing is amended"
    np.testing.assert_array_equal(given[~np.isnan(honest)], honest[~np.isnan(honest)])
    filled = 0
    for row in np.flatnonzero(np.isnan(honest)):
        inside = (events.time > site.time[row]) & (events.time <= site.time[row] + days * DAY)
        later = np.flatnonzero((events.entity == site.entity[row]) & inside)
        expected = events.value[later[np.argmin(events.time[later])]] if len(later) else np.nan
        np.testing.assert_equal(given[row], expected)
        filled += not np.isnan(expected)
    assert filled > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_leaves_the_gap(scenario: str) -> None:
    """There is no later reading yet."""
    site, faulty = struck("backfilled_gaps", scenario, 1)
    np.testing.assert_array_equal(site.column(faulty, "online"), site.column(site.feature, "online"))
