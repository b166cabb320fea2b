"""Tune each fault to its level's strength, and its twin to the fault, on the very rows of the form.

Each knob moves one thing and is found by `seek`: what the leak tells (the fault's strength), what the twin tells in time, or its loading where the
fault is no leak (its strength), the rate of its innocent cause (how often a recount contradicts it), the change of volume around the serving log
(its drift), the typical value of single entries and, of readings and levels, their spread (its own), and for columns with gaps the rate of its
events (how often it is missing).
Weights are never touched, so outcomes stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from generators.bench import Bench, Look, hopeless, nulls, unlike, zeros
from generators.blueprint import channel_of, strength_of
from generators.catalog import decoys, mechanisms
from generators.measures import psi
from generators.model import Channel, Feature, PlannedFault
from generators.screens import recount
from generators.seek import seek

ROUNDS = 4
"""Rounds over all knobs of a twin; it stops as soon as nothing tells the pair apart."""
_TOP = {"binary": {"response": 4.0, "precursor": 5.0, "reversal": 1.0}, "regression": {"response": 2.0, "precursor": 2.0, "reversal": 1.0}}
"""How loudly the world may tell what a leak tells, by task and by the field of the channel that carries it."""
_READING_TOP = 0.5
"""The same for readings where the target is a number: more would leave no gap to fill."""
_LOADING_TOP = 1.6
"""How clearly a column that is no leak may show its state."""
_NEAR = 0.004
"""A strength or a share of gaps this near to its goal is reached: an eighth of what may tell a pair apart."""
_NEAR_SIGN = 0.012
"""The same for the strength of a leak's twin: told by as much, both logs look alike, and with less or more they would not."""
_NEAR_STATE = 0.025
"""The same for a strength that a lasting state sets: it hardly rises with the loading from some point on, and the search for the last hundredth
would go to a loading at which most cells are zero. Drawn alike, fault and twin are mostly this near as they are: a loading of its own would show
in the twin's log."""
_NEAR_ZEROS = 0.006
"""The same for shares of cells that are zero."""
_WIDE = 0.03
"""The same for spreads and for means, as a share of the fault's spread."""
_ALIKE = 0.015
"""The same for shares of cells that a recount contradicts."""
_APART = 0.05
"""What the two shares may differ by where the twin's own is moved only by what also says how often it is zero, or what it tells."""
_LEAST = 0.02
"""The least rate of a rule that a definition names: a rule without a trace in the log would be an odd one."""


def tune(bench: Bench, fault: PlannedFault) -> tuple[Look, Look]:
    """Tune one pair of columns in the bench's world; returns the looks of fault and twin as they came out."""
    knobs = Knobs(bench, fault)
    if knobs.mechanism.leak:
        wanted = strength_of(bench.world.blueprint, fault.level)
        knobs.strengthen(wanted)
        knobs.gaps()
        knobs.put(fault.twin_site, knobs.sign, getattr(channel_of(bench.world.blueprint, fault.site), knobs.sign))
    else:
        knobs.halfway()
    return knobs.rounds(ROUNDS)


def refine(bench: Bench, fault: PlannedFault) -> tuple[Look, Look]:
    """Try a pair as it is; when something tells its columns apart, two more rounds over the twin's knobs."""
    knobs = Knobs(bench, fault)
    seen, out = bench.look(knobs.faulty, written=knobs.clean), bench.look(knobs.twin)
    apart = unlike(seen, out, knobs.mechanism)
    if not apart or (len(apart) > 1 and any(a.startswith("recount") for a in apart)):
        return seen, out
    if not knobs.mechanism.leak:
        knobs.halfway()
    return knobs.rounds(2)


