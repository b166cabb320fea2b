"""Tune each fault to its level's strength, and its twin to the fault, on the very rows of the form.

Each knob moves one thing and is found by `seek`: what the leak tells (the fault's strength), the twin's honest signs of the outcome, or its
loading where the fault is no leak (its strength), the rate of its innocent cause (how often a recount contradicts it), the change of volume
around the serving log (its drift), and for columns with gaps the rate of its events (how often it is missing).
Weights are never touched, so outcomes stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from generators.blueprint import channel_of, strength_of
from generators.catalog import decoys, mechanisms
from generators.features import World
from generators.kinds import Mechanism
from generators.measures import psi, strength
from generators.model import Channel, Feature, Floats, Path, PlannedFault
from generators.rows import Rows, Split
from generators.screens import Mismatch, recount
from generators.seek import seek

ROUNDS = 4
"""Rounds over all knobs of a twin; it stops as soon as nothing tells the pair apart."""
_TOP = {"binary": {"response": 4.0, "precursor": 5.0, "reversal": 1.0}, "regression": {"response": 2.0, "precursor": 2.0, "reversal": 1.0}}
"""How loudly the world may tell what a leak tells, by task and by the field of the channel that carries it."""
_READING_TOP = 0.5
"""The same for readings where the target is a number: more would leave no gap to fill."""
_SIGN_TOP = {"warning": 8.0, "cancelling": 1.0, "loading": 1.6}
"""How much a twin may tell, by the field of the channel that carries it."""
_NEAR = 0.004
"""A strength or a share of gaps this near to its goal is reached: an eighth of what may tell a pair apart."""
_NEAR_STATE = 0.015
"""The same for a strength that a lasting state sets: it hardly rises with the loading from some point on, and the search for the last hundredth
would go to a loading at which most cells are zero."""
_NEAR_ZEROS = 0.006
"""The same for shares of cells that are zero."""
_ALIKE = 0.015
"""The same for shares of cells that a recount contradicts."""
_LEAST = 0.02
"""The least rate of a rule that a definition names: a rule without a trace in the log would be an odd one."""
_SIGNS = {"response": "warning", "precursor": "warning", "reversal": "cancelling"}
"""The honest sign of an outcome that is to a twin what the field is to a leak. A state that lasts would be in whatever a recount finds of
the log; a sign lies where the changed log hides it, so that a recount tells as little of the outcome as that of a leak does."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a script sees of one column."""

    strength: float
    missing: float
    missing_served: float
    zeros: float
    psi: float
    offline: Mismatch
    serving: Mismatch

    def accused(self, mechanism: Mechanism) -> float:
        """Share of cells that the recount contradicts on the mechanism's side, on the clock that contradicts more."""
        side = self.offline if mechanism.side == "offline" else self.serving
        return max(side.naive, side.aware)


class Bench:
    """The world of a form with its training and serving rows: looks at a column as a script would."""

    def __init__(self, world: World, split: Split, serving: Rows) -> None:
        self.world, self.serving = world, serving
        self.train, self.label = split.tables["train"], split.train_labels
        self._kept: dict[tuple[Feature, Path], tuple[Channel, Floats]] = {}

    def given(self, feature: Feature) -> Floats:
        """The column of the training table."""
        return self._column(feature, self.train, "offline")

    def served(self, feature: Feature) -> Floats:
        """The column of the serving log."""
        return self._column(feature, self.serving, "log")

    def _column(self, feature: Feature, rows: Rows, path: Path) -> Floats:
        """The column, made anew only when its channel has changed since."""
        key, channel = (feature, path), self.world.blueprint.channel(f"{feature.stream}.{feature.type}")
        kept = self._kept.get(key)
        if kept is None or kept[0] != channel:
            kept = self._kept[key] = channel, self.world.column(feature, rows.entity, rows.time, path=path)
        return kept[1]

    def strength(self, feature: Feature) -> float:
        return strength(self.given(feature), self.label, self.world.scenario.task)

    def look(self, feature: Feature, *, written: Feature | None = None) -> Look:
        """Everything a script sees of a column (given as the tables show it). The recount goes by the definition that is `written`: the clean one
        of a faulty column, else its own."""
        given, served = self.given(feature), self.served(feature)
        plain = replace(written or feature, online=(), logged=())
        return Look(
            strength=strength(given, self.label, self.world.scenario.task),
            missing=_nulls(given),
            missing_served=_nulls(served),
            zeros=_zeros(given),
            psi=psi(given, served),
            offline=recount(self.world, plain, given, self.train.entity, self.train.time),
            serving=recount(self.world, plain, served, self.serving.entity, self.serving.time),
        )


