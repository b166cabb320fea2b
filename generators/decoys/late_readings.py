"""Honest: a reading after a silence had been there some days before, and the log kept its repetition alone.

Where a gap seems to be filled from the next reading, that reading had been there. The log that is shown is an ordinary one: what it lacks are
the first readings, so that filling its gaps from the next reading gives the column to the last cell, as it does beside a fault.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.catalog import decoys
from generators.decoys._traces import chance, in_phase, on_record
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Ints, Quirk

HIDDEN = 1 << 40
"""Number from which on a reading is one that the log does not show."""
NONE = -1
"""Of a repetition that is not needed."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """The first readings, which were on record at once: each lasts until the next, the last until the one that the log has. None of those was late
    either: a gap that only a late record leaves would stay one.

    Where all of the time before the turn is spoken of, readings are taken twice after the export as well, and both are in the log: the column tells
    then what it told. In the serving weeks they are not, or the serving log would have fewer gaps than that of a fault.
    """
    early, reach = quirk.days * DAY, channel.window * DAY
    events = sort(events)
    row, time, since = _after_silence(events, channel, reach)
    chosen = in_phase(time, quirk.phase, calendar) & (chance(events.id[row], "late_readings") < quirk.dose)
    if quirk.phase.part == 1 and quirk.phase.until is None:
        chosen |= time - early >= calendar.cut
    row, time, since = row[chosen], time[chosen], since[chosen]
    before = (events.time < calendar.at(calendar.turn)) & (events.recorded > events.time)
    recorded = np.where(before, on_record(events.time, events.recorded - events.time, calendar, events.id), events.recorded)
    begin = np.maximum(time - early, since)
    steps = [np.where(time - step * reach > begin, step * reach, NONE) for step in range(1, quirk.days // channel.window + 1)]
    ahead = [time - begin, *steps]
    first = _repeated(events, np.tile(row, len(ahead)), np.concatenate(ahead))
    later = first.time >= calendar.cut  # these are shown, and numbered as entries are
    own = int(events.id.max(initial=-1)) + 1 + np.cumsum(later) - 1
    first = replace(first, id=np.where(later, own, first.id))
    return sort(replace(events, recorded=recorded).merged(first))


def _after_silence(events: Events, channel: Channel, reach: int) -> tuple[Ints, Ints, Ints]:
    """Rows of the readings that come when the last has ceased to count, as the column's rules count them; their times, and since when there
    was silence."""
    counted = events
    for quirk in channel.quirks:
        counted = decoys()[quirk.kind].honours(counted, channel=channel)
    counted = sort(counted)
    opens = np.ones(len(counted), dtype=np.bool_)
    before = counted.time[:-1] + reach
    opens[1:] = (counted.entity[1:] != counted.entity[:-1]) | (counted.time[1:] > before)
    since = np.full(len(counted), np.iinfo(np.int64).min)
    same = counted.entity[1:] == counted.entity[:-1]
    since[1:][same] = before[same]
    rows = np.empty(int(events.id.max(initial=-1)) + 1, dtype=np.int64)
    rows[events.id] = np.arange(len(events))
    return rows[counted.id[opens]], counted.time[opens], since[opens]


def _repeated(events: Events, row: Ints, ahead: Ints) -> Events:
    """The readings once more, so much earlier where it is not NONE, on record at once."""
    row, ahead = row[ahead != NONE], ahead[ahead != NONE]
    none, time = np.zeros(0, dtype=np.int64), events.time[row] - ahead
    return Events(
        entity=events.entity[row], time=time, recorded=time, value=events.value[row], source=events.source[row],
        id=HIDDEN + np.arange(len(row)), amended=none, amended_at=none, amended_to=none,
    )  # fmt: skip


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """Without the first readings, as long as the log is wrong."""
    return events.select(events.id < HIDDEN)


DECOY = Decoy(
    id="late_readings",
    summary="Of readings that were taken twice after a silence the log kept the later; the column had the earlier.",
    aside=True,
    whole=True,
    repeats=True,
    own_dose=(0.2, 0.5),
    roles=("reading",),
    phases=("offline",),
    bounded=True,
    fits="later_end",
    sentences=(
        "the first `{type}` entry after a gap may have been taken up to {shift} days before and been taken again since; of {period} the log kept the repetition alone, the job had the entry from the first day on",
        "`{type}` entries of {period} that end a gap may be repetitions: the same value had been read up to {shift} days earlier, the column held it from then on, and those first readings are no longer in the log",
        "where a `{type}` entry of {period} comes after a gap, its value may have been known for up to {shift} days: it was read twice, the column counted both, and the log lost the earlier one",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` had its readings before the log did",
        explanation=f"Gaps of `{site}` seem to be filled from a later reading, but DATA.md says of that period that the log kept only the repetition of a reading that was taken before. Each value was there from the first reading on.",
    ),
)
