"""A simulated business: who its entities are, and when outcomes happen.

The world is made in blocks of slots, each from its own streams, so its content does not depend on memory, workers or chunking. A
slot holds one entity after another. Every channel has a latent state per entity (a level and a slow trend); the outcome's score is
their weighted sum with attributes, season and drift. Binary: each week the score sets the chance that the outcome happens.
Regression: each week has a value, score plus news. What its logs say of all that is in happenings.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.model import DAY, NEVER, WEEK, Attribute, Blueprint, Channel, Floats, Ints, Scenario
from generators.seeding import Stream

BLOCK = 2048
"""Slots of a block."""
GENERATIONS = 12
NOTICE = 28 * DAY
"""An entity stays on the books this long after its outcome; the ledger that records the outcome closes then."""
BEFORE = 40
"""Weeks of leaving and joining before the log begins: without them who is at risk would thin out while the form is watched, and an
honest validation would promise more than production holds."""
CYCLE = 80.0
"""Weeks after which a latent state comes round again."""
NEWS = 2
"""Kinds of news of which the outcome is made beside its score (regression)."""
_GROUP = 12
"""Slots of a group."""


@dataclass(frozen=True, kw_only=True)
class Population:
    """Entities of one block. Arrays have one entry an entity, matrices one column a week."""

    block: int
    slot: Ints
    start: Ints
    end: Ints
    group: Ints
    outcome: Ints
    """Binary: time of the outcome, NEVER without one. Regression: NEVER."""
    attributes: dict[str, Floats]
    """Category codes or numbers by attribute."""
    news: Floats
    """Regression: each week's news of each kind, which nothing known before tells unless it is announced; shape (kinds, n, weeks). A label holds
    that of the weeks to its horizon. Binary: empty."""
    score: Floats
    """The score's part that is there at week 0 of its cycle."""
    turned: Floats
    """The part that is there a quarter of a cycle later."""
    fixed: Floats
    """The part that attributes give; it never changes."""

    def __len__(self) -> int:
        return len(self.slot)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What tells one world from another: its stream, and the strength of honest signal."""

    stream: Stream
    signal: float = 1.0
    """Factor on every honest weight; 0 makes a null world."""


def blocks(blueprint: Blueprint) -> list[tuple[int, int]]:
    """(number, slots) of each block of a form."""
    full, rest = divmod(blueprint.slots, BLOCK)
    return [(i, BLOCK) for i in range(full)] + ([(full, rest)] if rest else [])


def weighted(blueprint: Blueprint) -> list[Channel]:
    """The channels that pull on the outcome, in order."""
    return [c for c in blueprint.channels if c.weight]


def latent(setting: Setting, block: int, channel: str, slots: int, *, shared: float) -> tuple[Floats, Floats]:
    """A channel's state for each (slot, generation) of a block, flattened: its parts at week 0 and a quarter cycle later.

    The state at week w is `a cos(2 pi w / CYCLE) + b sin(2 pi w / CYCLE)` with a and b standard normal: at every time standard normal,
    much the same for some weeks, another after a quarter. `shared` is its correlation with the core state that several channels show.
    """
    rng = setting.stream.child("latent", channel, block).rng()
    both = rng.standard_normal((2, slots * GENERATIONS), dtype=np.float32).astype(np.float64)
    if shared:
        core = setting.stream.child("core", block).rng().standard_normal((2, slots * GENERATIONS), dtype=np.float32).astype(np.float64)
        both = np.sqrt(1 - shared**2) * both + shared * core
    return both[0], both[1]


def turn(week: Floats | float) -> tuple[Floats, Floats]:
    """Shares of the two parts of every state at a week."""
    angle = np.asarray(2 * np.pi * week / CYCLE)
    return np.cos(angle), np.sin(angle)


def attribute_values(setting: Setting, block: int, attribute: Attribute, slots: int) -> tuple[Floats, Floats]:
    """Values (codes or numbers) and standardised effects of an attribute for each (slot, generation)."""
    rng = setting.stream.child("attribute", attribute.name, block).rng()
    n = slots * GENERATIONS
    if attribute.categories:
        shares = np.array([share for _, share in attribute.categories])
        code = np.searchsorted(np.cumsum(shares / shares.sum()), rng.random(n), side="right").clip(0, len(shares) - 1)
        steps = np.linspace(-1, 1, len(shares))
        effect = steps - np.average(steps, weights=shares / shares.sum())
        return code.astype(np.float64), effect[code] / max(1e-9, float(np.sqrt(np.average((effect) ** 2, weights=shares))))
    z = rng.standard_normal(n)
    value = np.maximum(attribute.step, np.round((attribute.center + attribute.spread * z) / attribute.step) * attribute.step)
    return value, (value - attribute.center) / attribute.spread


def season(blueprint: Blueprint, week: Floats) -> Floats:
    """The calendar's pull on the outcome: a half-yearly season and a slow drift."""
    return blueprint.season * np.sin(2 * np.pi * week / 26.0) + blueprint.drift * week / blueprint.calendar.weeks


