"""What a business's logs say: every event of one type, by a state that lasts, by what an outcome sets off, by its oddities.

Base events come at the rate of the channel's latent state. Impulses are set off by outcomes: after them, or before them. Amendments change
values later. Times are to the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from generators.asof import Events, sort
from generators.catalog import decoys
from generators.decoys._traces import chance, set_late
from generators.model import DAY, HELD, LATEST, NEVER, WEEK, Blueprint, Calendar, Channel, Floats, Ints, Scenario
from generators.world import Population, Setting, coming, latent, turn

SWELL = 0.06
"""Share by which the volume of a channel swings over a year: more would bias a model of a number by the season alone."""
LATE = 0.04
"""Share of late records that is usual."""
TOP = 2.0
"""The strongest news that a reading tells of by its height."""
USUAL_DELAY = 4.0
"""Mean days by which late records are late from the turn on."""
_SECOND = 1_000_000


def impulses(blueprint: Blueprint, population: Population, *, before: bool, kind: int = 0, moved: float = 0.0) -> tuple[Ints, Ints, Floats]:
    """(entity, time, strength) of everything an outcome can set off after it, or `before` it (a number: the news of the weeks to come, of the
    given kind), while an entity is on the books and `moved` days longer."""
    if population.news.size == 0:
        hit = np.flatnonzero(population.outcome < NEVER)
        return hit, population.outcome[hit], np.ones(len(hit))
    calendar = blueprint.calendar
    news = population.news[kind]
    total = np.cumsum(np.pad(news, ((0, 0), (1, calendar.horizon))), axis=1)
    heat = (total[:, calendar.horizon :][:, : calendar.weeks] - total[:, : calendar.weeks]) / np.sqrt(calendar.horizon)
    strength = np.maximum(0.0, heat if before else news)
    entity, week = np.nonzero(strength)
    # at any hour of the week: weekdays of one's own would tell what goes with an outcome from what does not
    time = calendar.start + week * WEEK + (chance(entity * calendar.weeks + week, "news") * WEEK).astype(np.int64)
    on_books = (time >= population.start[entity]) & (time < population.end[entity] + int(moved * DAY))
    return entity[on_books], time[on_books], strength[entity, week][on_books]


@dataclass(frozen=True, kw_only=True)
class State:
    """What a channel shows of each entity of a block: its latent state, in the parts of `latent`, and how active the entity is in everything."""

    first: Floats
    second: Floats
    activity: Floats


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The events of a channel in one block before the oddities of its log."""

    events: Events
    ordinary: int
    """Events from this number on were set off by outcomes, or announce them."""


def happen(blueprint: Blueprint, scenario: Scenario, setting: Setting, population: Population, channel: Channel, slots: int) -> Events:
    """Every event of one channel in one block, with its amendments: a draft, then the oddities of the log (`quirks`)."""
    state = states(setting, population, channel, slots)
    usual, news = ordinary(blueprint, setting, population, channel, state), partial(impulses, blueprint, population)
    made = draft(blueprint, scenario, setting, population, channel, state, usual=usual, news=news)
    return finish(blueprint, setting, population, channel, made)


def states(setting: Setting, population: Population, channel: Channel, slots: int) -> State:
    """The channel's state for each entity of the block, as `latent` has it for each slot and generation."""
    first, second = latent(setting, population.block, channel.id, slots, shared=channel.shared)
    activity, _ = latent(setting, population.block, "activity", slots, shared=0.0)
    return State(first=first[population.slot], second=second[population.slot], activity=activity[population.slot])


def paced(channel: Channel) -> Channel:
    """The channel with only what its ordinary events depend on: two that are equal in it have the same."""
    return Channel(
        stream=channel.stream, type=channel.type, rate=channel.rate, loading=channel.loading, value=channel.value, volume=channel.volume,
        sampling=channel.sampling, shared=channel.shared, activity=channel.activity, moved=channel.moved,
    )  # fmt: skip


