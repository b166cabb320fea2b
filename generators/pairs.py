"""Tune the pairs of a plan side by side; a pair whose twin cannot be made alike gets another innocent cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from joblib import Parallel, delayed

from generators.bench import Bench, Look, hopeless, unlike
from generators.blueprint import as_declared, channel_of
from generators.catalog import decoys, mechanisms, scenarios
from generators.features import World
from generators.model import Blueprint, Channel, Feature, PlannedFault
from generators.quirks import first_quirk, own_quirks, with_quirks
from generators.rows import offline_rows, serving_rows
from generators.seeding import Stream
from generators.sites import causes, twin_of, with_rules
from generators.tune import refine, tune

ROUGH = 4096
"""Slots on which a pair is tuned before it is tried, and if need be refined, on the whole form."""
MOST_CLEARED = 1
"""Leaks of a form whose twin has a cause that a search over the log explains: beside such a twin the leak alone tells more of the outcome than its
recount does."""
_TRIES = 3
"""Innocent causes that a pair may try."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One tuned pair, and what still tells its two columns apart."""

    fault: PlannedFault
    features: tuple[Feature, Feature]
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
        plan = _with(plan, pair.features, pair.channels)
        looks[pair.fault.id] = pair.looks
        refused += [f"pair {pair.fault.mechanism} / {pair.fault.decoy}: {what}" for what in pair.unlike]
    cleared = [p.fault.mechanism for p in pairs.values() if mechanisms()[p.fault.mechanism].leak and not decoys()[p.fault.decoy].aside]
    if len(cleared) > MOST_CLEARED:
        refused.append(f"twins of leaks that a search over the log clears: {len(cleared)} ({', '.join(cleared)}; wanted at most {MOST_CLEARED})")
    faults = tuple(pairs[f.id].fault if f.id in pairs else f for f in plan.faults)
    return replace(plan, faults=faults), looks, refused


def tune_pair(plan: Blueprint, stream: Stream, world: World, fault_id: str) -> Pair:
    """Tune one pair on the entities of the world, with up to three innocent causes; the first that fits, else the nearest."""
    fault = next(f for f in plan.faults if f.id == fault_id)
    mechanism = mechanisms()[fault.mechanism]
    small, whole = (_bench(world.fresh(replace(plan, slots=slots)), stream) for slots in (min(plan.slots, ROUGH), plan.slots))
    best: Pair | None = None
    for cause in _causes(plan, stream, fault)[:_TRIES]:
        trial, features, channels = _with_cause(plan, stream, fault, cause)
        for bench in (small, whole):
            bench.world.blueprint = replace(_with(plan, features, channels), slots=bench.world.blueprint.slots)
            bench.world.forget()
        looks = tune(small, trial)
        for site in (fault.site, fault.twin_site):
            whole.world.revise(channel_of(small.world.blueprint, site))
        if not hopeless(*looks, mechanism):
            looks = refine(whole, trial)
        pair = Pair(
            fault=trial, features=features, looks=looks, unlike=tuple(unlike(*looks, mechanism)),
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


def _with(plan: Blueprint, features: tuple[Feature, Feature], channels: tuple[Channel, Channel]) -> Blueprint:
    """The plan with the two columns of a pair replaced."""
    for feature, channel in zip(features, channels, strict=True):
        plan = replace(plan, spec=plan.spec.with_feature(feature)).with_channel(channel)
    return plan


def _with_cause(
    plan: Blueprint, stream: Stream, fault: PlannedFault, cause: str
) -> tuple[PlannedFault, tuple[Feature, Feature], tuple[Channel, Channel]]:
    """The pair with another innocent cause of the twin: the fault, definitions and channels of both. Where the fault held a sentence of the kind that
    is replaced, it holds the other in its place: what kinds of sentence a column has must tell nothing."""
    faulty, twin = plan.spec[fault.site], plan.spec[fault.twin_site]
    own, other = channel_of(plan, fault.site), channel_of(plan, fault.twin_site)
    if cause == fault.decoy:
        return fault, (faulty, twin), (own, other)
    scenario, mechanism = scenarios()[plan.scenario], mechanisms()[fault.mechanism]
    plain, declared = {f.name: f for f in scenario.features}, {c.id: c for c in scenario.channels}
    trial = replace(fault, decoy=cause)
    quirks = (first_quirk(plan, trial), *(q for q in other.quirks[1:] if _beside(q.kind, cause)))
    trial = replace(trial, twin_beside=tuple(q.kind for q in quirks[1:]))
    twin = twin_of(plain[twin.name], mechanism, fault.level, (cause, *trial.twin_beside))
    other = with_quirks(as_declared(other, declared[other.id], cause), quirks, plan)
    if fault.own[0] == fault.decoy:
        trial = replace(trial, own=(cause, *(rule for rule in fault.own[1:] if _beside(rule, cause))))
        faulty = with_rules(plain[faulty.name], trial.own)
        own = with_quirks(own, own_quirks(stream.child("own", plan.attempt, fault.id, cause).rng(), trial, own, plan), plan)
    return trial, (faulty, twin), (own, other)


def _beside(rule: str, cause: str) -> bool:
    """Can the rule stand beside this cause? Not twice the same, nor two plain ones."""
    return rule != cause and (decoys()[rule].aside or decoys()[cause].aside)
