"""The faulty count goes by when something happened, not by when it was known."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, same, struck

from generators.defects.future_timestamp.event_time_not_recorded_at import GRACE
from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_difference_is_what_was_not_yet_recorded(scenario: str) -> None:
    """Given minus honest is the number of events of the window that were recorded in the seven weeks after the decision; none comes later."""
    site, faulty = struck("event_time_not_recorded_at", scenario, 2)
    events = site.events()
    more = site.column(faulty, "offline") - site.column(site.feature, "offline")
    assert more.max() > 0
    for row in range(0, len(more), 17):
        t = site.time[row]
        mine = (events.entity == site.entity[row]) & (events.time <= t) & (events.time > t - site.feature.window * DAY)
        assert more[row] == (mine & (events.recorded > t) & (events.recorded <= t + GRACE * DAY)).sum()
    delay = events.recorded - events.time
    assert delay.max() < GRACE * DAY
    assert (delay > 21 * DAY).mean() > 0.05, "though some come close"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_most_records_of_the_source_are_late(scenario: str) -> None:
    """Late records alone tell nothing: they are many, and most belong to no outcome. Nor does a source that stayed late: it did not."""
    site = struck("event_time_not_recorded_at", scenario, 2)[0]
    events, calendar = site.events(), site.world.blueprint.calendar
    late = events.recorded - events.time > DAY
    before = events.time < calendar.at(calendar.turn)
    assert float(late[before].mean()) > 0.6
    served = ~before & (events.time < calendar.cut)
    assert float((events.recorded - events.time > 5 * DAY)[served].mean()) < 0.1


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_window_and_written_definition_are_right(scenario: str) -> None:
    """Only availability is violated: the definition is the clean one, and online it is computed as written."""
    site, faulty = struck("event_time_not_recorded_at", scenario, 2)
    assert (faulty.window, faulty.end, faulty.aggregate) == (site.feature.window, 0, site.feature.aggregate)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))
