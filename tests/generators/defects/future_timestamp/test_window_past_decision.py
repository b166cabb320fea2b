"""The window keeps its length and ends days after the decision."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, struck

from generators.model import DAY


@pytest.mark.parametrize(("level", "days"), [(1, 13), (2, 11), (3, 9), (4, 8)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_window_ends_later_by_the_days_of_the_level(scenario: str, level: int, days: int) -> None:
    """A recount as of the later day fits every cell."""
    site, faulty = struck("window_past_decision", scenario, level)
    events, given = site.events(), site.column(faulty, "offline")
    for row in range(0, len(given), 29):
        close = site.time[row] + days * DAY
        mine = (
            (events.entity == site.entity[row])
            & (events.time <= close)
            & (events.recorded <= close)
            & (events.time > close - site.feature.window * DAY)
        )
        assert given[row] == mine.sum()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_counts_as_written(scenario: str) -> None:
    """Online the window ends at the decision: served values are honest, and lack the days that carried the signal."""
    site, faulty = struck("window_past_decision", scenario, 1)
    assert (site.column(faulty, "online") == site.column(site.feature, "online")).all()
    assert site.column(faulty, "offline").sum() != site.column(faulty, "online").sum()