def ordinary(blueprint: Blueprint, setting: Setting, population: Population, channel: Channel, state: State) -> tuple[Ints, Ints]:
    """(entity, time) of the events that no outcome sets off: they come at a rate that the entity's state and activity, season and volume set."""
    calendar, channel = blueprint.calendar, paced(channel)
    stream = setting.stream.child("channel", channel.id, population.block)
    rng = stream.child("base").rng()
    begin = np.maximum(population.start, calendar.start)
    stop = _drawn_until(population, calendar, channel)
    counted = channel.value in ("none", "amount")
    loading = channel.loading if counted else min(0.6 * channel.loading, 0.9) if channel.value == "reading" else 0.0
    activity = channel.activity if counted else 0.6 * channel.activity if channel.value == "reading" else 0.0
    parts: list[tuple[Ints, Ints]] = []
    shift = _shift(calendar, channel)
    for left, right in pairwise(_edges(calendar, shift)):
        opens, closes = np.maximum(begin, calendar.at(left)), np.minimum(stop, calendar.at(right))
        on_books = np.flatnonzero(closes > opens)
        middle = (left + right) / 2
        cosine, sine = turn(np.float64(middle))
        pull = loading * (state.first[on_books] * cosine + state.second[on_books] * sine) - loading**2 / 2
        pull += activity * state.activity[on_books] - activity**2 / 2
        pace = 1 + SWELL * np.sin(2 * np.pi * (middle / 52.0 + 0.1 * (len(channel.type) % 10)))
        if shift[0] <= middle < shift[1]:
            pace *= channel.volume if counted else channel.sampling if channel.value == "reading" else 1.0
        width = (closes - opens)[on_books]
        n = rng.poisson(channel.rate * pace * np.exp(np.minimum(pull, 3.0)) * width / (28 * DAY))
        who = np.repeat(np.arange(len(on_books)), n)
        parts.append((on_books[who], opens[on_books[who]] + (rng.random(len(who)) * width[who]).astype(np.int64)))
    entity, time = np.concatenate([e for e, _ in parts]), np.concatenate([t for _, t in parts])
    if channel.value == "level":  # every entity has a level from its first day on, and is graded anew once the serving weeks are over
        first_day, review = np.flatnonzero(stop > begin), _review(calendar.at(shift[1]), begin, stop, stream.child("review").rng())
        entity = np.concatenate((entity, first_day, review[0]))
        time = np.concatenate((time, begin[first_day], review[1]))
    return entity, time


