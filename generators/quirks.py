"""Which oddities the log behind each column shows, how many of them, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.catalog import decoys, mechanisms, scenarios
from generators.decoys._traces import reaches
from generators.happenings import held_days
from generators.kinds import Decoy, Mechanism
from generators.model import Blueprint, Channel, Feature, Phase, PlannedFault, Quirk
from generators.sites import explains

ASIDE_PART = (0.25, 0.4)
"""Shares of the time that such a sentence speaks of where it does not speak of all: windows of 28 days lie behind it for the last decisions
of either side. Two and no more, for faults and others alike: a day that stood in one sentence alone would give it away."""
OTHER_WHOLE = 0.45
"""Share of columns outside the pairs with a sentence that no search settles for which it explains what a recount finds."""
OTHER_DOSE = (0.4, 0.8)
"""Rate of such an oddity outside the pairs: as much of it as in them, or the twins would be known by it."""
ALIKE_DOSE = (0.35, 0.6)
"""Rate of a twin's second oddity where that leads a recount to the same place as the fault does."""
EARLY = 2.0
"""Weeks of the log that no window of 28 days reaches: what a sentence beside a fault's own rule speaks of is true there and nowhere else, so
that the column can be worked out exactly."""


def own_quirks(rng: np.random.Generator, fault: PlannedFault, channel: Channel, plan: Blueprint) -> tuple[Quirk, ...]:
    """What the log of a faulty column shows: plain rules at a small rate, and what its sentences speak of. The one that could explain what a
    recount finds speaks of the first part of the time alone, the one that cannot of all of it; one that stands alone of either."""
    mechanism, alone = mechanisms()[fault.mechanism], not decoys()[fault.own[0]].aside
    return tuple(
        _own(rng, mechanism, rule, channel, plan, whole=not explains(rule, mechanism) and not (alone and rng.random() < 0.5)) for rule in fault.own
    )


def twin_quirks(rng: np.random.Generator, fault: PlannedFault, channel: Channel, plan: Blueprint) -> tuple[Quirk, ...]:
    """What the log of its twin shows: first what makes it look guilty, in all of the time; the sentence beside it speaks of a part, so that
    dates tell nothing without what they are said of."""
    mechanism, alone = mechanisms()[fault.mechanism], not decoys()[fault.decoy].aside
    shown = [first_quirk(plan, fault)]
    for rule in fault.twin_beside:
        quirk = _own(rng, mechanism, rule, channel, plan, whole=alone and rng.random() < 0.5)
        alike = mechanism.fits == decoys()[rule].fits != "" and not decoys()[rule].aside
        shown.append(replace(quirk, dose=round(float(rng.uniform(*ALIKE_DOSE)), 3)) if alike else quirk)
    return tuple(shown)


def _own(rng: np.random.Generator, mechanism: Mechanism, rule: str, channel: Channel, plan: Blueprint, *, whole: bool) -> Quirk:
    decoy = decoys()[rule]
    dose, part = round(float(rng.uniform(*decoy.own_dose)), 3), _part(rng)
    phase = _side(mechanism)
    if not decoy.aside:
        return Quirk(kind=rule, dose=dose, phase=phase)
    days = _days(rng, channel)
    phase = replace(phase, part=1.0 if whole else part, until=_early(decoy, channel, days, serving=phase.serving))
    return in_time(Quirk(kind=rule, dose=dose, phase=phase, days=days), plan)


def with_quirks(channel: Channel, quirks: tuple[Quirk, ...], plan: Blueprint) -> Channel:
    """The channel with these oddities; where one of them makes everything earlier, as far as the serving weeks, it knows by how many days."""
    days = [q.days for q in quirks if _moves_dates(decoys()[q.kind]) and q.phase.until is None and reaches(q.phase, q.days, plan.calendar)]
    return replace(channel, quirks=quirks, moved=float(max(days, default=0)))


def _side(mechanism: Mechanism) -> Phase:
    """The part of the calendar in which a mechanism's given and honest values differ."""
    return Phase(offline=mechanism.side == "offline", serving=mechanism.side == "serving")


