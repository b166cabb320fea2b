"""What was lost is missing from every export; what was computed before stays as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, same

from generators.decoys._traces import LOST, period
from generators.export import visible
from generators.model import DAY, Phase
from generators.quirks import ASIDE_PART
from generators.screens import recount

ROLES = ("count", "amount", "reading")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recount_falls_short_only_of_the_period(scenario: str, role: str) -> None:
    """Decisions whose window lies in the weeks that were spared recount exactly."""
    site = disguised("lost_entries", scenario, role, dose=0.6, phase=Phase(offline=False))
    calendar, given = site.world.blueprint.calendar, site.column(site.feature, "offline")
    spared = site.time < calendar.at(calendar.turn)
    touched = ~spared
    assert spared.any()
    assert touched.any()
    for rows, low, high in ((spared, 0.0, 0.0), (touched, 0.05, 1.0)):
        seen = recount(site.world, site.feature, given[rows], site.entity[rows], site.time[rows])
        assert low <= seen.aware <= high


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_rate_is_the_share_that_is_gone(scenario: str) -> None:
    """Whatever set an entry off; nothing after the export is touched, and no other mark is left behind."""
    site = disguised("lost_entries", scenario, "count", dose=0.3, phase=Phase())
    calendar = site.world.blueprint.calendar
    events = site.events()
    before = events.time < calendar.cut
    seen = visible(events, site.channel, calendar, calendar.end)
    assert not (seen.source == LOST).any()
    kept = np.isin(events.id, seen.id)
    assert kept[~before & (events.recorded <= calendar.end)].all()
    lost = 1 - kept[before].mean()
    assert abs(lost - 0.3) < 5 * np.sqrt(0.3 * 0.7 / before.sum())


@pytest.mark.parametrize("serving", [False, True])
def test_a_fault_keeps_its_evidence(serving: bool) -> None:
    """Beside a fault the loss ends early enough: the last decisions of either side recount exactly."""
    part = Phase(offline=not serving, serving=serving, part=ASIDE_PART[1])
    site = disguised("lost_entries", "subscription_churn", "count", dose=0.9, phase=part)
    calendar = site.world.blueprint.calendar
    first, last = period(part, calendar)
    events = site.events()
    inside = (events.time >= first) & (events.time < last)
    assert (events.source[~inside] != LOST).all()
    assert (events.source[inside] == LOST).any()
    last_decision = calendar.at((calendar.serving if serving else calendar.offline)[-1])
    assert last_decision - 28 * DAY >= last
    entity = site.world.eligible(last_decision)
    time = np.full(len(entity), last_decision)
    feature = replace(site.feature, window=28)
    given = site.world.column(feature, entity, time, path="offline")
    assert recount(site.world, feature, given, entity, time).aware == 0.0


def test_the_column_does_not_change() -> None:
    """What the export shows is no part of an honest value."""
    site = disguised("lost_entries", "home_pricing", "amount")
    assert same(site.column(site.feature, "offline"), site.column(replace(site.feature, rules=()), "offline"))