def draft(
    blueprint: Blueprint,
    scenario: Scenario,
    setting: Setting,
    population: Population,
    channel: Channel,
    state: State,
    *,
    usual: tuple[Ints, Ints],
    news: Callable[..., tuple[Ints, Ints, Floats]],
) -> Draft:
    """The `ordinary` events, those that `news` (the `impulses`) adds after (`response`) or before (`precursor`) an outcome; then values, record
    times and amendments. Honest signs of an outcome are as strong as the world's honest signal."""
    calendar = blueprint.calendar
    if channel.honest:
        signs = {name: getattr(channel, name) * setting.signal for name in ("response", "precursor", "reversal")}
        channel = replace(channel, response=signs["response"], precursor=signs["precursor"], reversal=signs["reversal"])
    stream = setting.stream.child("channel", channel.id, population.block)
    lag_hours = next(s.lag_hours for s in scenario.streams if s.name == channel.stream)
    entity, time = usual
    known = len(entity)
    told = np.zeros(known)
    held = np.zeros(known)
    after = stream.child("after").rng()
    hold = held_days(channel, calendar, scenario.task) * DAY
    early = int(channel.lead * DAY) if channel.honest and channel.foretells else 0
    shift = _shift(calendar, channel)
    stop = _drawn_until(population, calendar, channel)
    for field, before in (("response", False), ("precursor", True)):
        expected = getattr(channel, field)
        if expected:
            who, when, strength = news(before=before, kind=channel.news, moved=channel.moved + early / DAY)
            extra = after.poisson(expected * strength)
            added = np.repeat(np.arange(len(who)), extra)
            sign = -1 if before else 1
            at = when[added] + sign * (after.random(len(added)) * channel.span * DAY).astype(np.int64) + sign - (0 if before else early)
            # of somebody who is not on the books yet it would be recorded late, and nothing else in a log is late for that reason
            fits = (at >= np.maximum(population.start[who[added]], calendar.start)) & (at < stop[who[added]])
            if before:  # in the serving weeks late records would change no value, and only show that the source is still late
                fits &= ~_served(at, calendar)
            elif population.news.size:  # the same weeks of news as are told of where nothing is made earlier, those days later
                fits &= (at < calendar.at(calendar.turn)) | (when[added] >= population.start[who[added]] + int(channel.moved * DAY))
            entity = np.concatenate((entity, who[added][fits]))
            time = np.concatenate((time, at[fits]))
            told = np.concatenate((told, np.repeat(strength, extra)[fits]))
            held = np.concatenate((held, np.full(int(fits.sum()), hold if before and not channel.honest else 0.0)))

    time = time // _SECOND * _SECOND + _SECOND
    values = stream.child("values").rng()
    z = values.standard_normal(len(entity))
    week = (time - calendar.start) / WEEK
    shifted = (week >= shift[0]) & (week < shift[1])
    before_turn = week < calendar.turn + channel.moved / 7
    standing = shows = np.zeros(0)
    if channel.value != "none":
        cosine, sine = turn(week)
        standing = state.first[entity] * cosine + state.second[entity] * sine
        shows = channel.loading * standing + channel.activity * state.activity[entity]
    if channel.value == "amount":
        value = np.maximum(1, np.round(channel.center * np.exp(channel.spread * z + 0.25 * channel.loading * standing))).astype(np.int64)
    elif channel.value == "level":
        moved = np.where(shifted, channel.volume - 1.0, 0.0)
        value = np.clip(np.round(channel.center + shows + channel.spread * z + 0.1 * channel.accent * told + moved), 1, 5).astype(np.int64)
    elif channel.value == "reading":
        moved = np.where(shifted, 12.0 * (channel.volume - 1.0), 0.0)
        high = channel.accent * np.minimum(told, TOP)
        value = np.clip(np.round(channel.center + 14 * (shows + channel.spread * z) + high + moved), 0, 100).astype(np.int64)
    else:
        value = np.maximum(1, np.round(np.exp(3.4 + 0.6 * z))).astype(np.int64)
    late = np.where(before_turn, channel.late, min(channel.late, LATE))
    delay = np.where(before_turn, channel.delay, min(channel.delay, USUAL_DELAY))
    lag = values.exponential(lag_hours * DAY / 24, len(entity)) + np.where(
        values.random(len(entity)) < late, np.minimum(delay * values.standard_exponential(len(entity)), LATEST) * DAY, 0
    )
    lag = np.maximum(lag, held * (1 + HELD * values.random(len(entity))))  # a precursor is recorded after its outcome
    sources = next(s.sources for s in scenario.streams if s.name == channel.stream)
    events = Events(
        entity=entity, time=time, recorded=time + (lag.astype(np.int64) // _SECOND + 1) * _SECOND, value=value,
        source=values.integers(0, len(sources), len(entity)).astype(np.uint8), id=np.arange(len(entity)),
        amended=np.zeros(0, dtype=np.int64), amended_at=np.zeros(0, dtype=np.int64), amended_to=np.zeros(0, dtype=np.int64),
    )  # fmt: skip
    return Draft(events=_amend(blueprint, population, channel, events, stream.child("amend").rng()), ordinary=known)


def finish(blueprint: Blueprint, setting: Setting, population: Population, channel: Channel, made: Draft) -> Events:
    """The draft with the oddities of the channel's log, in canonical order."""
    stream, calendar = setting.stream.child("channel", channel.id, population.block), blueprint.calendar
    events = made.events
    # nothing is on record of somebody who is not yet on the books, before an oddity makes it earlier and after
    events = replace(events, recorded=np.maximum(events.recorded, _known_from(population, events)))
    for quirk in sorted(channel.quirks, key=lambda q: decoys()[q.kind].makes_earlier):  # it goes by what the others made of the log as it shows
        events = decoys()[quirk.kind].trace(
            events, quirk=quirk, channel=channel, calendar=calendar, ordinary=made.ordinary, rng=stream.child("quirk", quirk.kind).rng()
        )
    if channel.moved:
        events = _on_the_books(events, population, int(channel.moved * DAY), calendar.at(calendar.turn), made.ordinary)
        floor = np.minimum(_known_from(population, events), events.time)
    else:
        floor = _known_from(population, events)
    return sort(_whole_seconds(replace(events, recorded=np.maximum(events.recorded, floor))))


def _on_the_books(events: Events, population: Population, moved: int, turn: int, ordinary: int) -> Events:
    """Of what was made earlier, what shows of somebody on the books: where it was drawn, and from the turn on where it is.

    What an outcome sets off so soon that it would lie before somebody's first day stays where it was drawn: nobody was scored yet, and a log with
    fewer of them would differ from one that was not moved.
    """
    start, end = population.start[events.entity], population.end[events.entity]
    soon = (events.time >= turn) & (events.time < start) & (events.id >= ordinary)
    events = set_late(events, np.where(soon, moved, 0))
    early = events.time < turn
    return events.select((early | (events.time >= start)) & (events.time + np.where(early, moved, 0) < end))


def _known_from(population: Population, events: Events) -> Ints:
    """The first full second in which the entity of each event is on the books."""
    known: Ints = (population.start[events.entity] // _SECOND + 1) * _SECOND
    return known


def _shift(calendar: Calendar, channel: Channel) -> tuple[float, float]:
    """The weeks of the drawing between which volumes of the serving period differ."""
    return calendar.shift[0] + channel.moved / 7, calendar.shift[1] + channel.moved / 7


def _drawn_until(population: Population, calendar: Calendar, channel: Channel) -> Ints:
    """The moment up to which each entity's events are drawn: its last on the books, later by the days by which all are then made earlier."""
    moved = int(channel.moved * DAY)
    last: Ints = np.minimum(population.end, calendar.end - moved) + moved
    return last


def held_days(channel: Channel, calendar: Calendar, task: str) -> float:
    """Days by which the record of what comes before an outcome is late at least, so that none is on record before it."""
    return max(channel.span, 7.0 * calendar.horizon if task == "regression" else 0.0)


def _served(time: Ints, calendar: Calendar) -> np.ndarray:
    """Does it lie in the weeks from the turn to the export, in which a log shows what it always showed?"""
    inside: np.ndarray = (time >= calendar.at(calendar.turn)) & (time < calendar.cut)
    return inside


def _whole_seconds(events: Events) -> Events:
    """Times to the second: an oddity's entries must not be known by their clock."""
    return replace(
        events,
        time=events.time // _SECOND * _SECOND,
        recorded=events.recorded // _SECOND * _SECOND,
        amended_at=-(-events.amended_at // _SECOND) * _SECOND,
    )


def _review(opens: int, begin: Ints, stop: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Entities and times of the review after the weeks of the serving log: without it their shifted levels would last into production."""
    when = opens + (rng.random(len(begin)) * 4 * WEEK).astype(np.int64)
    there = np.flatnonzero((begin < when) & (when < stop))
    return there, when[there]


def _edges(calendar: Calendar, shift: tuple[float, float]) -> list[float]:
    """Weeks between which the pace of a channel is taken as even: about four weeks, with edges where volumes change."""
    lows = [4.0 * i for i in range(int(shift[0] // 4) + 1)]
    highs = [shift[1] + 4.0 * i for i in range(int((calendar.weeks - shift[1]) // 4) + 1)]
    return [*lows, shift[0], sum(shift) / 2, *highs, float(calendar.weeks)]


def _amend(blueprint: Blueprint, population: Population, channel: Channel, events: Events, rng: np.random.Generator) -> Events:
    """Amendments for no reason of the outcome, and reversals that the outcome sets off; those of an honest channel are made at once, and once more
    when the others would be, for an oddity that shows only that. From the turn to the export nothing is reversed: what came too late for the
    export would be missing there, and what was made at once would not."""
    if channel.value == "none" or not (channel.amend or channel.reversal):
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
    if channel.reversal:
        calendar = blueprint.calendar
        if population.news.size == 0:
            struck = population.outcome[events.entity]
            near = (struck > events.time) & (struck < events.time + 35 * DAY)
            strength = np.where(near, 1.0, 0.0)
        else:
            ahead = 4  # weeks whose news a reversal answers to; it is booked when the last of them is over
            week = np.minimum((events.time - calendar.start) // WEEK + 1, calendar.weeks - ahead)
            struck = calendar.start + (week + ahead) * WEEK
            strength = np.maximum(0.0, coming(population.news[channel.news], events.entity, week, ahead))
        reversed_ = (draw < channel.reversal * strength) & ~_served(events.time, calendar)
        changed = np.where(reversed_, 0, changed)
        when = np.where(reversed_, np.maximum(struck + wait, events.recorded) + 1, when)
        usual = usual | reversed_
    rows = np.flatnonzero(usual)
    made, at, to = rows, when[rows], changed[rows]
    if channel.reversal and channel.honest:
        at_once = np.flatnonzero(reversed_)
        made, at, to = np.concatenate((at_once, made)), np.concatenate((events.recorded[at_once], at)), np.concatenate((changed[at_once], to))
    return replace(events, amended=made, amended_at=at, amended_to=to)
