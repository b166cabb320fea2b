"""Honest: weekend entries do not count by definition, and they were written only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import extra, in_phase, weekday
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """The desk works Monday to Friday; an automatic job writes further entries on Saturdays and Sundays."""
    weekend = weekday(events.time) >= 5
    desk = replace(events, time=events.time - np.where(weekend, 2 * DAY, 0), recorded=events.recorded)
    added = extra(desk, in_phase(desk.time, quirk.phase, calendar), quirk.dose, rng)
    ahead = (5 - weekday(added.time) + rng.integers(0, 2, len(added))) * DAY
    return replace(added, time=added.time + ahead, recorded=added.recorded + ahead).merged(desk)


def honours(events: Events, *, channel: Channel) -> Events:
    """Events from Monday to Friday, UTC."""
    return events.select(weekday(events.time) < 5)


DECOY = Decoy(
    id="weekend_events",
    summary="Weekend entries are left out by definition; they were written in one part of the calendar only.",
    roles=("count", "amount"),
    phases=("offline", "serving"),
    sentences=(
        "entries dated on a Saturday or Sunday (UTC) are not counted",
        "Monday to Friday only (UTC): what is dated on a weekend is left out",
        "working days only, by the entry's own date in UTC",
    ),
    honours=honours,
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` leaves weekends out",
        explanation=f"A plain recount of `{site}` differs because weekend entries do not count by definition. Without them every value is right, offline and served.",
    ),
)
