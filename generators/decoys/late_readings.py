"""Honest: single readings of a period are dated too late in the log; the column had them when they were taken.

Where a gap seems to be filled from the next reading, that reading had been there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events, sort
from generators.decoys._traces import picked
from generators.model import DAY, Calendar, Decoy, Quirk, Words

ALONE = 28
"""Days without another reading, before and after, of those that were entered late: the others are seen by the rounds."""


def shown(events: Events, *, quirk: Quirk, calendar: Calendar) -> Events:
    """Both clocks of a share of the lone readings are some days late."""
    same = events.entity[1:] == events.entity[:-1]
    near = same & (events.time[1:] - events.time[:-1] <= ALONE * DAY)
    lone = ~(np.append(False, near) | np.append(near, False))
    late = np.where(lone & picked(events, quirk, calendar), quirk.days * DAY, 0)
    return sort(replace(events, time=events.time + late, recorded=events.recorded + late))


DECOY = Decoy(
    id="late_readings",
    summary="Single readings of a period are dated too late in the log; the column had them when they were taken.",
    aside=True,
    own_dose=(0.2, 0.5),
    roles=("reading",),
    phases=("offline",),
    bounded=True,
    fits="later_end",
    sentences=(
        "single `{type}` entries of {period} may have been entered up to {shift} days after they were taken and carry that day in both times; the job read them from the device",
        "`{type}` entries taken {period} far from any other may be dated up to {shift} days late, in `event_time` and `recorded_at`; the column had them at once",
        "where a `{type}` entry of {period} stands alone, both of its times may be those of a typist, up to {shift} days late; the value was served from the day it was taken",
    ),
    shown=shown,
    words=lambda *, site, **_: Words(
        title=f"`{site}` had its readings before the log did",
        explanation=f"Gaps of `{site}` seem to be filled from a later reading, but DATA.md says of that period that single readings were entered late. Each was there when it was taken.",
    ),
)
