"""The faulty column shows the status of the monthly snapshot after the decision."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, same, struck

from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_shows_the_last_status_of_four_weeks_later(scenario: str) -> None:
    """Against a loop over the change log."""
    site, faulty = struck("final_status", scenario, 3)
    events, given = site.events(), site.column(faulty, "offline")
    latest = events.latest()
    for row in range(0, len(given), 19):
        mine = np.flatnonzero((events.entity == site.entity[row]) & (events.time <= site.time[row] + 28 * DAY))
        assert given[row] == latest[mine[-1]]


def test_what_the_outcome_moves_is_entered_after_the_decision() -> None:
    """Every value that differs stems from a record, or an amendment, made after the decision."""
    site, faulty = struck("final_status", "subscription_churn", 1)
    events, given, honest = site.events(), site.column(faulty, "offline"), site.column(site.feature, "offline")
    for row in np.flatnonzero(given != honest):
        mine = np.flatnonzero((events.entity == site.entity[row]) & (events.time <= site.time[row] + 28 * DAY))
        amended = events.amended_at[events.amended == mine[-1]]
        assert events.recorded[mine[-1]] > site.time[row] or (amended > site.time[row]).any()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_sees_the_status_of_today(scenario: str) -> None:
    """Online the honest value is served: nothing later is on record."""
    site, faulty = struck("final_status", scenario, 3)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))
