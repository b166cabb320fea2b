"""Tune the pairs of a plan side by side; a pair whose twin cannot be made alike gets another innocent cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from joblib import Parallel, delayed

from generators.blueprint import as_declared, channel_of
from generators.catalog import decoys, mechanisms, scenarios
from generators.features import World
from generators.model import Blueprint, Channel, Feature, PlannedFault
from generators.quirks import first_quirk
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.sites import causes, twin_of
from generators.tune import Bench, Look, hopeless, refine, tune, unlike

ROUGH = 4096
"""Slots on which a pair is tuned before it is tried, and if need be refined, on the whole form."""
_TRIES = 3
"""Innocent causes that a pair may try."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One tuned pair, and what still tells its two columns apart."""

    fault: PlannedFault
    twin_feature: Feature
    channels: tuple[Channel, Channel]
    looks: tuple[Look, Look]
    unlike: tuple[str, ...]


def tune_all(plan: Blueprint, stream: Stream, world: World, *, jobs: int) -> tuple[Blueprint, dict[str, tuple[Look, Look]], list[str]]:
    """The tuned plan, what a script sees of each pair, and why the plan must be refused (empty: it need not). `world` is the plan's.

    Pairs share no channel and outcomes do not depend on what is tuned, so the result does not depend on `jobs`.
    """
    columns = [f for f in plan.faults if mechanisms()[f.mechanism].locus == "column"]
    hard_first = sorted(columns, key=lambda f: plan.spec[f.site].role not in ("reading", "status"))
    found: Iterable[Pair] = Parallel(n_jobs=jobs)(delayed(tune_pair)(plan, stream, world, fault.id) for fault in hard_first)
    looks, refused = {}, []
    pairs = {pair.fault.id: pair for pair in found}
    for pair in pairs.values():
        for channel in pair.channels:
            plan = plan.with_channel(channel)
        plan = replace(plan, spec=plan.spec.with_feature(pair.twin_feature))
        looks[pair.fault.id] = pair.looks
        refused += [f"pair {pair.fault.mechanism} / {pair.fault.decoy}: {what}" for what in pair.unlike]
    faults = tuple(pairs[f.id].fault if f.id in pairs else f for f in plan.faults)
    return replace(plan, faults=faults), looks, refused


def tune_pair(plan: Blueprint, stream: Stream, world: World, fault_id: str) -> Pair:
    """Tune one pair on the entities of the world, with up to three innocent causes; the first that fits, else the nearest."""
    fault = next(f for f in plan.faults if f.id == fault_id)
    mechanism = mechanisms()[fault.mechanism]
    small, whole = (_bench(world.fresh(replace(plan, slots=slots)), stream) for slots in (min(plan.slots, ROUGH), plan.slots))
    best: Pair | None = None
    for cause in _causes(plan, stream, fault)[:_TRIES]:
        feature, channel = _with_cause(plan, fault, cause)
        trial = replace(fault, decoy=cause, twin_beside=tuple(q.kind for q in channel.quirks[1:]))
        for bench in (small, whole):
            bench.world.blueprint = replace(plan, slots=bench.world.blueprint.slots, spec=plan.spec.with_feature(feature)).with_channel(channel)
            bench.world.forget()
        looks = tune(small, trial)
        for site in (fault.site, fault.twin_site):
            whole.world.revise(channel_of(small.world.blueprint, site))
        if not hopeless(*looks, mechanism):
            looks = refine(whole, trial)
        pair = Pair(
            fault=trial, twin_feature=feature, looks=looks, unlike=tuple(unlike(*looks, mechanism)),
            channels=(channel_of(whole.world.blueprint, fault.site), channel_of(whole.world.blueprint, fault.twin_site)),
        )  # fmt: skip
        if not pair.unlike:
            return pair
        if best is None or len(pair.unlike) < len(best.unlike):
            best = pair
    assert best is not None
    return best


def _bench(world: World, stream: Stream) -> Bench:
    return Bench(world, offline_rows(world, stream), serving_rows(world, stream))


def _causes(plan: Blueprint, stream: Stream, fault: PlannedFault) -> list[str]:
    """The planned cause, then others that fit the role and the side, in keyed order, those that no search explains first; what the record clock
    clears only instead of its like."""
    cleared = decoys()[fault.decoy].cleared_by_clock
    like = causes(plan.spec[fault.twin_site].role, mechanisms()[fault.mechanism])
    fits = [d.id for d in like if d.id != fault.decoy and (cleared or not d.cleared_by_clock)]
    order = stream.child("causes", plan.attempt, fault.id).rng().permutation(len(fits))
    others = sorted((fits[int(i)] for i in order), key=lambda id: not decoys()[id].aside)
    return [fault.decoy, *others]


def _with_cause(plan: Blueprint, fault: PlannedFault, cause: str) -> tuple[Feature, Channel]:
    """The twin's definition and channel with another innocent cause; what stands beside it stays, unless it is of the same kind or a second plain
    rule."""
    scenario, mechanism = scenarios()[plan.scenario], mechanisms()[fault.mechanism]
    plain = next(f for f in scenario.features if f.name == fault.twin_site)
    channel = channel_of(plan, fault.twin_site)
    declared = next(c for c in scenario.channels if c.id == channel.id)
    quirks = [first_quirk(plan, replace(fault, decoy=cause))]
    for quirk in channel.quirks[1:]:
        if quirk.kind != cause and (decoys()[quirk.kind].aside or decoys()[cause].aside):
            quirks.append(quirk)
    feature = twin_of(plain, mechanism, fault.level, tuple(q.kind for q in quirks))
    return feature, replace(as_declared(channel, declared, cause), quirks=tuple(quirks))
