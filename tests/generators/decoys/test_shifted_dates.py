"""A window that ends later explains it, as it explains one that looks past the decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, first_of, fresh_world

from generators.export import visible
from generators.model import DAY, Phase, Quirk
from generators.screens import recount


@pytest.mark.parametrize("role", ["count", "amount"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_later_end_fits(scenario: str, role: str) -> None:
    """By the whole shift, on the clock that sees all; an end at the decision contradicts a good part."""
    site = disguised("shifted_dates", scenario, role, dose=1.0, phase=Phase(serving=False))
    calendar = site.world.blueprint.calendar
    early = site.time < calendar.at(calendar.turn) - 14 * DAY
    given = site.column(site.feature, "offline")[early]
    seen = recount(site.world, site.feature, given, site.entity[early], site.time[early])
    assert seen.later < 0.3 * seen.naive
    assert seen.naive > 0.05


def test_both_clocks_are_moved_by_the_days_of_the_quirk() -> None:
    """All that happened in the phase and nothing else; what is aggregated stays what it was."""
    site = disguised("shifted_dates", "home_pricing", "status", dose=1.0, phase=Phase(serving=False))
    calendar, events = site.world.blueprint.calendar, site.events()
    quirks = tuple(replace(q, days=28) for q in site.channel.quirks)
    seen = visible(events, replace(site.channel, quirks=quirks), calendar, calendar.end)
    where = {id: (t, r) for id, t, r in zip(seen.id.tolist(), seen.time.tolist(), seen.recorded.tolist(), strict=True)}
    moved = np.array([where[i][0] - t for i, t in zip(events.id.tolist(), events.time.tolist(), strict=True) if i in where])
    known = np.array([t for i, t in zip(events.id.tolist(), events.time.tolist(), strict=True) if i in where])
    early = known < calendar.at(calendar.turn)
    assert (moved[early] == 28 * DAY).all()
    assert (moved[~early] == 0).all()
    assert all(r - t >= 0 for t, r in where.values())


@pytest.mark.parametrize(("id", "role"), [("shifted_dates", "count"), ("shifted_dates", "status"), ("late_readings", "reading")])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_log_looks_even(scenario: str, id: str, role: str) -> None:
    """No thin weeks where it begins and no pile where the shift ends: either would clear the column without a word. Entries a week and entity
    on the books, of what happened after the first day."""
    days = 28 if role == "status" else 14
    world = fresh_world(scenario, slots=4000)
    feature = first_of(scenario, role)
    declared = world.blueprint.channel(f"{feature.stream}.{feature.type}")
    quirk = Quirk(kind=id, dose=1.0, phase=Phase(serving=False, part=1 - days / 210), days=days)
    channel = replace(declared, rate=0.5 if role == "reading" else 2.0, quirks=(quirk,))
    world.revise(channel)
    calendar, population = world.blueprint.calendar, world.populations[0]
    seen = visible(world.events(channel, 0), channel, calendar, calendar.end)
    started = seen.time > population.start[seen.entity] + 29 * DAY  # a level is there from the first day on
    old = population.start < calendar.start - 29 * DAY

    def pace(first: float, last: float) -> float:
        """Entries a day, of entities that were on the books all the while."""
        there = np.flatnonzero(old & (population.end >= calendar.at(last)))
        mine = started & np.isin(seen.entity, there) & (seen.time >= calendar.at(first)) & (seen.time < calendar.at(last))
        return float(mine.sum() / len(there) / (last - first))

    usual = pace(10, 20)
    assert 0.85 < pace(0.2, 2) / usual < 1.15
    assert 0.85 < pace(2, 4) / usual < 1.15
    assert 0.8 < pace(30 - days / 7, 30) / usual < 1.25


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whoever_is_new_keeps_a_status(scenario: str) -> None:
    """A log that is thinned where dates pile up loses nobody's only entry: a gap in the serving log would give the column away, and a twin with
    gaps is never like its fault, so that a plain cause took its place."""
    world = fresh_world(scenario, slots=4000)
    feature = first_of(scenario, "status")
    declared = world.blueprint.channel(f"{feature.stream}.{feature.type}")
    quirk = Quirk(kind="shifted_dates", dose=1.0, phase=Phase(serving=False, part=1 - 28 / 210), days=28)
    world.revise(replace(declared, rate=0.4, quirks=(quirk,)))
    calendar = world.blueprint.calendar
    time = calendar.at(calendar.turn + 1)
    entity = world.eligible(time)
    assert len(entity) > 200
    assert not np.isnan(world.column(feature, entity, np.full(len(entity), time), path="log")).any()
