"""Draw a form: which mechanisms, at which levels, on which columns, beside which twins; a business of its own around them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from generators.catalog import decoys, mechanisms, nearest, scenarios
from generators.model import (
    FAMILIES,
    Blueprint,
    Calendar,
    Channel,
    Decoy,
    Family,
    Feature,
    GenerationError,
    Mechanism,
    Phase,
    PlannedFault,
    Quirk,
    Scenario,
    Spec,
)
from generators.rows import EVALUATION
from generators.seeding import Stream

FORMS = {"short": 4, "standard": 8, "long": 12}
QUOTAS: dict[str, tuple[tuple[int, int, int, int], ...]] = {
    "short": ((1, 1, 1, 1),),
    "standard": ((2, 2, 2, 2), (3, 2, 1, 2), (2, 3, 1, 2), (2, 2, 1, 3)),
}
"""Faults by family: target leakage, future timestamps, contamination, serving skew. Contamination is what a checklist finds: seldom two."""
LADDERS = {"junior": (1, 1, 2, 3), "mid": (1, 2, 3, 4), "senior": (2, 3, 4, 4)}
"""The four rungs of a level; a standard form holds each twice."""
STRENGTH = {
    "binary": {1: 0.655, 2: 0.635, 3: 0.615, 4: 0.6},
    "regression": {1: 0.23, 2: 0.205, 3: 0.18, 4: 0.155},
}
"""Univariate strength of a faulty column, by level, at a signal of one: AUC, or |r|."""
SIGNAL = {"binary": (0.8, 2.4), "regression": (0.9, 1.3)}
"""Range of the form's own factor on every pull on the outcome: it makes the achievable score differ from form to form. A number's error
differs by its unit already (UNIT), and where its score outweighs the news, gaps that a leak fills have little to tell."""
SHORT_SIGNAL = 1.25
"""The same for a short form, whose few columns have to tell as much."""
UNIT = (0.7, 1.4)
"""Range of the factor on a number's spread: a claim learned by heart from another form is of no use."""
SLOTS = {"binary": 8800, "regression": 6350}
SPREAD = {"binary": 1.65, "regression": 1.45}
"""Spread of the score over entities, against a weekly hazard (binary) or a news term of one.

More would drain a churn business of its risky entities at once."""
SWING = {"binary": 1.0, "regression": 0.3}
"""How far season and drift move the score. An error in the unit of the label pays for a calendar that nobody can know, where a ranking
does not: more would be the larger part of what an honest claim misses."""
CORE = 0.6
"""Correlation of the states behind pairs with the core state: it lets one column be strong without making all of them together decisive."""
SKEW_CORE = 0.4
"""The same for columns served askew: they are honest offline, and would show the core as well as all twins together."""
OTHER_CORE = 0.35
"""The same for some strong columns outside the pairs, so that strength alone does not say which columns are in one: fewer where more
columns are served askew, or the twins would not be missed."""
ASIDE = 0.8
"""Share of twins whose innocent cause no search over the log explains: a script that tries every rule on every column clears the others.
Such a cause mirrors the fault: what fits the faulty column fits the twin. As many faults and other columns hold a sentence of that kind."""
LOST = "lost_entries"
"""The cause of that kind that stands where a mechanism's mirror does not fit."""
OTHER_ASIDE = 0.6
"""Share of faults with such a sentence whose kind could not explain what a recount finds: it speaks of all the time. The others' kind could,
but it speaks of few entries in the first part of the time. The words are those of a twin's; whether they explain anything is to be read."""
ASIDE_PART = (0.2, 0.4)
"""Share of the time that such a sentence speaks of: windows of 28 days lie behind it for the last decisions of either side."""
RULED = 0.85
"""Share of the other columns whose definition holds a rule."""
OTHER_WHOLE = 0.7
"""Share of columns outside the pairs with a sentence that no search settles for which it explains what a recount finds."""
OTHER_DOSE = (0.4, 0.8)
"""Rate of such an oddity outside the pairs: as much of it as in them, or the twins would be known by it."""
ALIKE_DOSE = (0.35, 0.6)
"""Rate of a twin's second oddity where that leads a recount to the same place as the fault does."""
ALIKE = 0.6
"""Of the rest, share of those whose innocent cause leads a recount to the same place as the fault does: to the event clock, or to a later
window end."""


