"""Honest: amounts were cancelled within the hour, and a clean-up of the amendments log dated that weeks later; the column never counted them.

The latest values explain the column as they explain one that really is net of what was reversed after the decision.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import chance, in_phase
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Quirk

WAIT = (10.0, 45.0)
"""Days after which the amendments log shows a cancellation that has no other day."""


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of all events is cancelled as it is recorded, in every part of the calendar: what is honest does not change with time. Where an outcome
    cancels, nothing else does: of two kinds of waits one would be of the fault's log alone."""
    if channel.reversal:
        return events
    chosen = chance(events.id, "late_cancellations") < quirk.dose
    chosen[events.amended] = False
    rows = np.flatnonzero(chosen)
    return replace(
        events,
        amended=np.concatenate((events.amended, rows)),
        amended_at=np.concatenate((events.amended_at, events.recorded[rows])),
        amended_to=np.concatenate((events.amended_to, np.zeros(len(rows), dtype=np.int64))),
    )


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """Cancellations of the phase are dated weeks later; those that tell of an outcome on the day on which it would have set them off."""
    at_once = events.amended_at == events.recorded[events.amended]
    hidden = at_once & in_phase(events.time, quirk.phase, calendar)[events.amended]
    again = np.isin(events.amended, events.amended[~at_once])
    low, high = WAIT
    wait = ((low + (high - low) * chance(events.id[events.amended], "late_cancellations wait")) * DAY).astype(np.int64) // 1_000_000 * 1_000_000
    left = ~(hidden & again)
    amended_at = np.where(hidden, events.amended_at + wait, events.amended_at)[left]
    return replace(events, amended=events.amended[left], amended_at=amended_at, amended_to=events.amended_to[left])


DECOY = Decoy(
    id="late_cancellations",
    summary="Amounts were cancelled within the hour, and a clean-up dated that weeks later in the amendments log; the column never counted them.",
    aside=True,
    own_dose=(0.01, 0.03),
    roles=("amount",),
    phases=("offline",),
    bounded=True,
    fits="event_clock",
    sentences=(
        "amendments of `{type}` entries dated {period} to zero may be cancellations of the same hour; a clean-up of the amendments log gave those its own days, weeks later",
        "`{type}` entries dated {period} could be cancelled within the hour; for such the amendments log shows the day on which a clean-up came by",
        "for {period} the amendments log can date a cancellation of `{type}` by a later clean-up; what was cancelled at the till never counted",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` never counted what was cancelled at once",
        explanation=f"The amendments log dates cancellations behind `{site}` after the decision, but DATA.md says of that period that they were made within the hour. The column is net of them rightly.",
    ),
)
