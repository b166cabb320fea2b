"""A simulated business: who its entities are, when outcomes happen, and what its logs say.

The world is made in blocks of slots, each from its own streams, so its content does not depend on memory, workers or chunking. A
slot holds one entity after another. Every channel has a latent state per entity (a level and a slow trend); the outcome's score is
their weighted sum with attributes, season and drift. Binary: each week the score sets the chance that the outcome happens.
Regression: each week has a value, score plus noise. What the outcome sets off, before or after it, are `impulses`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from generators.asof import Events, sort
from generators.catalog import decoys
from generators.model import DAY, NEVER, WEEK, Attribute, Blueprint, Calendar, Channel, Floats, Ints, Scenario
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
SWELL = 0.06
"""Share by which the volume of a channel swings over a year: more would bias a model of a number by the season alone."""
FORETOLD = 0.7
"""Spread of the news that honest signs announce, against that of the news which nothing known before tells (regression)."""
LATE = 0.04
"""Share of late records that is usual."""
LEAD = 13.0
"""Days before an outcome in which its honest signs come."""
_SECOND = 1_000_000
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
    noise: Floats
    """Regression: each week's news, which nothing known before tells; shape (n, weeks). A label holds that of the weeks to its horizon.
    Binary: empty."""
    foretold: Floats
    """The same of another kind, which honest signs announce and leaks do not answer to: of one kind with the leaks' news, what is known of past
    weeks would be taken out of the signs, and a column that also holds the past would help a model against its leak."""
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
        noise = foretold = np.zeros((0, 0))
    else:
        life = ((90.0 + rng.exponential(260.0, (GENERATIONS, slots))) * DAY).astype(np.int64)
        for generation in range(GENERATIONS):
            rows = np.arange(slots) * GENERATIONS + generation
            alive = head < calendar.end
            start[rows[alive]] = head[alive]
            end[rows[alive]] = head[alive] + life[generation, alive]
            head = np.where(alive, head + life[generation], head)
        kept = (start < calendar.end) & (end > calendar.start)
        noise, foretold = (
            setting.stream.child(kind, block).rng().standard_normal((int(kept.sum()), calendar.weeks)) for kind in ("noise", "foretold")
        )
    kept = (start < calendar.end) & (end > calendar.start)
    slot = np.repeat(np.arange(slots), GENERATIONS)
    return Population(
        block=block, slot=np.flatnonzero(kept), start=start[kept], end=end[kept], group=(slot // _GROUP)[kept], outcome=outcome[kept],
        attributes={k: v[kept] for k, v in attributes.items()}, noise=noise, foretold=foretold,
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
    news = (population.noise + FORETOLD * population.foretold) / np.sqrt(1 + FORETOLD**2)
    heat = _coming(news, entity, week, blueprint.calendar.horizon)
    value: Floats = np.round(scenario.base + blueprint.unit * scenario.scale * (score + season(blueprint, week.astype(np.float64)) + heat), 1)
    return value


def _coming(news: Floats, entity: Ints, week: Ints, weeks: int) -> Floats:
    """The news of some weeks from a week on, as spread as that of one."""
    total: Floats = sum((news[entity, week + ahead] for ahead in range(weeks)), np.zeros(len(entity))) / np.sqrt(weeks)
    return total


def eligible(blueprint: Blueprint, population: Population, time: int) -> Ints:
    """Entities that are scored at a decision time: on the books for four weeks at least, no outcome yet, not about to end."""
    known = population.start <= time - 28 * DAY
    return np.flatnonzero(known & (population.outcome > time) & (population.end > time + 28 * DAY))


def impulses(blueprint: Blueprint, population: Population, *, before: bool, foretold: bool = False) -> tuple[Ints, Ints, Floats]:
    """(entity, time, strength) of everything an outcome can set off after it, or `before` it (a number: the news of the weeks to come, of the
    kind that is `foretold` or of the other)."""
    if population.noise.size == 0:
        hit = np.flatnonzero(population.outcome < NEVER)
        return hit, population.outcome[hit], np.ones(len(hit))
    calendar = blueprint.calendar
    news = population.foretold if foretold else population.noise
    total = np.cumsum(np.pad(news, ((0, 0), (1, calendar.horizon))), axis=1)
    heat = (total[:, calendar.horizon :][:, : calendar.weeks] - total[:, : calendar.weeks]) / np.sqrt(calendar.horizon)
    strength = np.maximum(0.0, heat if before else news)
    entity, week = np.nonzero(strength)
    time = calendar.start + week * WEEK + WEEK // 4
    on_books = (time >= population.start[entity]) & (time < population.end[entity])
    return entity[on_books], time[on_books], strength[entity, week][on_books]


def happen(blueprint: Blueprint, scenario: Scenario, setting: Setting, population: Population, channel: Channel, slots: int) -> Events:
    """Every event of one channel in one block, with its amendments.

    Base events come at a rate that the latent state, season and volume set; impulses add events after (`response`) or before
    (`precursor`, `warning`) an outcome; then values, record times, amendments, and last the oddities of the log (`quirks`). Honest signs
    of an outcome are as strong as the world's honest signal.
    """
    calendar = blueprint.calendar
    channel = replace(channel, warning=channel.warning * setting.signal, cancelling=channel.cancelling * setting.signal)
    stream = setting.stream.child("channel", channel.id, population.block)
    rng = stream.child("base").rng()
    lag_hours = next(s.lag_hours for s in scenario.streams if s.name == channel.stream)
    first_all, second_all = latent(setting, population.block, channel.id, slots, shared=channel.shared)
    first, second = first_all[population.slot], second_all[population.slot]
    begin = np.maximum(population.start, calendar.start)
    stop = np.minimum(population.end, calendar.end)
    counted = channel.value in ("none", "amount")
    loading = channel.loading if counted else min(0.6 * channel.loading, 0.9) if channel.value == "reading" else 0.0
    edges = _edges(calendar)
    parts: list[tuple[Ints, Ints]] = []
    for left, right in pairwise(edges):
        opens, closes = np.maximum(begin, calendar.at(left)), np.minimum(stop, calendar.at(right))
        on_books = np.flatnonzero(closes > opens)
        middle = (left + right) / 2
        cosine, sine = turn(np.float64(middle))
        pull = loading * (first[on_books] * cosine + second[on_books] * sine) - loading**2 / 2
        pace = 1 + SWELL * np.sin(2 * np.pi * (middle / 52.0 + 0.1 * (len(channel.type) % 10)))
        if calendar.shift[0] <= middle < calendar.shift[1]:
            pace *= channel.volume if counted else channel.sampling if channel.value == "reading" else 1.0
        width = (closes - opens)[on_books]
        n = rng.poisson(channel.rate * pace * np.exp(np.minimum(pull, 3.0)) * width / (28 * DAY))
        who = np.repeat(np.arange(len(on_books)), n)
        parts.append((on_books[who], opens[on_books[who]] + (rng.random(len(who)) * width[who]).astype(np.int64)))
    entity = np.concatenate([e for e, _ in parts])
    time = np.concatenate([t for _, t in parts])
    if channel.value == "level":  # every entity has a level from its first day on, and is graded anew once the serving weeks are over
        first_day, review = np.flatnonzero(stop > begin), _review(calendar, begin, stop, rng)
        entity = np.concatenate((entity, first_day, review[0]))
        time = np.concatenate((time, begin[first_day], review[1]))
    ordinary = len(entity)
    told = np.zeros(ordinary)
    held = np.zeros(ordinary)
    after = stream.child("after").rng()
    hold = max(channel.span, 7.0 * calendar.horizon if scenario.task == "regression" else 0.0) * DAY
    for expected, before, foretold, days, kept in (
        (channel.response, False, False, channel.span, 0.0),
        (channel.precursor, True, False, channel.span, hold),
        (channel.warning, True, True, LEAD, 0.0),
    ):
        if expected:
            who, when, strength = impulses(blueprint, population, before=before, foretold=foretold)
            extra = after.poisson(expected * strength)
            added = np.repeat(np.arange(len(who)), extra)
            sign = -1 if before else 1
            at = when[added] + sign * (after.random(len(added)) * days * DAY).astype(np.int64) + sign
            fits = (at >= calendar.start) & (at < np.minimum(population.end[who[added]], calendar.end))
            if kept:  # in the serving weeks such records would change no value, and only show that the source is still late
                fits &= (at < calendar.at(calendar.turn)) | (at >= calendar.cut)
            entity = np.concatenate((entity, who[added][fits]))
            time = np.concatenate((time, at[fits]))
            told = np.concatenate((told, np.repeat(strength, extra)[fits]))
            held = np.concatenate((held, np.full(int(fits.sum()), kept)))

    time = time // _SECOND * _SECOND + _SECOND
    values = stream.child("values").rng()
    z = values.standard_normal(len(entity))
    week = (time - calendar.start) / WEEK
    shifted = (week >= calendar.shift[0]) & (week < calendar.shift[1])
    state = np.zeros(0)
    if channel.value != "none":
        cosine, sine = turn(week)
        state = first[entity] * cosine + second[entity] * sine
    if channel.value == "amount":
        value = np.maximum(1, np.round(channel.center * np.exp(channel.spread * z + 0.25 * channel.loading * state))).astype(np.int64)
    elif channel.value == "level":
        moved = np.where(shifted, channel.volume - 1.0, 0.0)
        value = np.clip(np.round(channel.center + channel.loading * state + channel.spread * z + 1.6 * told + moved), 1, 5).astype(np.int64)
    elif channel.value == "reading":
        moved = np.where(shifted, 12.0 * (channel.volume - 1.0), 0.0)
        value = np.clip(np.round(channel.center + 14 * (channel.loading * state + channel.spread * z) + 16 * told + moved), 0, 100).astype(np.int64)
    else:
        value = np.maximum(1, np.round(np.exp(3.4 + 0.6 * z))).astype(np.int64)
    late = np.where(week < calendar.turn, channel.late, min(channel.late, LATE))
    lag = values.exponential(lag_hours * DAY / 24, len(entity)) + np.where(
        values.random(len(entity)) < late, values.exponential(channel.delay * DAY, len(entity)), 0
    )
    lag = np.maximum(lag, held * (1 + 0.6 * values.random(len(entity))))  # a precursor is recorded after its outcome
    sources = next(s.sources for s in scenario.streams if s.name == channel.stream)
    events = Events(
        entity=entity, time=time, recorded=time + (lag.astype(np.int64) // _SECOND + 1) * _SECOND, value=value,
        source=values.integers(0, len(sources), len(entity)).astype(np.uint8), id=np.arange(len(entity)),
        amended=np.zeros(0, dtype=np.int64), amended_at=np.zeros(0, dtype=np.int64), amended_to=np.zeros(0, dtype=np.int64),
    )  # fmt: skip
    events = _amend(blueprint, population, channel, events, stream.child("amend").rng())
    for quirk in channel.quirks:
        events = decoys()[quirk.kind].trace(
            events, quirk=quirk, channel=channel, calendar=calendar, ordinary=ordinary, rng=stream.child("quirk", quirk.kind).rng()
        )
    # nothing is on record of somebody who is not yet on the books
    known_from = (population.start[events.entity] // _SECOND + 1) * _SECOND
    events = replace(events, recorded=np.maximum(events.recorded, known_from))
    return sort(_whole_seconds(events, opens=calendar.start))


def _whole_seconds(events: Events, *, opens: int) -> Events:
    """Times to the second, none before the log opens: an oddity's entries must not be known by their clock."""
    return replace(
        events,
        time=np.maximum(events.time, opens + _SECOND) // _SECOND * _SECOND,
        recorded=np.maximum(events.recorded, opens + _SECOND) // _SECOND * _SECOND,
        amended_at=-(-events.amended_at // _SECOND) * _SECOND,
    )


def _review(calendar: Calendar, begin: Ints, stop: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Entities and times of the review after the weeks of the serving log: without it their shifted levels would last into production."""
    when = calendar.at(calendar.shift[1]) + (rng.random(len(begin)) * 4 * WEEK).astype(np.int64)
    there = np.flatnonzero((begin < when) & (when < stop))
    return there, when[there]


def _edges(calendar: Calendar) -> list[float]:
    """Weeks between which the pace of a channel is taken as even: about four weeks, with edges where volumes change."""
    lows = [4.0 * i for i in range(int(calendar.shift[0] // 4) + 1)]
    highs = [calendar.shift[1] + 4.0 * i for i in range(int((calendar.weeks - calendar.shift[1]) // 4) + 1)]
    return [*lows, calendar.shift[0], sum(calendar.shift) / 2, *highs, float(calendar.weeks)]


def _amend(blueprint: Blueprint, population: Population, channel: Channel, events: Events, rng: np.random.Generator) -> Events:
    """Amendments for no reason of the outcome, reversals that the outcome sets off, and cancellations that announce it."""
    if channel.value == "none" or not (channel.amend or channel.reversal or channel.cancelling):
        return events
    n = len(events)
    usual = rng.random(n) < channel.amend
    if channel.value == "amount":
        changed = np.maximum(1, np.round(events.value * rng.uniform(0.3, 1.7, n))).astype(np.int64)
    else:
        top = 5 if channel.value == "level" else 100
        step = 1 if channel.value == "level" else 15
        changed = np.clip(events.value + np.where(rng.random(n) < 0.5, -step, step), 1, top)
    when = events.recorded + (rng.exponential(9.0, n) * DAY).astype(np.int64) + 3_600_000_000
    draw, wait = rng.random(n), (rng.random(n) * 8 * DAY).astype(np.int64)
    if channel.reversal or channel.cancelling:
        calendar = blueprint.calendar
        if population.noise.size == 0:
            struck = population.outcome[events.entity]
            near = (struck > events.time) & (struck < events.time + 35 * DAY)
            strength = announced = np.where(near, 1.0, 0.0)
        else:
            ahead = 4  # weeks whose news a reversal answers to; it is booked when the last of them is over
            week = np.minimum((events.time - calendar.start) // WEEK + 1, calendar.weeks - ahead)
            struck = calendar.start + (week + ahead) * WEEK
            strength, announced = (np.maximum(0.0, _coming(news, events.entity, week, ahead)) for news in (population.noise, population.foretold))
        reversed_, cancelled = draw < channel.reversal * strength, draw < channel.cancelling * announced
        changed = np.where(reversed_ | cancelled, 0, changed)
        when = np.where(cancelled, events.recorded, np.where(reversed_, np.maximum(struck + wait, events.recorded) + 1, when))
        usual = usual | reversed_ | cancelled
    rows = np.flatnonzero(usual)
    return Events(
        entity=events.entity, time=events.time, recorded=events.recorded, value=events.value, source=events.source, id=events.id,
        amended=rows, amended_at=when[rows], amended_to=changed[rows],
    )  # fmt: skip
