"""The faulty column shows the status of the monthly snapshot after the decision."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, same, struck

from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_shows_the_last_status_of_four_weeks_later(scenario: str) -> None:
    """Against a loop over the change log, as it was known then."""
    site, faulty = struck("final_status", scenario, 3)
    events, given = site.events(), site.column(faulty, "offline")
    changes = list(zip(events.amended.tolist(), events.amended_at.tolist(), events.amended_to.tolist(), strict=True))
    for row in range(0, len(given), 19):
        close = site.time[row] + 28 * DAY
        last = np.flatnonzero((events.entity == site.entity[row]) & (events.time <= close) & (events.recorded <= close))[-1]
        assert given[row] == ([events.value[last]] + [to for event, at, to in changes if event == last and at <= close])[-1]


def test_what_the_outcome_moves_is_entered_after_the_decision() -> None:
    """Every value that differs stems from a record, or an amendment, made after the decision."""
    site, faulty = struck("final_status", "subscription_churn", 1)
    events, given, honest = site.events(), site.column(faulty, "offline"), site.column(site.feature, "offline")
    for row in np.flatnonzero(given != honest):
        close = site.time[row] + 28 * DAY
        mine = np.flatnonzero((events.entity == site.entity[row]) & (events.time <= close) & (events.recorded <= close))
        amended = events.amended_at[events.amended == mine[-1]]
        assert events.recorded[mine[-1]] > site.time[row] or (amended > site.time[row]).any()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_sees_the_status_of_today(scenario: str) -> None:
    """Online the honest value is served: nothing later is on record."""
    site, faulty = struck("final_status", scenario, 3)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))