def _moves_dates(decoy: Decoy) -> bool:
    """Does it date entries later than they happened, without a mark on them? A repetition stands where it was taken."""
    return decoy.makes_earlier and not decoy.repeats


def _part(rng: np.random.Generator) -> float:
    return ASIDE_PART[int(rng.integers(len(ASIDE_PART)))]


def _days(rng: np.random.Generator, channel: Channel) -> int:
    return int(rng.integers(8, 15)) if channel.value != "level" else 28


def first_quirk(plan: Blueprint, fault: PlannedFault) -> Quirk:
    """What makes a twin look guilty, in all of its fault's side of the calendar; its rate is tuned, unless it is all or nothing."""
    mechanism = mechanisms()[fault.mechanism]
    assert mechanism.edit is not None
    faulty = mechanism.edit(plan.spec[fault.site], fault.level)
    dose = 1.0 if decoys()[fault.decoy].fixed else 0.3
    days = faulty.ahead or faulty.backfill or _late_by(plan, fault, mechanism)
    return in_time(Quirk(kind=fault.decoy, dose=dose, phase=_side(mechanism), days=days), plan)


def _late_by(plan: Blueprint, fault: PlannedFault, mechanism: Mechanism) -> int:
    """Days by which what tells the faulty column of an outcome is on record too late at least; two weeks where there is no such thing."""
    task, feature = scenarios()[plan.scenario].task, plan.spec[fault.site]
    if mechanism.leaks_by == "precursor" and mechanism.prepare is not None:
        return round(held_days(mechanism.prepare(plan.channel(f"{feature.stream}.{feature.type}"), fault.level), plan.calendar, task))
    return 14


def in_time(quirk: Quirk, plan: Blueprint) -> Quirk:
    """The same, ending early enough that what it dates later is not dated into the weeks of the serving log."""
    if not _moves_dates(decoys()[quirk.kind]):
        return quirk
    # to the second: whatever happened before the last decision is moved, or a twin would not come out to the last cell there
    return replace(quirk, phase=replace(quirk.phase, part=min(quirk.phase.part, 1 - quirk.days / (7 * plan.calendar.turn))))


def other_quirks(rng: np.random.Generator, feature: Feature, channel: Channel, plan: Blueprint) -> tuple[Quirk, ...]:
    """Oddities outside the pairs: of two sentences that no search settles the first is so, as much as in pairs, and one of the two speaks of all
    of the time, the other of its first part."""
    sentences = [rule for rule in feature.rules if decoys()[rule].aside]
    serving = any(decoys()[rule].logs for rule in sentences)
    whole = bool(feature.logged) if sentences and decoys()[sentences[0]].logs else rng.random() < OTHER_WHOLE
    found = []
    for rule in feature.rules:
        decoy = decoys()[rule]
        dose = round(float(rng.uniform(0.1, 0.6)), 3)
        if not decoy.aside:
            found.append(Quirk(kind=rule, dose=dose, phase=_phase(rng, decoy.phases)))
            continue
        days, first = _days(rng, channel), rule == sentences[0]
        phase = Phase(offline=not serving, serving=serving, part=1.0 if whole == first else _part(rng))
        if first:
            dose = 1.0 if decoy.whole else round(float(rng.uniform(*OTHER_DOSE)), 3)
        else:
            dose, phase = round(float(rng.uniform(*decoy.own_dose)), 3), replace(phase, until=_early(decoy, channel, days, serving=serving))
        found.append(in_time(Quirk(kind=rule, dose=dose, phase=phase, days=days), plan))
    return tuple(found)


def _early(decoy: Decoy, channel: Channel, days: int, *, serving: bool) -> float:
    """The week until which a sentence is so that shall have no effect: windows reach all of the serving log, and a level lasts."""
    if serving or channel.value == "level":
        return 0.0
    return max(0.0, EARLY - days / 7) if _moves_dates(decoy) else EARLY


def _phase(rng: np.random.Generator, phases: tuple[str, ...]) -> Phase:
    if len(phases) == 1:
        return Phase(offline="offline" in phases, serving="serving" in phases)
    return (Phase(), Phase(offline=True, serving=False), Phase(offline=False, serving=True))[int(rng.integers(3))]
