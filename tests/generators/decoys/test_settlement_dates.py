"""Settlement moves `event_time` in the export; the column counts by the day itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, same

from generators.catalog import decoys
from generators.decoys._traces import mark
from generators.model import DAY
from generators.screens import recount

DECOY = decoys()["settlement_dates"]


@pytest.mark.parametrize("role", ["count", "amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_marked_entries_are_dated_two_weeks_later(scenario: str, role: str) -> None:
    """By number: the same record time, the same value, fourteen days between."""
    site = disguised(DECOY.id, scenario, role)
    events = site.events()
    shown = DECOY.shown(events, quirk=site.channel.quirks[0], calendar=site.world.blueprint.calendar)
    before, after = np.argsort(events.id), np.argsort(shown.id)
    moved = shown.time[after] - events.time[before]
    assert set(np.unique(moved).tolist()) == {0, 14 * DAY}
    assert ((moved > 0) == (events.source[before] == mark(DECOY.id))).all()
    assert np.array_equal(shown.recorded[after], events.recorded[before])
    assert np.array_equal(shown.value[after], events.value[before])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_later_end_seems_to_fit_better(scenario: str) -> None:
    """Both clocks contradict the column; a window that ends two weeks later comes nearer when everything is settled so."""
    site = disguised(DECOY.id, scenario, "count", dose=1.0)
    given = site.column(site.feature, "offline")
    seen = recount(site.world, site.feature, given, site.entity, site.time)
    assert min(seen.naive, seen.aware) > 0.2
    assert seen.later < seen.naive / 2


def test_the_column_does_not_change() -> None:
    """What the export shows is no part of an honest value."""
    site = disguised(DECOY.id, "home_pricing", "count")
    given = site.column(site.feature, "offline")
    assert same(given, site.column(replace(site.feature, rules=()), "offline"))
