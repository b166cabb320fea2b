"""Honest: events below a minimum do not count by definition, and such small events came only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import extra, in_phase, minimum
from generators.kinds import Decoy, Words
from generators.model import Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Copies of real events at nearby times with values below the minimum; ordinary values are kept at or above it."""
    least = minimum(channel)
    added = extra(events, in_phase(events.time, quirk.phase, calendar), quirk.dose, rng)
    moved = added.time + ((rng.random(len(added)) - 0.5) * 12 * 86_400_000_000).astype(np.int64)
    small = replace(added, time=moved, recorded=moved + (added.recorded - added.time), value=rng.integers(1, least, len(added)))
    return small.merged(replace(events, value=np.maximum(events.value, least)))


def honours(events: Events, *, channel: Channel) -> Events:
    """Events whose first recorded value reaches the minimum."""
    return events.select(events.value >= minimum(channel))


DECOY = Decoy(
    id="small_events",
    summary="Events below a minimum are left out by definition; such events came in one part of the calendar only.",
    roles=("count", "amount"),
    phases=("offline", "serving"),
    sentences=(
        "entries first recorded with a logged value below {minimum} are not counted",
        "a logged value of at least {minimum} when first recorded is needed for an entry to count",
        "what was first logged with a value below {minimum} is left out",
    ),
    honours=honours,
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` leaves small entries out",
        explanation=f"A plain recount of `{site}` differs because the definition leaves out entries below a minimum. Without them every value is right, offline and served.",
    ),
)