def check(scenario: str, form: str, level: str) -> Scenario:
    """The scenario asked for. Raises GenerationError for an unknown scenario, form or level, and for a form that the catalogue is too small for."""
    if scenario not in scenarios():
        raise GenerationError(f"scenario: {nearest(scenario, scenarios())}")
    if form not in FORMS:
        raise GenerationError(f"form: {nearest(form, dict.fromkeys(FORMS))}")
    if level not in LADDERS:
        raise GenerationError(f"level: {nearest(level, dict.fromkeys(LADDERS))}")
    if form not in QUOTAS:
        raise GenerationError(
            f"a long form plants {FORMS[form]} faults and is offered once the catalogue holds at least {2 * FORMS[form]} mechanisms; "
            f"it holds {len(mechanisms())}. Issue a standard form, or two short ones with different --round."
        )
    return scenarios()[scenario]


def draw(stream: Stream, scenario_id: str, *, form: str, level: str, attempt: int = 0) -> Blueprint:
    """The plan of one form. Channels of faults and twins are not yet tuned (see tune.py)."""
    scenario = check(scenario_id, form, level)
    rng = stream.child("blueprint", attempt).rng()
    chosen = _mechanisms(rng, form)
    levels = [int(x) for x in rng.permutation(np.repeat(LADDERS[level], FORMS[form] // 4))]
    spec, faults = _sites(rng, scenario, chosen, levels)
    start = 1_672_617_600_000_000 + int(rng.integers(0, 100)) * 7 * 86_400_000_000 + int(rng.integers(4, 9)) * 3_600_000_000
    number = scenario.task == "regression"
    plan = Blueprint(
        id=stream.child("id").token("th_"), scenario=scenario_id, form=form, level=level, attempt=attempt, slots=SLOTS[scenario.task],
        calendar=Calendar(start=start), spec=spec, channels=scenario.channels, faults=faults,
        attributes=scenario.attributes,
        signal=_between(rng, *SIGNAL[scenario.task], times=SHORT_SIGNAL if form == "short" else 1.0),
        unit=_between(rng, *UNIT) if number else 1.0,
        drift=float(np.round(SWING[scenario.task] * rng.uniform(-0.2, 0.2), 3)),
        season=float(np.round(SWING[scenario.task] * rng.uniform(0.05, 0.2), 3)),
    )  # fmt: skip
    return _channels(rng, scenario, plan)


def _between(rng: np.random.Generator, low: float, high: float, *, times: float = 1.0) -> float:
    """A factor drawn evenly on the scale of its logarithm."""
    return float(np.round(times * np.exp(rng.uniform(np.log(low), np.log(high))), 3))


def strength_of(plan: Blueprint, level: int) -> float:
    """The univariate strength that a faulty column of a level should have in this form: where more can be told, leaks tell more."""
    task = scenarios()[plan.scenario].task
    chance = 0.5 if task == "binary" else 0.0
    return float(chance + (STRENGTH[task][level] - chance) * np.sqrt(plan.signal))


def _mechanisms(rng: np.random.Generator, form: str) -> list[Mechanism]:
    """Mechanisms without replacement and without enemies, by a quota drawn for the form; at least a quarter only violate availability."""
    known = list(mechanisms().values())
    for _ in range(2000):
        quota = QUOTAS[form][int(rng.integers(len(QUOTAS[form])))]
        picked: list[Mechanism] = []
        for family, number in zip(FAMILIES, quota, strict=True):
            of_family = [m for m in known if m.family == family]
            picked += [of_family[int(i)] for i in rng.permutation(len(of_family))[:number]]
        ids = {m.id for m in picked}
        enough = sum(m.availability_only for m in picked) >= len(picked) // 4
        if len(picked) == sum(quota) and enough and not any(ids & set(m.enemies) for m in picked):
            return [picked[int(i)] for i in rng.permutation(len(picked))]
    raise GenerationError("no set of mechanisms without enemies was found in 2,000 draws; the catalogue has too few mechanisms in some family.")


def _sites(rng: np.random.Generator, scenario: Scenario, chosen: list[Mechanism], levels: list[int]) -> tuple[Spec, tuple[PlannedFault, ...]]:
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
    faults: list[PlannedFault] = []
    for number, (mechanism, level) in enumerate(zip(chosen, levels, strict=True), 1):
        if mechanism.locus != "column":
            site = struck[mechanism.locus]
            other = EVALUATION[1 - EVALUATION.index(site)]
            twin_site, decoy, own, beside, second = other, mechanism.twins[int(rng.integers(len(mechanism.twins)))], "", "", ""
        else:
            role = roles[mechanism.id]
            site, twin_site = free[role].pop(), free[role].pop()
            decoy = _cause(rng, role, mechanism, causes[mechanism.id])
            own = _cause(rng, role, mechanism, None, own=True)
            beside = _beside(rng, role, mechanism)
            second = _second(rng, role, mechanism, decoy)
            features[site] = with_rules(features[site], (own, beside))
            features[twin_site] = twin_of(features[twin_site], mechanism, level, (decoy, second))
        faults.append(
            PlannedFault(
                id=f"f{number}",
                mechanism=mechanism.id,
                level=level,
                site=site,
                twin=f"d{number}",
                decoy=decoy,
                twin_site=twin_site,
                own_quirk=own,
                own_aside=beside,
                twin_second=second,
            )  # fmt: skip
        )
    taken = {name for f in faults for name in (f.site, f.twin_site)}
    for feature in scenario.features:
        if feature.role in free and feature.name not in taken and rng.random() < RULED:
            kinds = [d for d in decoys().values() if feature.role in d.roles and not d.aside]
            beside = _beside(rng, feature.role)
            plain = with_rules(features[feature.name], (kinds[int(rng.integers(len(kinds)))].id, beside))
            features[feature.name] = _mislogged(rng, plain) if beside and decoys()[beside].logs else plain
    names = list(features)
    return Spec(features=tuple(features[names[int(i)]] for i in rng.permutation(len(names)))), tuple(faults)


def _beside(rng: np.random.Generator, role: str, mechanism: Mechanism | None = None) -> str:
    """A sentence of the kind that no search settles, beside another rule, as often as twins have one as their first: for a column outside the
    pairs any that fits it; for a fault one on its side, most often of a kind that could not explain what a recount finds."""
    fits = [d.id for d in decoys().values() if d.aside and role in d.roles and (mechanism is None or mechanism.side in d.phases)]
    if not fits or rng.random() >= ASIDE:
        return ""
    if mechanism is not None:
        others = [id for id in fits if not _explains(id, mechanism)]
        alike = [id for id in fits if id not in others]
        fits = others if others and (not alike or rng.random() < OTHER_ASIDE) else alike
    return fits[int(rng.integers(len(fits)))]


def _explains(rule: str, mechanism: Mechanism) -> bool:
    """Could a sentence of this kind, were it about all the time, explain what a recount finds?"""
    return rule == mechanism.mirror or (rule == LOST and mechanism.side == "offline")


def _mislogged(rng: np.random.Generator, feature: Feature) -> Feature:
    """Of honest columns whose log is said to be wrong, those that are indeed logged wrongly, by the edit of some skew."""
    edits = [m.edit for m in mechanisms().values() if m.side == "serving" and feature.role in m.roles and m.edit is not None]
    if not edits or rng.random() >= OTHER_WHOLE:
        return feature
    return replace(feature, logged=edits[int(rng.integers(len(edits)))](feature, int(rng.integers(1, 5))).online)


def twin_of(feature: Feature, mechanism: Mechanism, level: int, rules: tuple[str, ...]) -> Feature:
    """The plain definition with a twin's rules; what its log shows otherwise is the mechanism's own edit, where the cause is of that kind."""
    feature = with_rules(feature, rules)
    if not decoys()[rules[0]].logs or mechanism.edit is None:
        return replace(feature, logged=())
    return replace(feature, logged=mechanism.edit(feature, level).online)


def _second(rng: np.random.Generator, role: str, mechanism: Mechanism, decoy: str) -> str:
    """The second rule of a twin: beside what no search explains one that a fault's own definition might hold, or one that leads a recount
    where the fault leads it; else what a fault has beside its own."""
    if not decoys()[decoy].aside:
        return _beside(rng, role, mechanism)
    alike = [d.id for d in causes(role, mechanism) if mechanism.fits and d.fits == mechanism.fits and not d.aside and decoy == LOST]
    if alike and rng.random() < ALIKE:
        return alike[int(rng.integers(len(alike)))]
    second = _cause(rng, role, mechanism, None, own=True)
    return "" if second == decoy else second


def with_rules(feature: Feature, rules: tuple[str, ...]) -> Feature:
    """The plain definition with these rules (those that are not empty)."""
    kept = tuple(rule for rule in rules if rule)
    feature = replace(feature, rules=kept)
    for rule in kept:
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
    """For each column fault: is its twin's cause one that the record clock clears? At most one in six, so that most survive an aware recount."""
    columns = [m.id for m in chosen if m.locus == "column"]
    may = [m.id for m in chosen if m.locus == "column" and not m.availability_only]
    clear = set(rng.permutation(may)[: len(columns) // 6].tolist())
    return {id: id in clear for id in columns}


def causes(role: str, mechanism: Mechanism, *, own: bool = False) -> list[Decoy]:
    """Decoys that fit a role and the side of the mismatch; what leaves no fault intact but some, only beside those: its words would mean
    innocence. What fits on the event clock clears a twin for the naive recount, so it is the cause of a twin only where the fault fits
    there too."""
    return [
        d
        for d in decoys().values()
        if d.locus == "column"
        and role in d.roles
        and mechanism.side in d.phases
        and (not d.selective or d.id in mechanism.carries)
        and (not d.aside or d.id in (LOST, mechanism.mirror))
        and (own or d.fits != "event_clock" or mechanism.fits == d.fits)
    ]


def _cause(rng: np.random.Generator, role: str, mechanism: Mechanism, cleared: bool | None, *, own: bool = False) -> str:
    """A decoy that fits the role and the side of the mismatch; for a fault's own definition one that leaves its edit and its trail intact."""
    fits = causes(role, mechanism, own=own)
    if own:
        fits = [d for d in fits if not d.aside]
    elif not cleared and rng.random() < ASIDE and any(d.aside for d in fits):
        fits = [d for d in fits if d.id == mechanism.mirror] or [d for d in fits if d.aside]
    elif mechanism.fits and rng.random() < ALIKE and any(d.fits == mechanism.fits and not d.aside for d in fits):
        fits = [d for d in fits if d.fits == mechanism.fits and not d.aside]
    elif any(d.cleared_by_clock == cleared for d in fits):
        fits = [d for d in fits if d.cleared_by_clock == cleared]
    return fits[int(rng.integers(len(fits)))].id


def _channels(rng: np.random.Generator, scenario: Scenario, plan: Blueprint) -> Blueprint:
    """Weights, rates and oddities of every channel. Twins and skewed columns are real signal; so are some columns outside the pairs."""
    by_id = {c.id: c for c in plan.channels}
    pairs = sum(mechanisms()[f.mechanism].locus == "column" for f in plan.faults)
    site_of = {f.name: f for f in plan.spec.features if f.stream != "entities"}
    taken: Counter[str] = Counter()
    for fault in plan.faults:
        mechanism = mechanisms()[fault.mechanism]
        if mechanism.locus != "column":
            continue
        a, b = (by_id[f"{site_of[name].stream}.{site_of[name].type}"] for name in (fault.site, fault.twin_site))
        rate = max(a.rate, b.rate, _busy(a))
        strong = {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7}[fault.level]
        for channel, guilty in ((a, True), (b, False)):
            weight = strong * (0.12 if guilty and mechanism.leak else 0.4 if guilty else 1.0)
            if not guilty and channel.value in ("level", "reading"):
                weight *= 1.5  # coarse or sparse values show less of their state
            shaped = replace(
                channel,
                rate=rate,
                shared=CORE if mechanism.leak or not guilty else SKEW_CORE,
                weight=round(weight, 4),
                loading=0.08 if guilty and mechanism.leak else 1.0,
            )
            if mechanism.prepare is not None:
                shaped = mechanism.prepare(shaped, fault.level)
            side = Phase(offline=mechanism.side == "offline", serving=mechanism.side == "serving")
            shown: list[Quirk] = []
            for rule in (fault.own_quirk, fault.own_aside) if guilty else (fault.decoy, fault.twin_second):
                if rule:
                    dose, part = (round(float(rng.uniform(*span)), 3) for span in (decoys()[rule].own_dose, ASIDE_PART))
                    early = decoys()[rule].aside and _explains(rule, mechanism)
                    days = int(rng.integers(8, 15)) if channel.value != "level" else 28
                    shown.append(in_time(Quirk(kind=rule, dose=dose, phase=replace(side, part=part) if early else side, days=days), plan))
            if not guilty:
                shown[0] = first_quirk(plan, fault)
                shaped = as_declared(shaped, channel, fault.decoy)
                if fault.twin_second and mechanism.fits == decoys()[fault.twin_second].fits != "" and not decoys()[fault.twin_second].aside:
                    shown[1] = replace(shown[1], dose=round(float(rng.uniform(*ALIKE_DOSE)), 3))
            by_id[channel.id] = replace(shaped, quirks=tuple(shown))
            taken[channel.id] += 1
    rest = [c for c in plan.channels if not taken[c.id]]
    order = [rest[int(i)] for i in rng.permutation(len(rest))]
    few = pairs < 5  # a short form: its few twins would not be missed beside as many strong columns
    like_pairs = 0 if few else 4 - sum(mechanisms()[f.mechanism].side == "serving" for f in plan.faults)
    for position, channel in enumerate(order):
        strong = position < (4 if few else 7)
        weight = rng.uniform(0.18, 0.4) if strong else rng.uniform(0.02, 0.1)
        feature = next(f for f in plan.spec.features if (f.stream, f.type) == (channel.stream, channel.type))
        quirks = tuple(_other_quirk(rng, kind, feature, channel, plan) for kind in feature.rules)
        rate = channel.rate * float(rng.uniform(1.1, 1.6) * (1.7 if few else 1.0) if strong else rng.uniform(0.7, 1.1))
        if rng.random() < 0.5:  # as busy as those of pairs
            rate = max(rate, _busy(channel) * float(rng.uniform(1.0, 1.3)))
        by_id[channel.id] = replace(
            channel, weight=round(float(weight), 4), quirks=quirks, shared=OTHER_CORE if position < like_pairs else 0.0,
            loading=round(float(rng.uniform(0.8, 1.1) if strong else rng.uniform(0.3, 0.7)), 3),
            rate=round(rate, 4), volume=round(float(rng.uniform(0.85, 1.25)), 3),
        )  # fmt: skip
    return _scaled(replace(plan, channels=tuple(by_id[c.id] for c in plan.channels)), SPREAD[scenario.task])


def first_quirk(plan: Blueprint, fault: PlannedFault) -> Quirk:
    """What makes a twin look guilty, in all of its fault's side of the calendar; its rate is tuned, unless it is all or nothing."""
    mechanism = mechanisms()[fault.mechanism]
    assert mechanism.edit is not None
    faulty = mechanism.edit(plan.spec[fault.site], fault.level)
    whole = decoys()[fault.decoy].whole or decoys()[fault.decoy].logs
    phase = Phase(offline=mechanism.side == "offline", serving=mechanism.side == "serving")
    return in_time(Quirk(kind=fault.decoy, dose=1.0 if whole else 0.3, phase=phase, days=faulty.end or faulty.backfill or 14), plan)


def in_time(quirk: Quirk, plan: Blueprint) -> Quirk:
    """The same, ending early enough that what it dates later is not dated into the weeks of the serving log."""
    decoy = decoys()[quirk.kind]
    if not (decoy.aside and decoy.fits == "later_end"):
        return quirk
    part = min(quirk.phase.part, 1 - quirk.days / (7 * plan.calendar.turn))
    return replace(quirk, phase=replace(quirk.phase, part=round(part, 3)))


def as_declared(channel: Channel, declared: Channel, cause: str) -> Channel:
    """The twin's channel without what its cause does not go together with."""
    kept: dict[str, Any] = {name: getattr(declared, name) for name in decoys()[cause].keeps}
    return replace(channel, **kept)


def _other_quirk(rng: np.random.Generator, kind: str, feature: Feature, channel: Channel, plan: Blueprint) -> Quirk:
    """An oddity outside the pairs: as much of it as in them, in all of the time or in its first part."""
    decoy = decoys()[kind]
    dose, phase = round(float(rng.uniform(0.1, 0.6)), 3), _phase(rng, decoy.phases)
    if not decoy.aside:
        return Quirk(kind=kind, dose=dose, phase=phase)
    all_of_it = bool(feature.logged) if decoy.logs else rng.random() < OTHER_WHOLE
    part = 1.0 if all_of_it else round(float(rng.uniform(*ASIDE_PART)), 3)
    days = int(rng.integers(8, 15)) if channel.value != "level" else 28
    dose = 1.0 if decoy.whole else round(float(rng.uniform(*OTHER_DOSE)), 3)
    return in_time(Quirk(kind=kind, dose=dose, phase=replace(phase, part=part), days=days), plan)


def _busy(channel: Channel) -> float:
    """The least rate of a column in a pair: its oddities show in events."""
    return 1.6 if channel.value in ("none", "amount") else 0.45


def _scaled(plan: Blueprint, spread: float) -> Blueprint:
    """The plan with channel weights scaled so that the score, attributes included, spreads as much as wanted over entities."""
    own = sum(c.weight**2 * (1 - c.shared**2) for c in plan.channels) + sum(c.weight * c.shared for c in plan.channels) ** 2
    fixed = sum(a.weight**2 for a in plan.attributes)
    factor = float(np.sqrt(max(spread**2 - fixed, 0.1) / own))
    return replace(plan, channels=tuple(replace(c, weight=round(c.weight * factor, 4)) for c in plan.channels))


def _phase(rng: np.random.Generator, phases: tuple[str, ...]) -> Phase:
    if len(phases) == 1:
        return Phase(offline="offline" in phases, serving="serving" in phases)
    return (Phase(), Phase(offline=True, serving=False), Phase(offline=False, serving=True))[int(rng.integers(3))]


def channel_of(plan: Blueprint, site: str) -> Channel:
    """The channel behind a column."""
    feature = plan.spec[site]
    return plan.channel(f"{feature.stream}.{feature.type}")


def family_of(fault: PlannedFault) -> Family:
    """The family of a planned fault."""
    return mechanisms()[fault.mechanism].family