def unlike(fault: Look, twin: Look, mechanism: Mechanism) -> list[str]:
    """What tells fault and twin apart for a script: nothing, when the list is empty."""
    found = []
    if abs(fault.strength - twin.strength) > 0.03:
        found.append(f"strength {fault.strength:.3f} / {twin.strength:.3f}")
    if abs(fault.missing - twin.missing) > 0.02:
        found.append(f"missing {fault.missing:.3f} / {twin.missing:.3f}")
    if abs(fault.missing_served - twin.missing_served) > 0.03:
        found.append(f"missing when served {fault.missing_served:.3f} / {twin.missing_served:.3f}")
    if abs(fault.zeros - twin.zeros) > 0.08:
        found.append(f"zeros {fault.zeros:.3f} / {twin.zeros:.3f}")
    if abs(fault.psi - twin.psi) > max(0.02, 0.15 * max(fault.psi, twin.psi)) and min(fault.psi, twin.psi) < 1:
        found.append(f"psi {fault.psi:.3f} / {twin.psi:.3f}")
    if abs(fault.accused(mechanism) - twin.accused(mechanism)) > 0.10:
        found.append(f"recount {fault.accused(mechanism):.2f} / {twin.accused(mechanism):.2f}")
    return found


def hopeless(fault: Look, twin: Look, mechanism: Mechanism) -> bool:
    """Are the two so far apart that more rounds over the same knobs would not bring them together?"""
    return abs(fault.accused(mechanism) - twin.accused(mechanism)) > 0.17 or abs(fault.missing_served - twin.missing_served) > 0.06


def tune(bench: Bench, fault: PlannedFault) -> tuple[Look, Look]:
    """Tune one pair of columns in the bench's world; returns the looks of fault and twin as they came out."""
    knobs = Knobs(bench, fault)
    if knobs.mechanism.leak:
        wanted = strength_of(bench.world.blueprint, fault.level)
        knobs.strengthen(wanted)
        knobs.gaps()
        knobs.put(fault.twin_site, knobs.sign, knobs.sign_top)
        reach = bench.strength(knobs.twin)
        if reach < wanted:  # what no honest twin can match would give the fault away
            knobs.strengthen(reach)
    return knobs.rounds(ROUNDS)


def refine(bench: Bench, fault: PlannedFault) -> tuple[Look, Look]:
    """Try a pair as it is; when something tells its columns apart, two more rounds over the twin's knobs."""
    knobs = Knobs(bench, fault)
    seen, out = bench.look(knobs.faulty, written=knobs.clean), bench.look(knobs.twin)
    apart = unlike(seen, out, knobs.mechanism)
    if not apart or (len(apart) > 1 and any(a.startswith("recount") for a in apart)):
        return seen, out
    return knobs.rounds(2)


