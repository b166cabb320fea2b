"""Honest: part of the log was lost after the tables were made; the column was computed while it was whole.

No rule brings the entries back, so no search over definitions explains the column: only the data dictionary says why it does not come out.
Not for levels: whoever lost the first entry of a level could not work out any value of that entity.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import LOST, picked
from generators.kinds import Decoy, Words
from generators.model import Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of all events up to the export, whatever set them off, will not be in any export."""
    chosen = picked(events, quirk, calendar) & (events.time < calendar.cut)
    return replace(events, source=np.where(chosen, LOST, events.source).astype(np.uint8))


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """What was not lost."""
    return events.select(events.source != LOST)


DECOY = Decoy(
    id="lost_entries",
    summary="Part of the log was lost after the tables were made; the column was computed while it was whole.",
    aside=True,
    own_dose=(0.2, 0.5),
    roles=("count", "amount", "reading"),
    phases=("offline", "serving"),
    bounded=True,
    sentences=(
        "of the `{type}` entries dated {period} some may be missing from the export, since a part of the archive could not be read; the column was computed while they were there",
        "for {period} the log holds only what could be restored of `{type}`; the values here were computed before the loss",
        "the column was computed from the whole log; since then `{type}` entries dated {period} may have been lost here and there",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` was computed from a log that is no longer whole",
        explanation=f"A recount of `{site}` falls short because part of its log was lost after the tables were made (DATA.md says of which period). Outside of that period every value is right, on both paths alike.",
    ),
)
