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


def made_earlier(events: Events, days: int, phase: Phase, calendar: Calendar, *, firsts: bool = False) -> Events:
    """Everything so many days earlier, both clocks and amendments: a log that dates what happened in the phase as much too late looks as it was
    drawn.

    A phase that ends at the turn has all that follows made earlier as well, dated right; what would fall between is left out, so that the log
    stays even. With `firsts` everybody's first entry is from then on kept where it was drawn: without it somebody new would have no value at
    all. What follows a shorter phase stays.
    """
    moment, turn = days * DAY, calendar.at(calendar.turn)
    earlier = np.full(len(events), -moment)
    left = np.ones(len(events), dtype=np.bool_)
    if reaches(phase, days, calendar):
        kept = (events.time >= turn) & first(events) if firsts else np.zeros(len(events), dtype=np.bool_)
        earlier[kept] = 0
        left = (events.time < turn) | (events.time >= turn + moment) | kept
    else:
        earlier[events.time >= period(phase, calendar)[1] + moment] = 0
    return sort(set_late(events, earlier).select(left))


def reaches(phase: Phase, days: int, calendar: Calendar) -> bool:
    """Does a phase that is dated so many days too late reach the turn?"""
    return period(phase, calendar)[1] + days * DAY >= calendar.at(calendar.turn) - _SECOND


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
