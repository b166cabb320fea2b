"""Small worlds for tests: one per scenario and process, a channel of which can be shaped for the mechanism or decoy under test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from generators.asof import Events
from generators.blueprint import channel_of, draw
from generators.case import Case, assemble
from generators.catalog import decoys, mechanisms, scenarios
from generators.features import World
from generators.kinds import Decoy, Mechanism
from generators.model import Blueprint, Channel, Feature, Floats, Ints, Path, Phase, Quirk, Spec
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.world import Setting

SCENARIOS = tuple(scenarios())
SECRET = bytes(range(32))
SLOTS = 300
LEAK = {"response": 2.0, "precursor": 2.0, "reversal": 0.8}
"""How loudly the world tells what a leak tells, by the field of the channel that carries it."""


def stream(*names: str) -> Stream:
    """A stream of the tests' own secret."""
    return Stream.root(SECRET, "tests", *names)


@cache
def plain_plan(scenario: str, *, slots: int = SLOTS) -> Blueprint:
    """A plan whose definitions have no rules and whose channels have no oddities: the scenario as declared, with some signal."""
    drawn = draw(stream(scenario), scenario, form="short", level="mid")
    declared = scenarios()[scenario]
    channels = tuple(replace(c, weight=0.2 if position % 4 == 0 else 0.0) for position, c in enumerate(declared.channels))
    return replace(drawn, slots=slots, spec=Spec(features=declared.features), channels=channels, faults=())


def fresh_world(scenario: str, *, slots: int = SLOTS, signal: float = 1.0) -> World:
    """A world that a test may change as it likes."""
    return World(plain_plan(scenario, slots=slots), scenarios()[scenario], Setting(stream=stream(scenario, "world"), signal=signal))


@cache
def shared_world(scenario: str, *, slots: int = SLOTS) -> World:
    """The world that all tests of a process read; `at_site` gives copies with one channel shaped."""
    return fresh_world(scenario, slots=slots)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A world with one channel shaped, the column that shows it, and the rows to look at."""

    world: World
    feature: Feature
    channel: Channel
    entity: Ints
    time: Ints

    def column(self, feature: Feature, path: Path) -> Floats:
        """Values of a definition of this column."""
        return self.world.column(feature, self.entity, self.time, path=path)

    def events(self) -> Events:
        """The channel's events in the only block."""
        return self.world.events(self.channel, 0)

    def labels(self) -> Floats:
        return self.world.labels(self.entity, self.time)


def first_of(scenario: str, role: str) -> Feature:
    """The first declared column of a role."""
    return next(f for f in scenarios()[scenario].features if f.role == role)


def moments(world: World, weeks: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Everybody eligible at each of the weeks."""
    times = [world.blueprint.calendar.at(week) for week in weeks]
    entities = [world.eligible(t) for t in times]
    return np.concatenate(entities), np.concatenate([np.full(len(e), t) for e, t in zip(entities, times, strict=True)])


def at_site(scenario: str, feature: Feature, *, weeks: tuple[int, ...] = (8, 14, 20, 33), slots: int = SLOTS, **shape: Any) -> Site:
    """A copy of the shared world in which the column's channel has other properties. Outcomes stay as they are, whatever the weight."""
    shared = shared_world(scenario, slots=slots)
    declared = shared.blueprint.channel(f"{feature.stream}.{feature.type}")
    shape.pop("weight", None)
    world = replace_world(shared)
    channel = replace(declared, **shape)
    world.revise(channel)
    world.blueprint = replace(world.blueprint, spec=world.blueprint.spec.with_feature(feature))
    entity, time = moments(world, weeks)
    return Site(world=world, feature=feature, channel=channel, entity=entity, time=time)


def replace_world(world: World) -> World:
    """The same world under another object, so that changes to one do not reach the other; populations are shared."""
    copy = object.__new__(World)
    copy.__dict__.update(world.__dict__)
    copy._events = dict(world._events)
    return copy


def struck(mechanism: Mechanism | str, scenario: str, level: int, *, role: str | None = None, slots: int = SLOTS) -> tuple[Site, Feature]:
    """A site where a column mechanism can strike, and its faulty definition."""
    chosen = mechanisms()[mechanism] if isinstance(mechanism, str) else mechanism
    clean = first_of(scenario, role or chosen.roles[0])
    channel = shared_world(scenario).blueprint.channel(f"{clean.stream}.{clean.type}")
    shaped = channel if chosen.prepare is None else chosen.prepare(channel, level)
    shape = {name: getattr(shaped, name) for name in Channel.__dataclass_fields__ if name not in ("stream", "type", "weight")}
    if chosen.leak:
        shape[chosen.leaks_by] = LEAK[chosen.leaks_by]
    assert chosen.edit is not None
    return at_site(scenario, clean, slots=slots, **shape), chosen.edit(clean, level)


def disguised(decoy: Decoy | str, scenario: str, role: str, *, dose: float = 0.5, phase: Phase | None = None) -> Site:
    """A site whose column has the decoy's rule and whose log has its oddity; `phase` is everywhere the decoy can show if not given."""
    chosen = decoys()[decoy] if isinstance(decoy, str) else decoy
    clean = first_of(scenario, role)
    feature = chosen.define(replace(clean, rules=(chosen.id,)))
    rate = 1.8 if role in ("count", "amount") else 0.8
    where = phase or Phase(offline="offline" in chosen.phases, serving="serving" in chosen.phases)
    return at_site(scenario, feature, rate=rate, quirks=(Quirk(kind=chosen.id, dose=dose, phase=where),))


def known_at(events: Events, time: int) -> Events:
    """The log as it stood at a moment: no later record, no later amendment."""
    kept = events.select(events.recorded <= time)
    old = kept.amended_at <= time
    return replace(kept, amended=kept.amended[old], amended_at=kept.amended_at[old], amended_to=kept.amended_to[old])


def same(a: Floats, b: Floats) -> bool:
    """Equal cell by cell, nulls included."""
    return np.array_equal(a, b, equal_nan=True)


def changed(a: Floats, b: Floats) -> np.ndarray:
    """Mask of the cells that differ."""
    return ~((a == b) | (np.isnan(a) & np.isnan(b)))


@cache
def small_case(scenario: str, *, slots: int = 1500, level: str = "mid") -> Case:
    """A standard form in memory, a seventh of the usual size and untuned: every fault planted, loud enough to see."""
    drawn = draw(stream(scenario, "case"), scenario, form="standard", level=level)
    channels = {c.id: c for c in drawn.channels}
    for fault in drawn.faults:
        told = mechanisms()[fault.mechanism]
        if told.leak:
            channel = channel_of(drawn, fault.site)
            channels[channel.id] = replace(channel, **{told.leaks_by: LEAK[told.leaks_by]})
    plan = replace(drawn, slots=slots, channels=tuple(channels[c.id] for c in drawn.channels))
    source = stream(scenario, "case")
    world = World(plan, scenarios()[scenario], Setting(stream=source.child("world")))
    return assemble(plan, source, world, offline_rows(world, source), serving_rows(world, source), {})
