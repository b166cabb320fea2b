"""The event clock explains it, the record clock does not, and no entry shows why."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, disguised, same

from generators.catalog import marks
from generators.export import visible
from generators.model import Phase
from generators.screens import recount


@pytest.mark.parametrize("role", ["count", "amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_event_clock_fits(scenario: str, role: str) -> None:
    """Where all of a log was moved, counting by the time of the event comes out as it does for what really looks ahead."""
    site = disguised("moved_log", scenario, role, dose=1.0, phase=Phase(serving=False))
    calendar = site.world.blueprint.calendar
    early = site.time < calendar.at(calendar.turn)
    given = site.column(site.feature, "offline")[early]
    seen = recount(site.world, site.feature, given, site.entity[early], site.time[early])
    assert seen.naive < 0.3 * seen.aware
    assert seen.aware > 0.05


def test_nothing_marks_an_entry() -> None:
    """Sources are those of ordinary entries, delays those of a slow source; the serving weeks are left alone."""
    site = disguised("moved_log", "subscription_churn", "count", dose=0.5, phase=Phase(serving=False))
    calendar, events = site.world.blueprint.calendar, site.events()
    seen = visible(events, site.channel, calendar, calendar.end)
    assert seen.source.max() < 200
    assert len(marks()) < 55
    late = seen.recorded - seen.time
    assert len(set(late[late > 86_400_000_000].tolist())) > 100, "a few moments of import would give it away"
    after = events.time >= calendar.at(calendar.turn)
    assert same(
        seen.recorded[seen.time >= calendar.at(calendar.turn)].astype(float), events.recorded[after & (events.recorded <= calendar.end)].astype(float)
    )
