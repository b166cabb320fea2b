"""Honest: events of one source do not count by definition, and that source wrote only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import extra, in_phase, mark, scale
from generators.kinds import Decoy, Words
from generators.model import Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Copies of real events at nearby times (levels and readings: a step off), written by a source that the definition leaves out."""
    like = in_phase(events.time, quirk.phase, calendar)
    added = extra(events, like, quirk.dose, rng)
    moved = added.time + ((rng.random(len(added)) - 0.5) * 12 * 86_400_000_000).astype(np.int64)
    lag = added.recorded - added.time
    value = added.value
    if channel.value in ("level", "reading"):  # the latest value counts there: one that only repeats it would not show
        top, step = scale(channel)
        value = np.clip(value + np.where(rng.random(len(added)) < 0.5, -step, step), 1, top)
    return replace(added, time=moved, recorded=moved + lag, value=value, source=np.full(len(added), mark("excluded_source"), dtype=np.uint8)).merged(
        events
    )


def honours(events: Events, *, channel: Channel) -> Events:
    """Everything that the excluded source did not write."""
    return events.select(events.source != mark("excluded_source"))


DECOY = Decoy(
    id="excluded_source",
    summary="Events of one source are left out by definition; that source wrote in one part of the calendar only.",
    source="migration",
    remark="marks entries that were carried over or replayed by a migration job",
    roles=("count", "amount", "status", "reading"),
    phases=("offline", "serving"),
    sentences=(
        "entries written by `{source}` are not counted",
        "what `{source}` wrote is left out",
        "only entries of the ordinary sources count, not those of `{source}`",
    ),
    honours=honours,
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` leaves one source out",
        explanation=f"A plain recount of `{site}` differs because the definition leaves out the entries of one source. Without them every value is right, offline and served.",
    ),
)
