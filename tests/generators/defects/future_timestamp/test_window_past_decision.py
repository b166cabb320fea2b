"""The window keeps its length and ends days after the decision."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, struck

from generators.model import DAY


@pytest.mark.parametrize(("level", "days"), [(1, 14), (2, 10), (3, 7), (4, 5)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_window_ends_later_by_the_days_of_the_level(scenario: str, level: int, days: int) -> None:
    """A recount over the shifted window fits every cell."""
    site, faulty = struck("window_past_decision", scenario, level)
    events, given = site.events(), site.column(faulty, "offline")
    for row in range(0, len(given), 29):
        close = site.time[row] + days * DAY
        mine = (events.entity == site.entity[row]) & (events.time <= close) & (events.time > close - site.feature.window * DAY)
        assert given[row] == mine.sum()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_misses_the_days_that_carried_the_signal(scenario: str) -> None:
    """Online the window is shifted too, but its last days are not on record: the value never exceeds the honest one."""
    site, faulty = struck("window_past_decision", scenario, 1)
    assert (site.column(faulty, "online") <= site.column(site.feature, "online")).all()
