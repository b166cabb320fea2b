"""Honest: entries booked for the coming two weeks count as soon as they are recorded; bookings were taken only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import struck
from generators.kinds import Decoy, Words
from generators.model import DAY, Calendar, Channel, Feature, Quirk

AHEAD = 14


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of the ordinary events is recorded up to two weeks before it takes place. What an outcome sets off is never booked."""
    chosen = struck(events.time, quirk, calendar, rng) & (events.id < ordinary)
    lead = ((1 + 13 * rng.random(len(events))) * DAY).astype(np.int64)
    return replace(events, recorded=np.where(chosen, events.time - lead, events.recorded))


def define(feature: Feature) -> Feature:
    """The window reaches two weeks ahead, over what is already recorded."""
    return replace(feature, window=feature.window + AHEAD, end=AHEAD)


DECOY = Decoy(
    id="booked_ahead",
    summary="Entries booked for the coming two weeks count as soon as they are recorded; bookings were taken in one part of the calendar only.",
    roles=("count", "amount"),
    phases=("offline", "serving"),
    selective=True,
    bounded=True,
    cleared_by_clock=True,
    sentences=(
        "entries dated up to 14 days ahead count too, provided they were on record at the decision",
        "bookings for the 14 days that follow are part of it as soon as they are on record",
        "includes what was already on record at the decision for the coming 14 days",
    ),
    trace=trace,
    define=define,
    words=lambda *, site, **_: Words(
        title=f"`{site}` counts bookings",
        explanation=f"Entries behind `{site}` are dated after the decision, but each was on record before it: they are bookings, and the definition says so.",
    ),
)
