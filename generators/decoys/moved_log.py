"""Honest: `recorded_at` was written anew when the log was moved; the entries were on record when they happened.

Nothing in an entry says so: the event clock explains the column as it explains one that really counts what was not yet on record.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import chance, in_phase, on_record, picked
from generators.kinds import Decoy, Words
from generators.model import DAY, HELD, LATEST, Calendar, Channel, Quirk

DELAY = 14.0
"""Mean days by which a moved entry's record time is late, as records of a slow source are."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Whatever announces an outcome was on record at once, and everything else before the next decision: nothing was late then."""
    here = in_phase(events.time, quirk.phase, calendar)
    lag = events.recorded - events.time
    usual = lag[lag < DAY]
    if len(usual):  # what is late elsewhere has the lag of another entry
        lag = np.where(lag < DAY, lag, usual[(chance(events.id, "moved_log lag") * len(usual)).astype(np.int64)])
    prompt = np.where(events.id >= ordinary, events.time, on_record(events.time, lag, calendar, events.id))
    return replace(events, recorded=np.where(here & (events.recorded >= events.time), prompt, events.recorded))


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """`recorded_at` of a share, and of what announces an outcome, is days to weeks late."""
    at_once = events.recorded == events.time  # no other entry is on record in that second
    chosen = picked(events, quirk, calendar)
    drawn = chance(events.id, "moved_log delay")
    # what announces an outcome as late as a leak's precursor
    days = np.where(at_once, quirk.days * (1 + HELD * drawn), np.minimum(-DELAY * np.log1p(-drawn), LATEST))
    wait = (days * DAY).astype(np.int64) // 1_000_000 * 1_000_000
    moved = in_phase(events.time, quirk.phase, calendar) & (at_once | chosen)
    return sort(replace(events, recorded=np.where(moved, events.time + wait, events.recorded)))


DECOY = Decoy(
    id="moved_log",
    summary="recorded_at was written anew when the log was moved; the entries were on record when they happened.",
    aside=True,
    keeps=("late", "delay"),
    own_dose=(0.2, 0.5),
    roles=("count", "amount", "status", "reading"),
    phases=("offline",),
    bounded=True,
    fits="event_clock",
    sentences=(
        "`recorded_at` of `{type}` entries dated {period} may have been written anew when the log was moved to another store; such entries were on record when they happened",
        "`{type}` entries dated {period} may show in `recorded_at` when a new log took them over, days or weeks after they had been on record",
        "for {period} the `recorded_at` of a `{type}` entry can be that of a later move of the log; what the job saw then was on record at once",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` was on record earlier than its log says",
        explanation=f"Many entries behind `{site}` carry a `recorded_at` after the decision, but DATA.md says of that period that it was written anew when the log was moved. They were known when they happened.",
    ),
)
