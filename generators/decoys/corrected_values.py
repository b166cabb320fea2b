"""Honest: values were corrected later, and the column shows them as they stood at the decision; corrections came only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import scale, struck
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of the events is amended one to six weeks after it was recorded."""
    chosen = struck(events.time, quirk, calendar, rng)
    chosen[events.amended] = False
    rows = np.flatnonzero(chosen)
    when = events.recorded[rows] + ((7 + 35 * rng.random(len(rows))) * DAY).astype(np.int64)
    if channel.value == "amount":
        value = np.maximum(100, np.round(events.value[rows] * rng.uniform(0.4, 1.6, len(rows)))).astype(np.int64)
    else:
        top, step = scale(channel)
        sign = np.where(events.value[rows] >= top - step, -1, np.where(events.value[rows] <= step, 1, rng.choice([-1, 1], len(rows))))
        value = events.value[rows] + sign * step
    return replace(
        events,
        amended=np.concatenate((events.amended, rows)),
        amended_at=np.concatenate((events.amended_at, when)),
        amended_to=np.concatenate((events.amended_to, value)),
    )


DECOY = Decoy(
    id="corrected_values",
    summary="Values were corrected later; the column shows them as they stood at the decision. Corrections came in one part of the calendar only.",
    roles=("amount", "status", "reading"),
    phases=("offline", "serving"),
    bounded=True,
    cleared_by_clock=True,
    sentences=(
        "values stand as they were on record at the decision; later corrections are in the amendments log",
        "a value that was corrected after the decision counts as it stood before; see the amendments log",
        "corrections count from the moment they were made (amendments log), not before",
    ),
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` was corrected afterwards",
        explanation=f"The log behind `{site}` shows corrected values; with the amendments made after the decision undone, every value is right.",
    ),
)
