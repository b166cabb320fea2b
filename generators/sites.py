"""Which columns and tables a form's faults strike, which stand beside them as twins, and the rules that every definition holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.catalog import decoys, mechanisms
from generators.kinds import Decoy, Mechanism
from generators.model import Feature, GenerationError, PlannedFault, Scenario, Spec
from generators.rows import EVALUATION

ASIDE = 0.95
"""Share of twins whose innocent cause no search over the log explains: a script that tries every rule on every column clears the others.
Such a cause mirrors the fault: what fits the faulty column fits the twin. As many faults and other columns hold a sentence of that kind."""
OTHERS = 0.8
"""The same share of columns outside the pairs."""
LOST = "lost_entries"
"""The cause of that kind that stands where a mechanism's mirror does not fit."""
LOGGED = 0.8
"""Share of the other columns whose log is said to be wrong for which that is so."""
PLAIN = 0.4
"""Share of columns with such sentences whose definition holds a plain rule as well: three sentences are much to read."""
RULED = 0.9
"""Share of the other columns whose definition holds a rule."""
ALIKE = 0.6
"""Of the rest, share of those whose innocent cause leads a recount to the same place as the fault does: to the event clock, or to a later
window end."""


def sites(rng: np.random.Generator, scenario: Scenario, chosen: list[Mechanism], levels: list[int]) -> tuple[Spec, tuple[PlannedFault, ...]]:
    """Columns (or tables) of faults and twins, with the rules of their definitions."""
    features = {f.name: f for f in scenario.features}
    free: dict[str, list[str]] = {}
    for role in ("count", "amount", "status", "reading"):
        names = [f.name for f in scenario.features if f.role == role]
        free[role] = [names[int(i)] for i in rng.permutation(len(names))]
    tables = [EVALUATION[int(i)] for i in rng.permutation(2)]
    struck = dict(zip(("rows", "split"), tables, strict=True))
    causes = _causes(rng, chosen)
    roles = _roles(rng, chosen, {role: len(names) for role, names in free.items()})
    own: tuple[str, ...]
    beside: tuple[str, ...]
    faults: list[PlannedFault] = []
    for number, (mechanism, level) in enumerate(zip(chosen, levels, strict=True), 1):
        if mechanism.locus != "column":
            site = struck[mechanism.locus]
            other = EVALUATION[1 - EVALUATION.index(site)]
            twin_site, decoy, own, beside = other, mechanism.twins[int(rng.integers(len(mechanism.twins)))], (), ()
        else:
            role = roles[mechanism.id]
            site, twin_site = free[role].pop(), free[role].pop()
            decoy, *others = _rules(rng, role, mechanism, causes[mechanism.id])
            own, beside = _rules(rng, role, mechanism, causes[mechanism.id]), tuple(others)
            features[site] = with_rules(features[site], own)
            features[twin_site] = twin_of(features[twin_site], mechanism, level, (decoy, *beside))
        faults.append(
            PlannedFault(
                id=f"f{number}",
                mechanism=mechanism.id,
                level=level,
                site=site,
                twin=f"d{number}",
                decoy=decoy,
                twin_site=twin_site,
                own=own,
                twin_beside=beside,
            )  # fmt: skip
        )
    taken = {name for f in faults for name in (f.site, f.twin_site)}
    for feature in scenario.features:
        if feature.role in free and feature.name not in taken and rng.random() < RULED:
            plain = with_rules(features[feature.name], _other_rules(rng, feature.role))
            features[feature.name] = _mislogged(rng, plain) if decoys()[plain.rules[0]].logs else plain
    names = list(features)
    return Spec(features=tuple(features[names[int(i)]] for i in rng.permutation(len(names)))), tuple(faults)


def _rules(rng: np.random.Generator, role: str, mechanism: Mechanism, cleared: bool) -> tuple[str, ...]:
    """The rules of a column in a pair, drawn for a fault as for its twin: which words a column has tells nothing. First a cause, then a plain
    rule (`PLAIN`), then a sentence that cannot explain what a recount finds."""
    first = _cause(rng, role, mechanism, cleared)
    plain = _plain(rng, role, mechanism, first) if decoys()[first].aside and rng.random() < PLAIN else ""
    beside = [d for d in asides(role, mechanism.side) if d != first and not explains(d, mechanism)]
    return tuple(rule for rule in (first, plain, beside[int(rng.integers(len(beside)))] if beside else "") if rule)


def _other_rules(rng: np.random.Generator, role: str) -> tuple[str, ...]:
    """The rules of a column outside the pairs: as in them, two sentences that no search settles, of one side, and at times a plain rule."""
    kinds = [d.id for d in decoys().values() if role in d.roles and not d.aside]
    plain = kinds[int(rng.integers(len(kinds)))]
    sides = [kinds for side in ("offline", "serving") if len(kinds := asides(role, side)) > 1]
    if not sides or rng.random() >= OTHERS:
        return (plain,)
    kinds = sides[int(rng.integers(len(sides)))]
    first, second = (kinds[int(i)] for i in rng.permutation(len(kinds))[:2])
    return (first, *((plain,) if rng.random() < PLAIN else ()), second)


