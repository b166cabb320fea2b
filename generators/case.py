"""A form before it is written: its tuned plan, its world, its tables as given and as they honestly are."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generators.bench import Look
from generators.catalog import mechanisms, scenarios
from generators.features import World, render
from generators.kinds import Mechanism
from generators.model import Blueprint, Feature, Floats, PlannedFault, Scenario, Spec
from generators.rows import EVALUATION, Rows, Split, offline_rows, production_rows, serving_rows
from generators.seeding import Stream
from generators.tables import Table, fill, merged
from generators.world import Setting


@dataclass(frozen=True, kw_only=True)
class Faults:
    """The faults of a plan, by where they strike, and the specification with all of them."""

    columns: tuple[PlannedFault, ...]
    tables: tuple[PlannedFault, ...]
    dirty: Spec

    @classmethod
    def of(cls, plan: Blueprint) -> Faults:
        columns = tuple(f for f in plan.faults if mechanisms()[f.mechanism].locus == "column")
        dirty = plan.spec
        for fault in columns:
            dirty = dirty.with_feature(edited(plan.spec, fault))
        return cls(columns=columns, tables=tuple(f for f in plan.faults if f not in columns), dirty=dirty)


def edited(spec: Spec, fault: PlannedFault) -> Feature:
    """The faulty definition of a column fault."""
    edit = mechanisms()[fault.mechanism].edit
    if edit is None:
        raise ValueError(f"{fault.mechanism} strikes a column and has to declare `edit`")
    return edit(spec[fault.site], fault.level)


def mechanism(fault: PlannedFault) -> Mechanism:
    """The mechanism of a planned fault."""
    return mechanisms()[fault.mechanism]


@dataclass(frozen=True, kw_only=True)
class Production:
    """One hidden production run: requests with honest, served and faulty values, and their outcomes."""

    rows: Rows
    label: Floats
    honest: dict[str, Floats]
    served: dict[str, Floats]
    leaks: dict[str, Floats]
    """By fault: the faulty values of its column."""

    def with_leak(self, fault: PlannedFault) -> dict[str, Floats]:
        """The honest requests with one leaking column as the offline job would have made it."""
        return merged(self.honest, **{fault.site: self.leaks[fault.id]})


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything of a form in memory."""

    plan: Blueprint
    scenario: Scenario
    stream: Stream
    world: World
    faults: Faults
    honest_split: Split
    given: dict[str, Table]
    """train, holdout, acceptance, serving_log as the candidate gets them."""
    honest: dict[str, dict[str, Floats]]
    """The honest values of the same rows (of the rows as shown)."""
    repaired: dict[str, Table]
    """train, holdout, acceptance, serving_log with every faulty cell and row repaired."""
    production: tuple[Production, ...]
    looks: dict[str, tuple[Look, Look]]
    """What a script sees of fault and twin, by fault."""


def assemble(plan: Blueprint, stream: Stream, world: World, split: Split, serving: Rows, looks: dict[str, tuple[Look, Look]]) -> Case:
    """Render every table of a tuned plan."""
    faults = Faults.of(plan)
    struck = strike(split, faults, stream, plan)
    given, honest, repaired = {}, {}, {}
    for name in ("train", *EVALUATION):
        rows, plain = struck.tables[name], split.tables[name]
        given[name] = fill(world, faults.dirty, rows, path="offline", labelled=True, jitter=stream.child("jitter", name))
        honest[name] = render(world, plan.spec, rows.shown_entity, rows.shown_time, path="offline")
        repaired[name] = fill(world, plan.spec, plain, path="offline", labelled=True)
    given["serving_log"] = fill(world, faults.dirty, serving, path="log", labelled=False)
    honest["serving_log"] = render(world, plan.spec, serving.entity, serving.time, path="log")
    repaired["serving_log"] = Table(rows=serving, columns=honest["serving_log"])
    runs = []
    for position in range(len(plan.calendar.production)):
        rows = production_rows(world, stream, position)
        clean = render(world, plan.spec, rows.entity, rows.time, path="online")
        served = dict(clean)
        leaks: dict[str, Floats] = {}
        for fault in faults.columns:
            served[fault.site] = world.column(faults.dirty[fault.site], rows.entity, rows.time, path="online")
            if mechanism(fault).leak:
                leaks[fault.id] = world.column(faults.dirty[fault.site], rows.entity, rows.time, path="offline")
        runs.append(Production(rows=rows, label=world.labels(rows.entity, rows.time), honest=clean, served=served, leaks=leaks))
    return Case(
        plan=plan, scenario=scenarios()[plan.scenario], stream=stream, world=world, faults=faults, honest_split=split, given=given, honest=honest,
        repaired=repaired, production=tuple(runs), looks=looks,
    )  # fmt: skip


def strike(split: Split, faults: Faults, stream: Stream, plan: Blueprint) -> Split:
    """The split after its faults, in the order of the plan."""
    for fault in faults.tables:
        hit = mechanism(fault).strike
        if hit is None:
            raise ValueError(f"{fault.mechanism} strikes rows or the split and has to declare `strike`")
        split = hit(split, fault.site, fault.level, rng=stream.child("strike", fault.id).rng(), calendar=plan.calendar)
    return split


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A world of its own for `validate`: its tables."""

    name: str
    world: World
    tables: dict[str, Table]


PROBES = ("null", "duplicates", "control_a", "control_b")
_SIGNAL = {"null": 0.0, "duplicates": 0.0}


def probe(case: Case, name: str) -> Probe:
    """One of the worlds that `validate` is run in.

    null: the outcome ignores every honest column while the leaks follow it. duplicates: no honest signal, no leaks, and copies of
    training rows (exact or nearly so) make up 30% of what each evaluation set holds. control_a, control_b: clean worlds of unlike strength.
    """
    stream = case.stream.child("probe", name)
    world = probe_world(case, name)
    split = offline_rows(world, stream)
    if name == "duplicates":
        for table in EVALUATION:
            split = _copied(split, table, stream.child("copies", table))
    spec = case.faults.dirty if name == "null" else case.plan.spec
    tables = {t: fill(world, spec, split.tables[t], path="offline", labelled=True, jitter=stream.child("jitter", t)) for t in ("train", *EVALUATION)}
    tables["serving_log"] = fill(world, spec, serving_rows(world, stream), path="log", labelled=False)
    return Probe(name=name, world=world, tables=tables)


def probe_world(case: Case, name: str) -> World:
    """The business of a probe world, smaller than the form's own."""
    small = replace(case.plan, slots=int(case.plan.slots * 0.62))
    stream = case.stream.child("probe", name)
    if name.startswith("control"):
        weak = (name == "control_a") == (case.stream.child("controls").key[0] % 2 == 0)
        signal = (0.25 if weak else 1.1) * (0.9 + 0.2 * stream.child("strength").key[0] / 255)
    else:
        signal = _SIGNAL[name]
    return World(small, case.scenario, Setting(stream=stream.child("world"), signal=signal))


def _copied(split: Split, table: str, stream: Stream) -> Split:
    rng = stream.rng()
    rows, train = split.tables[table], split.tables["train"]
    number = round(0.3 / 0.7 * len(rows))
    origin = rng.choice(len(train), number, replace=False)
    copies = replace(
        train.take(origin), origin=origin, shown_time=rng.choice(np.unique(rows.time), number), jitter=rng.random(number) < 0.5,
        faulty=np.ones(number, dtype=np.bool_),
    )  # fmt: skip
    return split.with_table(table, rows.with_rows(copies))
