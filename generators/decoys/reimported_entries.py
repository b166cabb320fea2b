"""Honest: entries were imported a second time, and `recorded_at` shows the day of that import; they were on record from the first day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import mark, marked, struck
from generators.kinds import Decoy, Words
from generators.model import WEEK, Calendar, Channel, Ints, Quirk

EVERY = 9 * WEEK
"""Imports are that far apart; each takes what happened since the one before."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of the ordinary events was on record at once and is marked by the import. What an outcome sets off never is."""
    chosen = struck(events.time, quirk, calendar, rng) & (events.id < ordinary)
    return replace(
        events,
        recorded=np.where(chosen, events.time, events.recorded),
        source=marked(events, chosen, "reimported_entries"),
    )


def imported(time: Ints, calendar: Calendar) -> Ints:
    """The moment of the import that took up what happened at a time."""
    moments: Ints = calendar.start + ((time - calendar.start) // EVERY + 1) * EVERY
    return moments


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """`recorded_at` of marked events is the moment of the import."""
    again = events.source == mark("reimported_entries")
    return sort(replace(events, recorded=np.where(again, imported(events.time, calendar), events.recorded)))


DECOY = Decoy(
    id="reimported_entries",
    summary="Entries were imported a second time and show that day in recorded_at; they were on record from the day on which they happened.",
    source="archive_import",
    remark="is a second import of old entries",
    roles=("count", "amount", "status", "reading"),
    phases=("offline",),
    bounded=True,
    fits="event_clock",
    sentences=(
        "entries by `{source}` show in `recorded_at` when they were imported a second time; they were on record from their `event_time` on",
        "`recorded_at` of `{source}` is the day of a second import: take such entries as known from `event_time`",
        "for `{source}` the event's own time is also when it became known, whatever `recorded_at` says since the second import",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` was imported twice",
        explanation=f"Many entries behind `{site}` carry a `recorded_at` after the decision, but that is the day of a second import. They were known when they happened, as the definition says.",
    ),
)
