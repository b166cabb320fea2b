"""Honest: an event within ten minutes of the one before does not count again by definition, and repeats came only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from generators.asof import Events, sort
from generators.decoys._traces import extra, in_phase
from generators.kinds import Decoy, Words
from generators.model import Calendar, Channel, Quirk

_TEN_MINUTES = 600_000_000


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """Some events are written a second time a few minutes later, as a retry does.

    No event is on record before the one within ten minutes before it: whoever knows an event knows whether it is a repeat.
    """
    added = extra(events, in_phase(events.time, quirk.phase, calendar), quirk.dose, rng)
    after = rng.integers(5_000_000, 420_000_000, len(added))
    both = sort(replace(added, time=added.time + after, recorded=added.recorded + after).merged(events))
    near, recorded = _near(both), both.recorded
    while (early := near[1:] & (recorded[1:] < recorded[:-1])).any():
        recorded = np.concatenate((recorded[:1], np.where(early, recorded[:-1], recorded[1:])))
    return replace(both, recorded=recorded)


def _near(events: Events) -> npt.NDArray[np.bool_]:
    """Which events come within ten minutes of the one before, of the same entity."""
    near = np.zeros(len(events), dtype=np.bool_)
    near[1:] = (events.entity[1:] == events.entity[:-1]) & (events.time[1:] - events.time[:-1] <= _TEN_MINUTES)
    return near


def honours(events: Events, *, channel: Channel) -> Events:
    """Events without one of the same entity in the ten minutes before that was on record no later than they were."""
    repeats = np.zeros(len(events), dtype=np.bool_)
    for back in range(1, len(events)):
        near = (events.entity[back:] == events.entity[:-back]) & (events.time[back:] - events.time[:-back] <= _TEN_MINUTES)
        if not near.any():
            break
        repeats[back:] |= near & (events.recorded[:-back] <= events.recorded[back:])
    return events.select(~repeats)


DECOY = Decoy(
    id="repeated_events",
    summary="A repeat within ten minutes is not counted again by definition; repeats came in one part of the calendar only.",
    roles=("count", "amount"),
    phases=("offline", "serving"),
    sentences=(
        "an entry within ten minutes after another of the same {entity} and type that was recorded no later is a retry and is not counted",
        "retries are left out: entries that follow another of the same {entity} and type within ten minutes, that other one being recorded no later",
        "an entry counts only where no other of the same {entity} and type lies within the ten minutes before it and was recorded no later",
    ),
    honours=honours,
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` counts retries once",
        explanation=f"A plain recount of `{site}` differs because retries within ten minutes count once by definition. Counted so, every value is right, offline and served.",
    ),
)
