"""Honest: what happened in a period is dated too late in the log; the column was computed while the dates were right.

A window that ends later explains the column as it explains one that really looks past the decision.
"""

from __future__ import annotations

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import made_earlier, picked, set_late
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Everything happened those days before it is dated; from the turn on it is dated right. Beside a rule of its own a small share of the first
    weeks is dated late, and nothing else."""
    if quirk.phase.until is not None:
        return events
    return made_earlier(events, quirk.days, quirk.phase, calendar, firsts=channel.value == "level")


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """Both clocks are some days late."""
    return sort(set_late(events, np.where(picked(events, quirk, calendar), quirk.days * DAY, 0)))


DECOY = Decoy(
    id="shifted_dates",
    summary="What happened in a period is dated too late in the log; the column was computed while the dates were right.",
    aside=True,
    own_dose=(0.2, 0.5),
    whole=True,
    roles=("count", "amount", "status"),
    phases=("offline",),
    bounded=True,
    fits="later_end",
    sentences=(
        "`{type}` entries on what happened {period} may have been dated again in a repair of the log, `event_time` and `recorded_at` up to {shift} days too late; the column was computed before",
        "in a repair of the log both times of `{type}` entries may have been set up to {shift} days late where they concern {period}; the values here are older than that",
        "what happened {period} can stand in the log with both times up to {shift} days late (`{type}`); the column was computed while the dates were right",
    ),
    trace=trace,
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` is older than the dates of its log",
        explanation=f"Entries behind `{site}` are dated after the decision, but DATA.md says that the log of that period was dated again, too late. By the days on which things happened every value is right.",
    ),
)
