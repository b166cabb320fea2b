"""What a person of some skill accuses on a form: each fault is found by a draw from skill and difficulty, and look-alikes are at risk likewise.

    P(find) = 1 / (1 + exp(-1.7 (theta - b)))        b: assumed difficulty of the fault's level

Who does not find a fault may still suspect it, or accuse its twin instead. The shares below are assumptions about people that nobody has
measured; they make the less skilled less sure, less exact in naming and less well documented, as they would be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from graders.findings import FAMILIES
from graders.key import Decoy, Fault, Key
from kit.personas._findings import accuse
from kit.personas._writing import Accusation
from kit.personas.skilled import DIFFICULTY

SUSPECTS = 0.3
"""Of the faults that are not found: share that is suspected all the same, at low confidence and without evidence."""
BLAMES = 0.3
"""Of the pairs that are not understood: share in which the twin is accused."""
Known = Callable[[Fault], Accusation]
"""The accusation of a fault with everything right: worked out once a form, since it is the same for everybody who finds it."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a person accuses, and which faults it understood."""

    accusations: tuple[Accusation, ...]
    found: tuple[str, ...]
    """Ids of faults that were found."""


def known(key: Key) -> Known:
    """Accusations of a form's faults, each worked out when first asked for."""
    kept: dict[str, Accusation] = {}

    def of(fault: Fault) -> Accusation:
        if fault.id not in kept:
            kept[fault.id] = accuse(key, fault, confidence=1.0)
        return kept[fault.id]

    return of


def chance_of_finding(theta: float, level: int) -> float:
    """P(find) of a fault of a level."""
    return float(1 / (1 + np.exp(-1.7 * (theta - DIFFICULTY[level]))))


def judge(key: Key, theta: float, rng: np.random.Generator, of: Known) -> Judgement:
    """Draw what a person of this skill accuses. Faults are gone through in the order of the key, three draws and more each."""
    accusations: list[Accusation] = []
    found = []
    twins = {decoy.id: decoy for decoy in key.truth.decoys}
    for fault in key.truth.faults:
        p = chance_of_finding(theta, fault.level)
        finds, suspects, blames = rng.random(3) < (p, SUSPECTS, BLAMES)
        if finds:
            accusations.append(_found(of(fault), p, rng))
            found.append(fault.id)
            continue
        if suspects:
            accusations.append(_bare(of(fault), round(float(rng.uniform(0.3, 0.6)), 2)))
        if blames:
            accusations.append(_blamed(twins[fault.twin], of(fault), round(float(rng.uniform(0.35, 0.75)), 2)))
    return Judgement(accusations=tuple(accusations), found=tuple(found))


def _found(full: Accusation, p: float, rng: np.random.Generator) -> Accusation:
    """A find: the surer, the better named and the better documented, the easier the fault is for this person."""
    confidence = round(float(np.clip(rng.normal(0.75 + 0.2 * p, 0.05), 0.5, 0.99)), 2)
    names, proves, related = rng.random(3) < (0.6 + 0.4 * p, 0.5 + 0.5 * p, 0.8 + 0.2 * p)
    out = replace(full, confidence=confidence)
    if not proves:
        out = replace(_bare(out, confidence), rows=full.rows)
    if not names:
        others = [family for family in FAMILIES if family != full.family]
        out = replace(out, kind="", family=full.family if related else others[int(rng.integers(len(others)))])
    elif not out.kind:
        out = replace(out, kind=full.kind)
    return out


def _bare(full: Accusation, confidence: float) -> Accusation:
    """The same place without a kind and without evidence."""
    return replace(full, confidence=confidence, kind="", citations=(), pairs=(), statistic=None)


def _blamed(decoy: Decoy, like: Accusation, confidence: float) -> Accusation:
    """The twin accused of what its fault does."""
    place = decoy.locus
    return Accusation(
        kind_of_locus="split" if place.kind == "rows" else place.kind, table=place.table, column=place.column or "", family=like.family,
        kind=like.kind, confidence=confidence, why="Looks like the rest of what is wrong here.",
    )  # fmt: skip
