"""The column is the plain one; what is left of the log no longer shows it for old decisions."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, changed, disguised

from generators.export import kept_days, visible
from generators.model import DAY
from generators.screens import recount


@pytest.mark.parametrize("role", ["count", "amount", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_recount_falls_short_only_where_the_log_was_deleted(scenario: str, role: str) -> None:
    """Decisions whose whole window is still in the log recount exactly; older ones do not."""
    site = disguised("retention_purge", scenario, role, dose=1.0)
    calendar, given = site.world.blueprint.calendar, site.column(site.feature, "offline")
    days = kept_days(site.channel, calendar)
    assert days is not None
    complete = site.time - site.feature.window * DAY > calendar.cut - days * DAY
    assert complete.any()
    assert (~complete).any()
    for rows, low, high in ((complete, 0.0, 0.0), (~complete, 0.1, 1.0)):
        seen = recount(site.world, site.feature, given[rows], site.entity[rows], site.time[rows])
        assert low <= seen.aware <= high


def test_events_themselves_are_never_changed() -> None:
    """The rule deletes from the export, not from the world: what the column counts is all there."""
    site = disguised("retention_purge", "home_pricing", "count", dose=1.0)
    events, calendar = site.events(), site.world.blueprint.calendar
    seen = visible(events, site.channel, calendar, calendar.cut)
    days = kept_days(site.channel, calendar)
    assert days is not None
    np.testing.assert_array_equal(np.sort(seen.id), np.sort(events.id[(events.recorded <= calendar.cut) & (events.time > calendar.cut - days * DAY)]))
    assert not changed(site.column(site.feature, "offline"), site.column(site.feature, "online")).any()
