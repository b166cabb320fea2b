"""Gaps are filled from the next reading after the decision, and nothing but gaps is touched."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, struck

from generators.model import DAY


@pytest.mark.parametrize(("level", "days"), [(1, 28), (2, 21), (3, 16), (4, 12)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_gap_holds_the_next_reading(scenario: str, level: int, days: int) -> None:
    """Where the honest column is empty, the first reading within the level's days stands there; elsewhere values are equal."""
    site, faulty = struck("backfilled_gaps", scenario, level)
    events, given, honest = site.events(), site.column(faulty, "offline"), site.column(site.feature, "offline")
    latest = events.latest()
    np.testing.assert_array_equal(given[~np.isnan(honest)], honest[~np.isnan(honest)])
    filled = 0
    for row in np.flatnonzero(np.isnan(honest)):
        later = np.flatnonzero((events.entity == site.entity[row]) & (events.time > site.time[row]))
        expected = latest[later[0]] if len(later) and events.time[later[0]] <= site.time[row] + days * DAY else np.nan
        np.testing.assert_equal(given[row], expected)
        filled += not np.isnan(expected)
    assert filled > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_leaves_the_gap(scenario: str) -> None:
    """There is no next reading yet."""
    site, faulty = struck("backfilled_gaps", scenario, 1)
    np.testing.assert_array_equal(site.column(faulty, "online"), site.column(site.feature, "online"))
