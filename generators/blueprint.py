"""Draw a form: which mechanisms, at which levels, on which columns, beside which twins; a business of its own around them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from generators.catalog import decoys, mechanisms, nearest, scenarios
from generators.kinds import Mechanism
from generators.model import FAMILIES, Blueprint, Calendar, Channel, Family, GenerationError, PlannedFault, Scenario
from generators.quirks import other_quirks, own_quirks, twin_quirks, with_quirks
from generators.seeding import Stream
from generators.sites import sites
from generators.world import NEWS

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
SHORT_SIGNAL = {"binary": 1.4, "regression": 1.2}
"""The same for a short form, whose few columns have to tell as much."""
UNIT = (0.7, 1.4)
"""Range of the factor on a number's spread: a claim learned by heart from another form is of no use."""
SLOTS = {"binary": 8800, "regression": 6350}
SPREAD = {"binary": 1.65, "regression": 0.97}
"""Spread of the score over entities, against a weekly hazard (binary) or a news term of one.

More would drain a churn business of its risky entities at once."""
SWING = {"binary": 1.0, "regression": 0.3}
"""How far season and drift move the score. An error in the unit of the label pays for a calendar that nobody can know, where a ranking
does not: more would be the larger part of what an honest claim misses."""
CORE = 0.6
"""Correlation of the states behind pairs with the core state: it lets one column be strong without making all of them together decisive."""
SKEW_CORE = 0.45
"""The same for columns served askew and their twins: they are honest offline, and would show the core as well as all twins together."""
SKEW_WEIGHT = 0.56
"""Weight of both columns of such a pair, so that a model misses the one as much as the other: with a lighter column that shows its state
clearly beside a heavier one that shows it dimly, both as strong alone, it missed the faulty one twice as much."""
OWN_VOLUME = (0.75, 1.3)
"""Change of volume of a faulty column around the serving log: were its fault all that moves it, a recount of it would not drift where that of
its twin does."""
PAIR_RATE = (0.9, 1.25)
"""Factor on the rate of both columns of a pair, and for those that show a state `PAIR_LOADING` on how clearly they do: what were the same in every
form would in time be known of faults, whose twins are tuned and differ from form to form."""
PAIR_LOADING = (0.8, 1.15)
PAIR_SPREAD = (0.75, 1.35)
"""Factor on the spread of values of either column of a pair, drawn for each; `PAIR_CENTER`: how far its typical reading or level may lie from the
declared one; `PAIR_ACCENT`: how far above it what tells of an outcome."""
PAIR_CENTER = {"reading": 5.0, "level": 0.3}
PAIR_ACCENT = (13.0, 26.0)
ACTIVITY = (0.05, 0.5)
"""How much a column shows of how active an entity is, the same for both columns of a pair: what columns have in common by what they tell of the
outcome differs a little between faults and twins, and drowns in what they have in common by this."""
STRONG = {"binary": (0.2, 0.4), "regression": (0.16, 0.32)}
"""Weights of strong columns outside the pairs: a number's error misses twins less than a ranking does."""
FEW_STRONG = 0.62
"""Factor on them in a short form: its few twins would else not be missed."""
OTHER_CORE = 0.35
"""The same for some strong columns outside the pairs, so that strength alone does not say which columns are in one: fewer where more
columns are served askew, or the twins would not be missed."""


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
    spec, faults = sites(rng, scenario, chosen, levels)
    start = 1_672_617_600_000_000 + int(rng.integers(0, 100)) * 7 * 86_400_000_000 + int(rng.integers(4, 9)) * 3_600_000_000
    number = scenario.task == "regression"
    plan = Blueprint(
        id=stream.child("id").token("th_"), scenario=scenario_id, form=form, level=level, attempt=attempt, slots=SLOTS[scenario.task],
        calendar=Calendar(start=start), spec=spec, channels=scenario.channels, faults=faults,
        attributes=scenario.attributes,
        signal=_between(rng, *SIGNAL[scenario.task], times=SHORT_SIGNAL[scenario.task] if form == "short" else 1.0),
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


def _channels(rng: np.random.Generator, scenario: Scenario, plan: Blueprint) -> Blueprint:
    """Weights, rates and oddities of every channel. Twins and skewed columns are real signal; so are some columns outside the pairs."""
    by_id = {c.id: c for c in plan.channels}
    pairs = sum(mechanisms()[f.mechanism].locus == "column" for f in plan.faults)
    site_of = {f.name: f for f in plan.spec.features if f.stream != "entities"}
    taken: Counter[str] = Counter()
    leaks = [f.id for f in plan.faults if mechanisms()[f.mechanism].leak]
    heard = {guilty: dict(zip(leaks, _dealt(rng, len(leaks)), strict=True)) for guilty in (True, False)}
    for fault in plan.faults:
        mechanism = mechanisms()[fault.mechanism]
        if mechanism.locus != "column":
            continue
        a, b = (by_id[f"{site_of[name].stream}.{site_of[name].type}"] for name in (fault.site, fault.twin_site))
        rate = max(a.rate, b.rate, _busy(a))
        strong = {1: 1.0, 2: 0.9, 3: 0.8, 4: 0.7}[fault.level]
        busier, clearer = float(rng.uniform(*PAIR_RATE)), float(rng.uniform(*PAIR_LOADING))
        activity = round(float(rng.uniform(*ACTIVITY)), 3)
        for channel, guilty in ((a, True), (b, False)):
            weight = strong * (0.12 if mechanism.leak else SKEW_WEIGHT)
            if not mechanism.leak and channel.value in ("level", "reading"):
                weight *= 1.5  # coarse or sparse values show less of their state
            shaped = replace(
                channel,
                rate=rate,
                shared=CORE if mechanism.leak else SKEW_CORE,
                weight=round(weight, 4),
                loading=0.08 if mechanism.leak else round(clearer, 3),
                activity=activity,
            )
            if mechanism.prepare is not None:
                shaped = mechanism.prepare(shaped, fault.level)
            shaped = _varied(rng, replace(shaped, rate=round(shaped.rate * busier, 4), news=heard[guilty].get(fault.id, 0)))
            if guilty:
                shaped = replace(shaped, volume=round(float(rng.uniform(*OWN_VOLUME)), 3))
                shown = own_quirks(rng, fault, channel, plan)
            else:
                shown = twin_quirks(rng, fault, channel, plan)
                shaped = as_declared(shaped, channel, fault.decoy)
            by_id[channel.id] = with_quirks(shaped, shown, plan)
            taken[channel.id] += 1
    rest = [c for c in plan.channels if not taken[c.id]]
    order = [rest[int(i)] for i in rng.permutation(len(rest))]
    few = pairs < 5  # a short form: its few twins would not be missed beside as many strong columns
    like_pairs = 0 if few else 4 - sum(mechanisms()[f.mechanism].side == "serving" for f in plan.faults)
    for position, channel in enumerate(order):
        strong = position < (4 if few else 7)
        weight = rng.uniform(*STRONG[scenario.task]) * (FEW_STRONG if few else 1.0) if strong else rng.uniform(0.02, 0.1)
        feature = next(f for f in plan.spec.features if (f.stream, f.type) == (channel.stream, channel.type))
        rate = channel.rate * float(rng.uniform(1.1, 1.6) * (1.7 if few else 1.0) if strong else rng.uniform(0.7, 1.1))
        if rng.random() < 0.5:  # as busy as those of pairs
            rate = max(rate, _busy(channel) * float(rng.uniform(1.0, 1.3)))
        channel = with_quirks(channel, other_quirks(rng, feature, channel, plan), plan)
        by_id[channel.id] = replace(
            channel, weight=round(float(weight), 4),
            shared=OTHER_CORE if position < like_pairs else 0.0,
            loading=round(float(rng.uniform(0.8, 1.1) if strong else rng.uniform(0.3, 0.7)), 3),
            activity=round(float(rng.uniform(*ACTIVITY)), 3), rate=round(rate, 4), volume=round(float(rng.uniform(0.85, 1.25)), 3),
        )  # fmt: skip
    return _scaled(replace(plan, channels=tuple(by_id[c.id] for c in plan.channels)), SPREAD[scenario.task])


def _dealt(rng: np.random.Generator, number: int) -> list[int]:
    """A kind of news for each of so many columns, each kind as often as the other: what goes by the same kind is alike, and were that of all
    faults one and that of all twins another, whoever knew one column would know them all."""
    return [int(kind) for kind in rng.permutation(np.arange(int(rng.integers(NEWS)), NEWS + number)[:number] % NEWS)]


def _varied(rng: np.random.Generator, channel: Channel) -> Channel:
    """The channel of one column of a pair with values of its own."""
    wider, aside = float(rng.uniform(*PAIR_SPREAD)), float(rng.uniform(-1, 1))
    center = round(channel.center + aside * PAIR_CENTER.get(channel.value, 0.0), 2)
    return replace(channel, center=center, spread=round(channel.spread * wider, 3), accent=round(float(rng.uniform(*PAIR_ACCENT)), 2))


def as_declared(channel: Channel, declared: Channel, cause: str) -> Channel:
    """The twin's channel without what its cause does not go together with, and honest: what tells of an outcome is on record before it."""
    kept: dict[str, Any] = {name: getattr(declared, name) for name in decoys()[cause].keeps}
    return replace(channel, honest=True, foretells=not decoys()[cause].makes_earlier, **kept)


def _busy(channel: Channel) -> float:
    """The least rate of a column in a pair: its oddities show in events."""
    return 1.6 if channel.value in ("none", "amount") else 0.45


def _scaled(plan: Blueprint, spread: float) -> Blueprint:
    """The plan with channel weights scaled so that the score, attributes included, spreads as much as wanted over entities."""
    own = sum(c.weight**2 * (1 - c.shared**2) for c in plan.channels) + sum(c.weight * c.shared for c in plan.channels) ** 2
    fixed = sum(a.weight**2 for a in plan.attributes)
    factor = float(np.sqrt(max(spread**2 - fixed, 0.1) / own))
    return replace(plan, channels=tuple(replace(c, weight=round(c.weight * factor, 4)) for c in plan.channels))


def channel_of(plan: Blueprint, site: str) -> Channel:
    """The channel behind a column."""
    feature = plan.spec[site]
    return plan.channel(f"{feature.stream}.{feature.type}")


def family_of(fault: PlannedFault) -> Family:
    """The family of a planned fault."""
    return mechanisms()[fault.mechanism].family