class Knobs:
    """The settings of one pair in one world."""

    def __init__(self, bench: Bench, fault: PlannedFault) -> None:
        self.bench, self.fault, self.mechanism = bench, fault, mechanisms()[fault.mechanism]
        self.clean, self.twin = bench.world.blueprint.spec[fault.site], bench.world.blueprint.spec[fault.twin_site]
        assert self.mechanism.edit is not None
        self.faulty = self.mechanism.edit(self.clean, fault.level)
        # the twin of a leak tells by what the leak tells by, only in time: a lasting state would be in whatever a recount finds of the log
        self.sign = self.mechanism.leaks_by if self.mechanism.leak else "loading"
        cause = decoys()[fault.decoy]
        # no rate of its cause is to be found for a twin whose log is changed whole, or in what the outcome cancels
        self.settled = cause.fixed or (self.mechanism.leaks_by == "reversal" and cause.id == self.mechanism.mirror)
        task = bench.world.scenario.task
        few = task == "regression" and self.clean.role == "reading"
        self.top = _READING_TOP if few else _TOP[task].get(self.mechanism.leaks_by, 0.0)
        self.sign_top = 2 * self.top if self.mechanism.leak else _LOADING_TOP

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
        """Let the leak tell as much as makes the faulty column alone this strong."""
        self.settle(self.fault.site, self.mechanism.leaks_by, lambda: self.bench.strength(self.faulty), target, 0.0, self.top)

    def halfway(self) -> None:
        """Set the faulty column half-way between what it and its twin were drawn as, in strength and in zeros. Where it is no leak nothing else
        would move it, and what is tuned varies more over forms than what is not."""
        bench, both = self.bench, (self.faulty, self.twin)
        strength, empty = (float(np.mean([f(column) for column in both])) for f in (bench.strength, lambda column: zeros(bench.given(column))))
        self.settle(self.fault.site, "loading", lambda: bench.strength(self.faulty), strength, 0.0, _LOADING_TOP, near=_NEAR_STATE)
        self.empty(self.fault.site, self.faulty, empty)

    def zeros(self) -> bool:
        """Let the twin be zero as often as the fault: a window that reaches further counts more, and what is cancelled leaves nothing."""
        return self.empty(self.fault.twin_site, self.twin, zeros(self.bench.given(self.faulty)))

    def empty(self, site: str, column: Feature, goal: float) -> bool:
        """Let a column be zero in this share of its cells. Has its rate changed for it?"""
        if column.role not in ("count", "amount"):
            return False
        rate = channel_of(self.bench.world.blueprint, site).rate
        self.settle(site, "rate", lambda: -zeros(self.bench.given(column)), -goal, 0.4 * rate, 3.0 * rate, near=_NEAR_ZEROS)
        return channel_of(self.bench.world.blueprint, site).rate != rate

    def wide(self) -> bool:
        """Let the twin's readings or levels spread as the fault's do. Did they not? Counts have no knob for it, and how widely sums spread is mostly
        a matter of how many entries there are: single amounts that made up for the rest would show in the log."""
        bench, site = self.bench, self.fault.twin_site
        if self.twin.role in ("count", "amount"):
            return False
        goal, now = (float(f) for f in (np.nanstd(bench.given(self.faulty)), channel_of(bench.world.blueprint, site).spread))
        self.settle(site, "spread", lambda: float(np.nanstd(bench.given(self.twin))), goal, 0.5 * now, 1.8 * now, near=_WIDE * goal)
        return channel_of(bench.world.blueprint, site).spread != now

    def centered(self) -> None:
        """Let the twin's values lie about where the fault's do."""
        if self.twin.role == "count":
            return
        bench, site = self.bench, self.fault.twin_site
        goal, spread = (float(f(bench.given(self.faulty))) for f in (np.nanmean, np.nanstd))
        now = channel_of(bench.world.blueprint, site).center
        low, high = (0.3 * now, 3 * now) if self.twin.role == "amount" else (now - 2.5 * spread, now + 2.5 * spread)
        self.settle(site, "center", lambda: float(np.nanmean(bench.given(self.twin))), goal, low, high, near=_WIDE * spread)

    def gaps(self) -> None:
        """Let the twin be missing as often as the fault, offline and served."""
        bench, twin, site = self.bench, self.twin, self.fault.twin_site
        if twin.role != "reading":
            return
        offline, served = nulls(bench.given(self.faulty)), nulls(bench.served(self.faulty))
        self.settle(site, "rate", lambda: -nulls(bench.given(twin)), -offline, 0.1, 4.0)
        self.settle(site, "sampling", lambda: -nulls(bench.served(twin)), -served, 0.05, 3.0)

    def dose(self, value: float) -> Callable[[Channel], Channel]:
        """Set the rate of the oddity that makes a twin look guilty: its first."""
        return lambda c: replace(c, quirks=(replace(c.quirks[0], dose=value), *c.quirks[1:]))

    def mismatch(self, *, guilty: bool = False) -> float:
        """How often a recount contradicts the twin, or the fault, on the mechanism's side."""
        column, written = (self.faulty, self.clean) if guilty else (self.twin, self.twin)
        offline = self.mechanism.side == "offline"
        given, rows = (self.bench.given(column), self.bench.train) if offline else (self.bench.served(column), self.bench.serving)
        plain = replace(written, online=(), logged=())
        found = recount(self.bench.world, plain, given, rows.entity, rows.time, limit=2000)
        return max(found.naive, found.aware)

    def strengthen_twin(self, target: float) -> None:
        """Let the twin tell as much of the outcome as makes it this strong."""
        near = _NEAR_STATE if self.sign == "loading" else _NEAR_SIGN
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

    def hush(self, goal: float, *, guilty: bool = False) -> None:
        """Where a recount contradicts more cells of the twin, or of the fault, than may be beside those of the other: less of its plain rule."""
        site, ours = (self.fault.site, 0) if guilty else (self.fault.twin_site, 1)  # a twin's first oddity is what makes it look guilty
        told = channel_of(self.bench.world.blueprint, site)
        plain = next((i for i, q in enumerate(told.quirks) if i >= ours and not decoys()[q.kind].aside), None)
        most = goal + _APART
        if plain is None or self.mismatch(guilty=guilty) <= most:
            return

        def milder(value: float) -> Callable[[Channel], Channel]:
            return lambda c: replace(c, quirks=(*c.quirks[:plain], replace(c.quirks[plain], dose=round(value, 4)), *c.quirks[plain + 1 :]))

        value = seek(
            lambda x: self.attempt(site, milder(x), lambda: self.mismatch(guilty=guilty)), most, _LEAST, told.quirks[plain].dose, near=_ALIKE
        )
        self.attempt(site, milder(value), lambda: 0.0)

    def rounds(self, number: int) -> tuple[Look, Look]:
        """Rounds over the twin's knobs until nothing tells the pair apart."""
        bench, site, twin = self.bench, self.fault.twin_site, self.twin
        cause = decoys()[self.fault.decoy]
        if self.mechanism.leak and self.settled:
            self.hush(self.mismatch(), guilty=True)
        seen = bench.look(self.faulty, written=self.clean)
        top = 1.0 if cause.bounded else 4.0
        out = bench.look(twin)
        for round_ in range(number):
            goal = seen.accused(self.mechanism)
            self.strengthen_twin(seen.strength)
            if self.wide():
                self.strengthen_twin(seen.strength)
            if round_ == 0 and not self.enough(top, goal, seen.strength):
                return seen, bench.look(twin)
            if not self.settled:  # before zeros: what is lost or cancelled leaves none behind
                now = channel_of(bench.world.blueprint, site).quirks[0].dose
                value = seek(lambda x: self.attempt(site, self.dose(x), self.mismatch), goal, 0.0, top, near=_ALIKE, begin=now)
                self.attempt(site, self.dose(value), lambda: 0.0)
            if self.zeros():
                self.strengthen_twin(seen.strength)
            self.gaps()
            self.centered()
            if self.settled and abs(off := self.mismatch() - goal) > _APART:
                rate = channel_of(bench.world.blueprint, site).rate  # no further than it must: it also says how often the twin is zero
                self.settle(site, "rate", self.mismatch, goal + np.copysign(_APART, off), 0.5 * rate, 1.8 * rate, near=_ALIKE)
                self.strengthen_twin(seen.strength)
            # as the fault moved; an oddity that is tuned in the serving weeks needs events to show in
            rose = np.nanmean(bench.served(self.faulty)) > np.nanmean(bench.given(self.faulty))
            _drift(bench, twin, site, seen.psi, upward=bool(rose) or (self.mechanism.side == "serving" and not cause.fixed))
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


