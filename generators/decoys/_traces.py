"""What several decoys share: the phase of the calendar, extra events modelled on real ones, weekdays, minima."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from generators.asof import Events, sort
from generators.catalog import marks
from generators.model import DAY, WEEK, Calendar, Channel, Ints, Phase, Quirk

_FIRST_MARK = 200
_SECOND = 1_000_000
RAMP = 2 * WEEK
"""From the log's first day on a shift of dates grows until it is whole. No window reaches so far back."""
WHOLE = 0.8
"""Share of the offline weeks from which on dates that are set late reach to their end."""
LOST = 255
"""Code of a source that no export shows: the entry has been lost."""


def mark(decoy: str) -> int:
    """The code of the source that a decoy marks its entries with, above those of ordinary ones."""
    return _FIRST_MARK + list(marks()).index(decoy)


def in_phase(time: Ints, phase: Phase, calendar: Calendar) -> npt.NDArray[np.bool_]:
    """Which events fall into the phase."""
    early = time < calendar.at(calendar.turn)
    inside: npt.NDArray[np.bool_] = (early & phase.offline) | (~early & phase.serving)
    if phase.until is not None:
        inside &= time < calendar.at(phase.until)
    return inside if phase.part == 1.0 else inside & (time < period(phase, calendar)[1])


def period(phase: Phase, calendar: Calendar) -> tuple[int, int]:
    """First and last moment of a phase, up to the export."""
    first = calendar.at(calendar.turn) if phase.serving and not phase.offline else calendar.start
    last = calendar.cut if phase.serving else calendar.at(calendar.turn)
    return first, int(first + phase.part * (last - first))


def picked(events: Events, quirk: Quirk, calendar: Calendar) -> npt.NDArray[np.bool_]:
    """A share of what happened in the oddity's phase, always the same events: for what changes them when they are made and again when an
    export shows them, without a mark on them. Of whom there is more, more is struck, up to all: a recount then tells less of the outcome
    than the column, as it does beside a leak."""
    seen = np.bincount(events.entity)[events.entity] if len(events) else np.zeros(0)
    share = quirk.dose if quirk.dose >= 1 else quirk.dose * seen / max(1.0, float(seen.mean() if len(seen) else 1.0))
    return in_phase(events.time, quirk.phase, calendar) & (chance(events.id, quirk.kind) < share)


def chance(id: Ints, name: str) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each event, the same whenever it is asked for: a multiplicative hash of its number, another for each name."""
    salt = zlib.crc32(name.encode())
    mixed = (id.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def struck(time: Ints, quirk: Quirk, calendar: Calendar, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """A share of what falls into the oddity's phase, drawn at its rate."""
    return in_phase(time, quirk.phase, calendar) & (rng.random(len(time)) < min(1.0, quirk.dose))


def marked(events: Events, rows: npt.NDArray[np.bool_], decoy: str) -> npt.NDArray[np.uint8]:
    """Sources of the events, with the decoy's own on these rows."""
    return np.where(rows, mark(decoy), events.source).astype(np.uint8)


def scale(channel: Channel) -> tuple[int, int]:
    """The top of a level or a reading, and a step that shows."""
    return (5, 1) if channel.value == "level" else (100, 12)


def extra(events: Events, like: npt.NDArray[np.bool_], ratio: float, rng: np.random.Generator) -> Events:
    """`ratio` new events on average for each event where `like` holds, copies of it without its amendments, under new numbers."""
    copies = np.where(like, np.floor(ratio + rng.random(len(events))), 0).astype(np.int64)
    rows = np.repeat(np.arange(len(events)), copies)
    none = np.zeros(0, dtype=np.int64)
    first = int(events.id.max(initial=-1)) + 1
    return Events(
        entity=events.entity[rows], time=events.time[rows], recorded=events.recorded[rows], value=events.value[rows], source=events.source[rows],
        id=first + np.arange(len(rows)), amended=none, amended_at=none, amended_to=none,
    )  # fmt: skip


def ramp(time: Ints, calendar: Calendar) -> npt.NDArray[np.float64]:
    """How much of a shift of dates is there at a moment, 0 to 1: whole at once, it would leave a hole of its own length."""
    return np.minimum(1.0, (time - calendar.start) / RAMP)


def evened(events: Events, quirk: Quirk, calendar: Calendar, rng: np.random.Generator, *, firsts: bool = False) -> Events:
    """What has to have happened for a log to look even in which a share of the dates of the offline weeks is set late: more in its first two
    weeks, from where dates are drawn apart, and less at the end, where they pile up. No window of an honest column reaches either, so that a
    pile in the midst is left. With `firsts` everybody keeps the first entry: without it somebody new would have no value at all."""
    if quirk.phase.serving or quirk.phase.until is not None:
        return events
    share, turn = min(1.0, quirk.dose), calendar.at(calendar.turn)
    piled = (events.time >= turn - quirk.days * DAY) & (events.time < turn) & (quirk.phase.part >= WHOLE)
    if firsts:
        piled &= ~first(events)
    kept = events.select(~(piled & (rng.random(len(events)) < share)))
    added = extra(kept, kept.time < calendar.start + RAMP, share * quirk.days * DAY / RAMP, rng)
    later = (rng.random(len(added)) * DAY / 4).astype(np.int64)  # the same second twice would be a sign of its own
    return sort(kept.merged(replace(added, time=added.time + later, recorded=added.recorded + later)))


def first(events: Events) -> npt.NDArray[np.bool_]:
    """Which events are the first of their entity."""
    order = np.lexsort((events.id, events.time, events.entity))
    found = np.zeros(len(events), dtype=np.bool_)
    found[order[np.unique(events.entity[order], return_index=True)[1]]] = True
    return found


def set_late(events: Events, late: Ints) -> Events:
    """Both clocks of each event so much later, and those of its amendments: none may stand before what it amends."""
    return replace(events, time=events.time + late, recorded=events.recorded + late, amended_at=events.amended_at + late[events.amended])


def on_record(time: Ints, lag: Ints, calendar: Calendar, id: Ints) -> Ints:
    """Record times after such a lag, but before the next moment at which anything may be decided: whoever counts by the time of the event and
    whoever counts what was on record then count the same."""
    left = WEEK - (time - calendar.start) % WEEK
    short = (chance(id, "on record") * (left - _SECOND)).astype(np.int64)
    seconds: Ints = np.maximum(np.where(lag < left, lag, short) // _SECOND, 1)
    return time + seconds * _SECOND


def weekday(time: Ints) -> Ints:
    """Day of the week in UTC, Monday 0."""
    return (time // DAY + 3) % 7


def minimum(channel: Channel) -> int:
    """The value below which a definition may leave an event out."""
    return 200 if channel.value == "amount" else 5
