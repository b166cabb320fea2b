"""No entry of the log is known by its clock: every time is a whole second, and nothing comes before the log opens."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, disguised

from generators.catalog import decoys
from generators.export import visible

CAUSES = [(d.id, role) for d in decoys().values() for role in d.roles]


@pytest.mark.parametrize(("decoy", "role"), CAUSES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_times_are_whole_seconds(scenario: str, decoy: str, role: str) -> None:
    """Whatever an oddity adds or moves; amendments included."""
    site = disguised(decoy, scenario, role, dose=0.8)
    calendar = site.world.blueprint.calendar
    events = visible(site.events(), site.channel, calendar, calendar.end)
    assert len(events)
    for times in (events.time, events.recorded, events.amended_at):
        assert (times % 1_000_000 == 0).all()
    assert min(events.time.min(), events.recorded.min()) >= calendar.start