class Knobs:
    """The settings of one pair in one world."""

    def __init__(self, bench: Bench, fault: PlannedFault) -> None:
        self.bench, self.fault, self.mechanism = bench, fault, mechanisms()[fault.mechanism]
        self.clean, self.twin = bench.world.blueprint.spec[fault.site], bench.world.blueprint.spec[fault.twin_site]
        assert self.mechanism.edit is not None
        self.faulty = self.mechanism.edit(self.clean, fault.level)
        self.sign = _SIGNS[self.mechanism.leaks_by] if self.mechanism.leak else "loading"
        task = bench.world.scenario.task
        few = task == "regression" and self.clean.role == "reading"
        self.top = _READING_TOP if few else _TOP[task].get(self.mechanism.leaks_by, 0.0)
        self.sign_top = _READING_TOP if few else _SIGN_TOP[self.sign]

    def attempt(self, site: str, change: Callable[[Channel], Channel], measure: Callable[[], float]) -> float:
        """What a measure says with one channel changed; the change stays."""
        self.bench.world.revise(change(channel_of(self.bench.world.blueprint, site)))
        return measure()

    def put(self, site: str, field: str, value: float) -> None:
        """Give one field of a channel a value."""
        self.bench.world.revise(_with(channel_of(self.bench.world.blueprint, site), field, value))

    def settle(self, site: str, field: str, measure: Callable[[], float], goal: float, low: float, high: float, *, near: float = _NEAR) -> None:
        """Set one field of a channel where a rising measure comes nearest to its goal, beginning where it stands."""
        now = getattr(channel_of(self.bench.world.blueprint, site), field)
        value = seek(lambda x: self.attempt(site, lambda c: _with(c, field, x), measure), goal, low, high, near=near, begin=now or None)
        self.put(site, field, value)

    def strengthen(self, target: float) -> None:
        """Let the leak tell as much as makes the faulty column alone this strong; the twin's log answers to the outcome as the fault's does."""
        field = self.mechanism.leaks_by
        self.settle(self.fault.site, field, lambda: self.bench.strength(self.faulty), target, 0.0, self.top)
        # what comes before an outcome and is on record in time would be honest signal of the twin
        if field != "precursor" and field not in decoys()[self.fault.decoy].keeps:
            told = getattr(channel_of(self.bench.world.blueprint, self.fault.site), field)
            self.put(self.fault.twin_site, field, told)

    def zeros(self) -> bool:
        """Let the twin be zero as often as the fault: a window that reaches further counts more, and what is cancelled leaves nothing."""
        bench, twin, site = self.bench, self.twin, self.fault.twin_site
        if twin.role not in ("count", "amount"):
            return False
        rate, goal = channel_of(bench.world.blueprint, site).rate, _zeros(bench.given(self.faulty))
        self.settle(site, "rate", lambda: -_zeros(bench.given(twin)), -goal, 0.4 * rate, 3.0 * rate, near=_NEAR_ZEROS)
        return channel_of(bench.world.blueprint, site).rate != rate

    def gaps(self) -> None:
        """Let the twin be missing as often as the fault, offline and served."""
        bench, twin, site = self.bench, self.twin, self.fault.twin_site
        if twin.role != "reading":
            return
        offline, served = _nulls(bench.given(self.faulty)), _nulls(bench.served(self.faulty))
        self.settle(site, "rate", lambda: -_nulls(bench.given(twin)), -offline, 0.1, 4.0)
        self.settle(site, "sampling", lambda: -_nulls(bench.served(twin)), -served, 0.05, 3.0)

    def dose(self, value: float) -> Callable[[Channel], Channel]:
        """Set the rate of the oddity that makes a twin look guilty: its first."""
        return lambda c: replace(c, quirks=(replace(c.quirks[0], dose=value), *c.quirks[1:]))

    def mismatch(self) -> float:
        """How often a recount contradicts the twin on the mechanism's side."""
        offline = self.mechanism.side == "offline"
        given, rows = (self.bench.given(self.twin), self.bench.train) if offline else (self.bench.served(self.twin), self.bench.serving)
        found = recount(self.bench.world, self.twin, given, rows.entity, rows.time, limit=2000)
        return max(found.naive, found.aware)

    def strengthen_twin(self, target: float) -> None:
        """Let the twin tell as much of the outcome as makes it this strong."""
        near = _NEAR_STATE if self.sign == "loading" else _NEAR
        self.settle(self.fault.twin_site, self.sign, lambda: self.bench.strength(self.twin), target, 0.0, self.sign_top, near=near)

    def enough(self, top: float, goal: float, strength: float) -> bool:
        """Can the twin's cause show as often as a recount contradicts the fault? It shows in events alone: where they are too few there
        are made more of them, up to four times as many."""
        bench, site = self.bench, self.fault.twin_site
        rate = channel_of(bench.world.blueprint, site).rate
        for more in (1.0, 1.6, 2.5, 4.0):
            if more > 1:
                self.put(site, "rate", round(rate * more, 4))
                self.strengthen_twin(strength)
            if self.attempt(site, self.dose(top), self.mismatch) >= goal - 0.08:
                return True
            if self.twin.role not in ("count", "amount"):
                break
        return False

    def hush(self, goal: float) -> None:
        """Where the cause at its least still contradicts more cells than the fault's recount does: less of the twin's plain rule, then less
        of what an outcome sets off in its log."""
        site = self.fault.twin_site
        told = channel_of(self.bench.world.blueprint, site)

        plain = next((i for i, q in enumerate(told.quirks) if i and not decoys()[q.kind].aside), 0)

        def second(value: float) -> Callable[[Channel], Channel]:
            return lambda c: replace(c, quirks=(*c.quirks[:plain], replace(c.quirks[plain], dose=round(value, 4)), *c.quirks[plain + 1 :]))

        if plain and self.mismatch() > goal + _ALIKE:
            value = seek(lambda x: self.attempt(site, second(x), self.mismatch), goal, _LEAST, told.quirks[plain].dose, near=_ALIKE)
            self.attempt(site, second(value), lambda: 0.0)
        if told.response and self.mismatch() > goal + _ALIKE:
            self.settle(site, "response", self.mismatch, goal, 0.0, told.response, near=_ALIKE)

    def rounds(self, number: int) -> tuple[Look, Look]:
        """Rounds over the twin's knobs until nothing tells the pair apart."""
        bench, site, twin = self.bench, self.fault.twin_site, self.twin
        seen = bench.look(self.faulty, written=self.clean)
        cause = decoys()[self.fault.decoy]
        top = 1.0 if cause.bounded else 4.0
        out = bench.look(twin)
        for round_ in range(number):
            goal = seen.accused(self.mechanism)
            self.strengthen_twin(seen.strength)
            if self.zeros():
                self.strengthen_twin(seen.strength)
            self.gaps()
            if round_ == 0 and not self.enough(top, goal, seen.strength):
                return seen, bench.look(twin)
            if cause.fixed and abs(self.mismatch() - goal) > 0.06:
                rate = channel_of(bench.world.blueprint, site).rate
                self.settle(site, "rate", self.mismatch, goal, 0.5 * rate, 1.8 * rate, near=_ALIKE)
                self.strengthen_twin(seen.strength)
            _drift(bench, twin, site, seen.psi, upward=self.mechanism.side == "serving")
            if not cause.fixed:
                now = channel_of(bench.world.blueprint, site).quirks[0].dose
                value = seek(lambda x: self.attempt(site, self.dose(x), self.mismatch), goal, 0.0, top, near=_ALIKE, begin=now)
                self.attempt(site, self.dose(value), lambda: 0.0)
            self.hush(goal)
            out = bench.look(twin)
            if not unlike(seen, out, self.mechanism) or (round_ and hopeless(seen, out, self.mechanism)):
                break
            if self.mechanism.leak and round_ < number - 1 and out.strength < seen.strength - 0.02:
                self.strengthen(out.strength)
                seen = bench.look(self.faulty, written=self.clean)
        return seen, out


