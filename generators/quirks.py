"""Which oddities the log behind each column shows, how many of them, and when."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from generators.catalog import decoys, mechanisms
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
    """What the log of a faulty column shows: its rule's oddity at a small rate, and what the sentence beside it speaks of."""
    return tuple(_own(rng, fault, rule, channel, plan) for rule in (fault.own_quirk, fault.own_aside) if rule)


def twin_quirks(rng: np.random.Generator, fault: PlannedFault, channel: Channel, plan: Blueprint) -> tuple[Quirk, ...]:
    """What the log of its twin shows: first what makes it look guilty."""
    shown = [first_quirk(plan, fault)]
    if fault.twin_second:
        second = _own(rng, fault, fault.twin_second, channel, plan)
        alike = mechanisms()[fault.mechanism].fits == decoys()[second.kind].fits != "" and not decoys()[second.kind].aside
        shown.append(replace(second, dose=round(float(rng.uniform(*ALIKE_DOSE)), 3)) if alike else second)
    return tuple(shown)


def _own(rng: np.random.Generator, fault: PlannedFault, rule: str, channel: Channel, plan: Blueprint) -> Quirk:
    mechanism, decoy = mechanisms()[fault.mechanism], decoys()[rule]
    dose, part = round(float(rng.uniform(*decoy.own_dose)), 3), _part(rng)
    phase = _side(mechanism)
    if not decoy.aside:
        return Quirk(kind=rule, dose=dose, phase=phase)
    days = _days(rng, channel)
    never = mechanism.side == "serving" or channel.value == "level"  # windows reach all of that time, and a level lasts
    last = 0.0 if never else max(0.0, EARLY - days / 7) if _moves_dates(decoy) else EARLY
    phase = replace(phase, part=part if explains(rule, mechanism) else 1.0, until=last)
    return in_time(Quirk(kind=rule, dose=dose, phase=phase, days=days), plan)


def _side(mechanism: Mechanism) -> Phase:
    """The part of the calendar in which a mechanism's given and honest values differ."""
    return Phase(offline=mechanism.side == "offline", serving=mechanism.side == "serving")


def _moves_dates(decoy: Decoy) -> bool:
    """Does it date entries later than they happened, without a mark on them?"""
    return decoy.aside and decoy.fits == "later_end"


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
    return in_time(Quirk(kind=fault.decoy, dose=dose, phase=_side(mechanism), days=faulty.end or faulty.backfill or 14), plan)


def in_time(quirk: Quirk, plan: Blueprint) -> Quirk:
    """The same, ending early enough that what it dates later is not dated into the weeks of the serving log."""
    if not _moves_dates(decoys()[quirk.kind]):
        return quirk
    part = min(quirk.phase.part, 1 - quirk.days / (7 * plan.calendar.turn))
    return replace(quirk, phase=replace(quirk.phase, part=math.floor(1000 * part) / 1000))


def other_quirk(rng: np.random.Generator, kind: str, feature: Feature, channel: Channel, plan: Blueprint) -> Quirk:
    """An oddity outside the pairs: as much of it as in them, in all of the time or in its first part."""
    decoy = decoys()[kind]
    dose, phase = round(float(rng.uniform(0.1, 0.6)), 3), _phase(rng, decoy.phases)
    if not decoy.aside:
        return Quirk(kind=kind, dose=dose, phase=phase)
    all_of_it = bool(feature.logged) if decoy.logs else rng.random() < OTHER_WHOLE
    part = 1.0 if all_of_it else _part(rng)
    dose = 1.0 if decoy.whole else round(float(rng.uniform(*OTHER_DOSE)), 3)
    return in_time(Quirk(kind=kind, dose=dose, phase=replace(phase, part=part), days=_days(rng, channel)), plan)


def _phase(rng: np.random.Generator, phases: tuple[str, ...]) -> Phase:
    if len(phases) == 1:
        return Phase(offline="offline" in phases, serving="serving" in phases)
    return (Phase(), Phase(offline=True, serving=False), Phase(offline=False, serving=True))[int(rng.integers(3))]