def _drift(bench: Bench, twin: Feature, site: str, goal: float, *, upward: bool) -> None:
    """Set the twin's change of volume so that its drift comes near `goal`: where it stands, else with more than it needs to be served as it was given
    and with less, in the order that `upward` says, and the nearer of the two. What it needs is not one where signs are missing when it is served."""
    world, before, given = bench.world, channel_of(bench.world.blueprint, site), bench.given(twin)
    near = max(0.004, 0.03 * goal)

    def drift(volume: float) -> float:
        world.revise(replace(before, volume=round(volume, 4)))
        return psi(given, bench.served(twin))

    if abs(drift(before.volume) - goal) <= near:
        return
    least, most = 0.05 if before.value in ("none", "amount") else -2.5, 3.5
    mean, spread = (float(f(given)) for f in (np.nanmean, np.nanstd))

    def served(volume: float) -> float:
        world.revise(replace(before, volume=round(volume, 4)))
        return float(np.nanmean(bench.served(twin)))

    even = seek(served, mean, least, most, near=_WIDE * spread, begin=before.volume)
    tried = []
    for sign in (1, -1) if upward else (-1, 1):
        low, high = (even, most) if sign > 0 else (least, even)
        volume = seek(lambda v, sign=sign: sign * drift(v), sign * goal, low, high, near=near, begin=before.volume)  # type: ignore[misc]
        tried.append((abs(drift(volume) - goal), volume))
        if tried[-1][0] <= max(0.01, 0.1 * goal):
            break
    drift(min(tried)[1])