def _with(channel: Channel, field: str, value: float) -> Channel:
    """The channel with one number changed."""
    change: dict[str, Any] = {field: value}
    return replace(channel, **change)


def _nulls(column: Floats) -> float:
    """Share of a column's cells that are null."""
    return float(np.isnan(column).mean())


def _zeros(column: Floats) -> float:
    """Share of a column's cells that are zero."""
    return float((column == 0).mean())


def _drift(bench: Bench, twin: Feature, site: str, goal: float, *, upward: bool) -> None:
    """Set the twin's change of volume so that its drift comes near `goal`: where it stands, else the nearest of a grid and between its neighbours.

    With `upward` more volume is tried first, since an oddity that shows in the serving weeks needs events to show in.
    """
    world = bench.world
    before = channel_of(world.blueprint, site)
    given = bench.given(twin)

    near = max(0.004, 0.03 * goal)

    def drift(volume: float) -> float:
        world.revise(replace(before, volume=round(volume, 4)))
        return psi(given, bench.served(twin))

    def nearest(grid: list[float]) -> tuple[float, float]:
        """The best of a grid, then up to four steps between its neighbours that lie around the goal."""
        tried: dict[float, float] = {}
        for volume in grid:
            tried[volume] = drift(volume) - goal
            if abs(tried[volume]) <= near:
                return volume, abs(tried[volume])
        order = sorted(tried)
        around = [(a, b) for a, b in pairwise(order) if tried[a] * tried[b] < 0]
        if around:
            low, high = min(around, key=lambda ends: min(abs(tried[ends[0]]), abs(tried[ends[1]])))
            rising = tried[low] < 0
            found = seek(lambda v: drift(v) if rising else -drift(v), goal if rising else -goal, low, high, near=near, steps=4)
            tried[found] = drift(found) - goal
        best = min(tried, key=lambda v: abs(tried[v]))
        return best, abs(tried[best])

    if abs(drift(before.volume) - goal) <= near:
        return
    counted = before.value in ("none", "amount")
    more, less = (
        ([1.0, 1.2, 1.5, 1.9, 2.5, 3.5], [0.05, 0.12, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0])
        if counted
        else ([1.0, 1.7, 2.2, 2.7, 3.5], [-2.5, -1.5, -0.7, -0.2, 0.3, 1.0])
    )
    first, second = (more, less) if upward else (less, more)
    best, off = nearest(first)
    if off > max(0.01, 0.1 * goal):
        other, off_other = nearest(second)
        best = other if off_other < off else best
    drift(best)