def populate(blueprint: Blueprint, scenario: Scenario, setting: Setting, block: int, slots: int, *, intercept: float) -> Population:
    """The entities of a block with their outcomes; `intercept` is the weekly log-odds of an average one (binary)."""
    calendar = blueprint.calendar
    n = slots * GENERATIONS
    score, turned, fixed = np.zeros(n), np.zeros(n), np.zeros(n)
    factor = blueprint.signal * setting.signal
    if factor:
        for channel in weighted(blueprint):
            first, second = latent(setting, block, channel.id, slots, shared=channel.shared)
            score += factor * channel.weight * first
            turned += factor * channel.weight * second
    attributes: dict[str, Floats] = {}
    for attribute in blueprint.attributes:
        attributes[attribute.name], effect = attribute_values(setting, block, attribute, slots)
        fixed += factor * attribute.weight * effect
    rng = setting.stream.child("population", block).rng()
    before = BEFORE if scenario.task == "binary" else 0
    weeks = np.arange(-before, calendar.weeks, dtype=np.float64)
    calendar_pull = season(blueprint, weeks)
    cosine, sine = turn(weeks)
    start = np.full(n, NEVER)
    end = np.full(n, NEVER)
    outcome = np.full(n, NEVER)
    head = calendar.start - before * WEEK - (rng.random(slots) * 500 * DAY).astype(np.int64)
    if scenario.task == "binary":
        uniform = rng.random((GENERATIONS, slots), dtype=np.float32)
        within = rng.random((GENERATIONS, slots))
        gap = (rng.exponential(10.0, (GENERATIONS, slots)) * DAY).astype(np.int64)
        for generation in range(GENERATIONS):
            rows = np.arange(slots) * GENERATIONS + generation
            alive = head < calendar.end
            rows, begin = rows[alive], head[alive]
            if not len(rows):
                break
            logit = intercept + fixed[rows, None] + score[rows, None] * cosine + turned[rows, None] * sine + calendar_pull
            at_risk = (calendar.start + weeks.astype(np.int64) * WEEK)[None, :] >= begin[:, None]
            survival = np.cumsum(np.where(at_risk, -np.log1p(np.exp(logit)), 0.0), axis=1)
            hit = survival < np.log(np.maximum(uniform[generation, alive].astype(np.float64), 1e-12))[:, None]
            left = hit.any(axis=1)
            moment = calendar.start + weeks.astype(np.int64)[hit.argmax(axis=1)] * WEEK + (within[generation, alive] * WEEK).astype(np.int64) + 1
            start[rows] = begin
            outcome[rows] = np.where(left, moment, NEVER)
            end[rows] = np.where(left, moment + NOTICE, NEVER)
            head[alive] = np.where(left, moment + NOTICE + gap[generation, alive], NEVER)
        news = np.zeros((NEWS, 0, 0))
    else:
        life = ((90.0 + rng.exponential(260.0, (GENERATIONS, slots))) * DAY).astype(np.int64)
        for generation in range(GENERATIONS):
            rows = np.arange(slots) * GENERATIONS + generation
            alive = head < calendar.end
            start[rows[alive]] = head[alive]
            end[rows[alive]] = head[alive] + life[generation, alive]
            head = np.where(alive, head + life[generation], head)
        kept = (start < calendar.end) & (end > calendar.start)
        news = setting.stream.child("news", block).rng().standard_normal((NEWS, int(kept.sum()), calendar.weeks))
    kept = (start < calendar.end) & (end > calendar.start)
    slot = np.repeat(np.arange(slots), GENERATIONS)
    return Population(
        block=block, slot=np.flatnonzero(kept), start=start[kept], end=end[kept], group=(slot // _GROUP)[kept], outcome=outcome[kept],
        attributes={k: v[kept] for k, v in attributes.items()}, news=news,
        score=score[kept], turned=turned[kept], fixed=fixed[kept],
    )  # fmt: skip


def calibrate(blueprint: Blueprint, scenario: Scenario, setting: Setting) -> float:
    """The weekly log-odds at which a pilot block has the scenario's share of positives over the offline decisions; 0 for a number."""
    if scenario.task != "binary":
        return 0.0
    pilot = Setting(stream=setting.stream.child("pilot"), signal=setting.signal)
    times = [blueprint.calendar.at(week) for week in blueprint.calendar.offline]
    low, high = -9.0, 0.0
    for _ in range(9):
        middle = (low + high) / 2
        population = populate(blueprint, scenario, pilot, 0, 1024, intercept=middle)
        rows = [(eligible(blueprint, population, t), t) for t in times]
        rates = [float(labels(blueprint, scenario, population, e, np.full(len(e), t)).mean()) for e, t in rows]
        low, high = (middle, high) if float(np.mean(rates)) < scenario.base else (low, middle)
    return middle


def labels(blueprint: Blueprint, scenario: Scenario, population: Population, entity: Ints, time: Ints) -> Floats:
    """The label of each (entity, decision time): outcome within the horizon, or the value that the week of the decision leads to."""
    if scenario.task == "binary":
        happens = population.outcome[entity]
        return ((happens > time) & (happens <= time + blueprint.calendar.horizon * WEEK)).astype(np.float64)
    week = (time - blueprint.calendar.start) // WEEK
    cosine, sine = turn(week.astype(np.float64))
    score = population.fixed[entity] + population.score[entity] * cosine + population.turned[entity] * sine
    heat = coming(population.news.sum(axis=0) / np.sqrt(NEWS), entity, week, blueprint.calendar.horizon)
    value: Floats = np.round(scenario.base + blueprint.unit * scenario.scale * (score + season(blueprint, week.astype(np.float64)) + heat), 1)
    return value


def coming(news: Floats, entity: Ints, week: Ints, weeks: int) -> Floats:
    """The news of some weeks from a week on, as spread as that of one."""
    total: Floats = sum((news[entity, week + ahead] for ahead in range(weeks)), np.zeros(len(entity))) / np.sqrt(weeks)
    return total


def eligible(blueprint: Blueprint, population: Population, time: int) -> Ints:
    """Entities that are scored at a decision time: on the books for four weeks at least, no outcome yet, not about to end."""
    known = population.start <= time - 28 * DAY
    return np.flatnonzero(known & (population.outcome > time) & (population.end > time + 28 * DAY))
