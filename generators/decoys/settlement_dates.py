"""Honest: entries are dated by the day on which they were settled, two weeks after they took place; the column counts them by the day itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import mark, marked, struck
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Quirk

AFTER = 14
"""Days from an entry to its settlement."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of the events is marked as written by the clearing house; the phase goes by the day that the export shows."""
    chosen = struck(events.time + AFTER * DAY, quirk, calendar, rng)
    return replace(events, source=marked(events, chosen, "settlement_dates"))


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """`event_time` of marked events is the day of the settlement."""
    settled = events.source == mark("settlement_dates")
    return sort(replace(events, time=np.where(settled, events.time + AFTER * DAY, events.time)))


DECOY = Decoy(
    id="settlement_dates",
    summary="Entries are dated by their settlement two weeks later; the column counts them by the day on which they took place.",
    source="clearing",
    remark="is the clearing house, which dates entries anew and leaves `recorded_at` alone",
    roles=("count", "amount", "status", "reading"),
    phases=("offline", "serving"),
    bounded=True,
    fits="later_end",
    sentences=(
        "entries by `{source}` are dated by their settlement, 14 days after they took place, and count by the day on which they took place",
        "`{source}` writes the day of settlement into `event_time`; 14 days are taken off before the window is applied",
        "what `{source}` wrote happened 14 days before its `event_time` and counts for that day",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` counts by the day itself",
        explanation=f"Entries behind `{site}` are dated after the decision, because the clearing house dates them by settlement. Moved back by 14 days, as the definition says, every value is right.",
    ),
)
