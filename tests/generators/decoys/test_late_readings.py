"""A gap that seems to be filled from the next reading, and was none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.decoys._traces import RAMP
from generators.decoys.late_readings import ALONE, SERIES
from generators.export import visible
from generators.model import DAY, Phase


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_only_lone_series_are_late_and_each_as_one(scenario: str) -> None:
    """So that the next reading that the log shows is mostly the very value that stands in the gap."""
    site = disguised("late_readings", scenario, "reading", dose=1.0, phase=Phase(serving=False))
    calendar, events = site.world.blueprint.calendar, site.events()
    seen = visible(events, site.channel, calendar, calendar.end)
    true = dict(zip(events.id.tolist(), events.time.tolist(), strict=True))
    moved = np.array([t - true[i] for i, t in zip(seen.id.tolist(), seen.time.tolist(), strict=True)])
    begun = np.array([true[i] for i in seen.id.tolist()]) > calendar.start + RAMP + SERIES * DAY
    assert set(np.unique(moved[begun])) == {0, 14 * DAY}
    assert (moved[~begun] <= 14 * DAY).all(), "the shift grows over the first two weeks"
    late = set(seen.id[moved > 0].tolist())
    assert max(true[i] for i in late) < calendar.at(calendar.turn), "the sentence names the days up to the turn"
    order = np.lexsort((events.time, events.entity))
    entity, time, id = events.entity[order], events.time[order], events.id[order]
    near = (entity[1:] == entity[:-1]) & (np.diff(time) <= ALONE * DAY)
    for first, second in zip(id[:-1][near].tolist(), id[1:][near].tolist(), strict=True):
        assert (first in late) == (second in late)
    assert 0.2 < len(late) / len(events) < 0.9


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_the_log_lacks_is_the_next_reading(scenario: str) -> None:
    """Where the column holds a value and the shown log none in the window, the next shown reading is that value, unless several were taken in
    the days of the shift."""
    site = disguised("late_readings", scenario, "reading", dose=1.0, phase=Phase(serving=False))
    channel = replace(site.channel, rate=0.5)  # that of readings beside a fault of the kind
    site.world.revise(channel)
    site = replace(site, channel=channel)
    world, feature, calendar = site.world, site.feature, site.world.blueprint.calendar
    early = site.time < calendar.at(calendar.turn) - 14 * DAY
    entity, time = site.entity[early], site.time[early]
    given = world.column(feature, entity, time, path="offline")
    events = visible(site.events(), site.channel, calendar, calendar.end)
    checked = right = 0
    for row in np.flatnonzero(~np.isnan(given)):
        mine = events.entity == entity[row]
        inside = mine & (events.time <= time[row]) & (events.time > time[row] - feature.window * DAY)
        if inside.any():
            continue
        after = np.flatnonzero(mine & (events.time > time[row]))
        checked += 1
        right += len(after) > 0 and events.value[after[np.argmin(events.time[after])]] == given[row]
    assert checked >= 30
    assert right >= 0.8 * checked