def asides(role: str, side: str) -> list[str]:
    """The sentences that no search settles which a column of the role may hold of one side."""
    return [d.id for d in decoys().values() if d.aside and role in d.roles and side in d.phases]


def explains(rule: str, mechanism: Mechanism) -> bool:
    """Could a sentence of this kind, were it about all the time, explain what a recount finds?"""
    return rule == mechanism.mirror or (rule == LOST and mechanism.side == "offline")


def _mislogged(rng: np.random.Generator, feature: Feature) -> Feature:
    """Of honest columns whose log is said to be wrong, those that are indeed logged wrongly, by the edit of some skew."""
    edits = [m.edit for m in mechanisms().values() if m.side == "serving" and feature.role in m.roles and m.edit is not None]
    if not edits or rng.random() >= LOGGED:
        return feature
    return replace(feature, logged=edits[int(rng.integers(len(edits)))](feature, int(rng.integers(1, 5))).online)


def twin_of(feature: Feature, mechanism: Mechanism, level: int, rules: tuple[str, ...]) -> Feature:
    """The plain definition with a twin's rules; what its log shows otherwise is the mechanism's own edit, where the cause is of that kind."""
    feature = with_rules(feature, rules)
    if not decoys()[rules[0]].logs or mechanism.edit is None:
        return replace(feature, logged=())
    return replace(feature, logged=mechanism.edit(feature, level).online)


def _plain(rng: np.random.Generator, role: str, mechanism: Mechanism, decoy: str) -> str:
    """A rule that a search over the log finds; beside a loss most often one that leads a recount where the fault leads it."""
    plain = [d for d in causes(role, mechanism, second=True) if not d.aside]
    alike = [d for d in causes(role, mechanism) if mechanism.fits and d.fits == mechanism.fits and not d.aside]
    found = alike if decoy == LOST and alike and rng.random() < ALIKE else plain
    return found[int(rng.integers(len(found)))].id


def with_rules(feature: Feature, rules: tuple[str, ...]) -> Feature:
    """The plain definition with these rules."""
    feature = replace(feature, rules=rules)
    for rule in rules:
        feature = decoys()[rule].define(feature)
    return feature


def _roles(rng: np.random.Generator, chosen: list[Mechanism], columns: dict[str, int]) -> dict[str, str]:
    """The role of the column that each mechanism strikes, two columns of it for each; those with the least choice are served first."""
    found: dict[str, str] = {}
    for mechanism in sorted((m for m in chosen if m.locus == "column"), key=lambda m: len(m.roles)):
        fits = [r for r in mechanism.roles if columns[r] >= 2]
        if not fits:
            raise GenerationError(f"{mechanism.id} strikes columns of the roles {', '.join(mechanism.roles)}, and other faults have taken them all.")
        shares = np.array([columns[r] for r in fits], dtype=float)
        found[mechanism.id] = fits[int(rng.choice(len(fits), p=shares / shares.sum()))]
        columns[found[mechanism.id]] -= 2
    return found


def _causes(rng: np.random.Generator, chosen: list[Mechanism]) -> dict[str, bool]:
    """For each column fault: is its twin's cause one that the record clock clears? At most one in six, so that most survive an aware recount, and
    none beside a leak: what such a column tells, its recount tells as well."""
    columns = [m.id for m in chosen if m.locus == "column"]
    may = [m.id for m in chosen if m.locus == "column" and not m.availability_only and not m.leak]
    clear = set(rng.permutation(may)[: len(columns) // 6].tolist())
    return {id: id in clear for id in columns}


def causes(role: str, mechanism: Mechanism, *, second: bool = False) -> list[Decoy]:
    """Decoys that fit a role and the side of the mismatch; what leaves no fault intact but some, only beside those: its words would mean
    innocence. What fits on the event clock clears a twin for the naive recount, so it is the first rule of a column only where the
    fault fits there too."""
    return [
        d
        for d in decoys().values()
        if d.locus == "column"
        and role in d.roles
        and mechanism.side in d.phases
        and (not d.selective or d.id in mechanism.carries)
        and (not d.aside or d.id in (LOST, mechanism.mirror))
        and (second or d.fits != "event_clock" or mechanism.fits == d.fits)
    ]


def _cause(rng: np.random.Generator, role: str, mechanism: Mechanism, cleared: bool) -> str:
    """The first rule: most often the mechanism's mirror, else a decoy that fits the role and the side of the mismatch."""
    fits = causes(role, mechanism)
    if not cleared and rng.random() < ASIDE and any(d.aside for d in fits):
        fits = [d for d in fits if d.id == mechanism.mirror] or [d for d in fits if d.aside]
    elif mechanism.fits and rng.random() < ALIKE and any(d.fits == mechanism.fits and not d.aside for d in fits):
        fits = [d for d in fits if d.fits == mechanism.fits and not d.aside]
    elif any(d.cleared_by_clock == cleared for d in fits):
        fits = [d for d in fits if d.cleared_by_clock == cleared]
    return fits[int(rng.integers(len(fits)))].id
