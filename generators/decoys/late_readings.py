"""Honest: readings after a silence are dated too late in the log for a period; the column had them when they were taken.

Where a gap seems to be filled from the next reading, that reading had been there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import chance, evened, in_phase, picked, ramp
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Ints, Quirk

ALONE = 14
"""Days of silence before and after those that were entered late: the others are seen by the rounds."""
LONE = 0.85
"""Share of readings that lie in such series, as seldom as they are in a pair."""
LAG = 1.5
"""Most days between such an entry and its record."""
SERIES = 35
"""Days that a series of readings between two such silences may last, to be entered as one."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Whatever announces an outcome was on record at once: its series is always among those that are entered late. As much happens as makes
    such a log look even."""
    series, _, last = _series(events)
    at_once = (events.id >= ordinary) & in_phase(events.time[last][series], quirk.phase, calendar)
    return evened(replace(events, recorded=np.where(at_once, events.time, events.recorded)), quirk, calendar, rng, moved=LONE)


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """Both clocks of a share of the lone series are some days late, each series as one. A series that runs on beyond the phase is not, since
    the sentence names the days of the phase."""
    series, first, last = _series(events)
    short = (events.time[last] - events.time[first] <= SERIES * DAY) & in_phase(events.time[last], quirk.phase, calendar)
    at_once = events.recorded == events.time  # no other entry is on record in that second
    chosen = picked(events, quirk, calendar)[first] | (np.bincount(series[at_once], minlength=len(first)) > 0)
    days = (quirk.days * DAY * ramp(events.time[first], calendar)).astype(np.int64) // 1_000_000 * 1_000_000
    late = np.where(short & chosen, days, 0)[series]
    lag = np.where(at_once, (LAG * chance(events.id, "late_readings lag") * DAY).astype(np.int64) // 1_000_000 * 1_000_000 + 1_000_000, 0)
    return sort(replace(events, time=events.time + late, recorded=events.recorded + late + lag))


def _series(events: Events) -> tuple[Ints, Ints, Ints]:
    """The number of the lone series that each event is part of, and the first and the last row of each series."""
    n = len(events)
    opens = np.ones(n, dtype=np.bool_)
    opens[1:] = (events.entity[1:] != events.entity[:-1]) | (events.time[1:] - events.time[:-1] > ALONE * DAY)
    first = np.flatnonzero(opens)
    return np.cumsum(opens) - 1, first, np.append(first[1:], n) - 1 if n else first


DECOY = Decoy(
    id="late_readings",
    summary="Readings after a silence are dated too late in the log; the column had them when they were taken.",
    aside=True,
    own_dose=(0.2, 0.5),
    roles=("reading",),
    phases=("offline",),
    bounded=True,
    fits="later_end",
    sentences=(
        "`{type}` entries of {period} that follow two weeks without one, and those close behind them, may have been entered up to {shift} days after they were taken and carry that day in both times; the job read them from the device",
        "`{type}` entries taken {period} after two weeks of silence, and those close behind them, may be dated up to {shift} days late, in `event_time` and `recorded_at`; the column had them at once",
        "where `{type}` entries of {period} come after a pause of two weeks, or close behind such, both of their times may be those of a typist, up to {shift} days late; the values were served from the day they were taken",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` had its readings before the log did",
        explanation=f"Gaps of `{site}` seem to be filled from a later reading, but DATA.md says of that period that readings after a silence were entered late. Each was there when it was taken.",
    ),
)
