"""The log behind a leak's twin is that of a leak: nothing in it tells the two apart but what it is said to be.

False alarm: fixed secrets, so none; of other secrets one in some hundreds would be outside the ranges, which are four standard errors and more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import LEAK, SCENARIOS, fresh_world

from generators.blueprint import as_declared
from generators.catalog import mechanisms
from generators.export import visible
from generators.features import World
from generators.kinds import Mechanism
from generators.model import NEVER, Channel, Floats, Phase, Quirk
from generators.quirks import in_time, with_quirks

LEAKS = [m for m in mechanisms().values() if m.leak]
DAY = 86_400e6


def looks(world: World, channel: Channel) -> dict[str, Floats]:
    """Of each event that an export shows before the turn, and after it: how late it is recorded, its value, how long after the last of its entity;
    of each amendment, how long after the event; of each week, how many events."""
    world.revise(channel)
    calendar, started = world.blueprint.calendar, world.populations[0].start
    events = visible(world.events(channel, 0), channel, calendar, calendar.cut)
    assert (events.time >= started[events.entity] // DAY * DAY).all(), "an entry of somebody who is not on the books"
    assert (events.time < world.populations[0].end[events.entity]).all()
    weeks = np.bincount((events.time - calendar.start) // (7 * int(DAY)), minlength=37)[:37]
    found = {"weeks": weeks.astype(np.float64) / weeks[6:26].mean()}
    for name, here in (("before", events.time < calendar.at(calendar.turn)), ("after", events.time >= calendar.at(calendar.turn))):
        same = np.diff(events.entity) == 0
        amended = here[events.amended]
        found |= {
            f"late {name}": (events.recorded - events.time)[here] / DAY, f"value {name}": events.latest()[here].astype(np.float64),
            f"gap {name}": (np.diff(events.time) / DAY)[same & here[1:]],
            f"wait {name}": ((events.amended_at - events.time[events.amended]) / DAY)[amended],
        }  # fmt: skip
    if not (world.populations[0].outcome < NEVER).any():  # an outcome ends a case: what tells of it in time is further from the end
        found["left"] = (world.populations[0].end[events.entity] - events.time)[events.time >= calendar.at(calendar.turn)] / DAY
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mechanism", LEAKS, ids=lambda m: m.id)
def test_the_log_of_a_twin_looks_as_that_of_its_fault(scenario: str, mechanism: Mechanism) -> None:
    """With as much of the outcome in it, and no oddity beside its cause."""
    world = fresh_world(scenario, slots=6000)
    assert mechanism.prepare is not None
    assert mechanism.edit is not None
    clean = next(f for f in world.blueprint.spec.features if f.role in mechanism.roles)
    declared = world.blueprint.channel(f"{clean.stream}.{clean.type}")
    busy = replace(declared, rate=2.0 if clean.role in ("count", "amount") else 0.6, loading=0.08)
    fault = replace(mechanism.prepare(busy, 2), amend=0.0, weight=declared.weight)
    fault = replace(fault, **{mechanism.leaks_by: LEAK[mechanism.leaks_by]})
    if scenario == "home_pricing" and clean.role == "reading":
        fault = replace(fault, response=0.4)
    edited = mechanism.edit(clean, 2)
    hold = 28 if scenario == "home_pricing" else 12
    dose = 0.65 if mechanism.mirror == "moved_log" else 1.0
    cause = Quirk(kind=mechanism.mirror, dose=dose, phase=Phase(serving=False), days=edited.ahead or edited.backfill or hold)
    twin = with_quirks(as_declared(fault, declared, mechanism.mirror), (in_time(cause, world.blueprint),), world.blueprint)
    guilty, honest = looks(world, fault), looks(world, replace(twin, amend=0.0))
    np.testing.assert_allclose(guilty["weeks"], honest["weeks"], atol=0.25)
    for name in guilty.keys() - {"weeks"}:
        a, b = guilty[name], honest[name]
        assert abs(len(a) - len(b)) <= 0.08 * len(a) + 30, name
        if len(a) < 100:
            continue
        error = float(np.hypot(a.std() / len(a) ** 0.5, b.std() / len(b) ** 0.5))
        assert abs(a.mean() - b.mean()) <= 0.03 * abs(a.mean()) + 6 * error, name
        for share in (0.1, 0.5, 0.9):
            assert abs(np.mean(b <= np.quantile(a, share)) - np.mean(a <= np.quantile(a, share))) < 0.04, (name, share)
