"""Honest: a newer client writes values in tenths and the definition converts them; it was in use only in one part of the calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.decoys._traces import mark, marked, struck
from generators.kinds import Decoy, Words
from generators.model import Calendar, Channel, Quirk


def trace(events: Events, *, quirk: Quirk, channel: Channel, calendar: Calendar, ordinary: int, rng: np.random.Generator) -> Events:
    """A share of the events carries ten times the value, marked by the client that wrote it."""
    chosen = struck(events.time, quirk, calendar, rng)
    factor = np.where(chosen, 10, 1)
    return replace(
        events,
        value=events.value * factor,
        amended_to=events.amended_to * factor[events.amended],
        source=marked(events, chosen, "client_conversion"),
    )


def honours(events: Events, *, channel: Channel) -> Events:
    """The same events, all in the old unit."""
    factor = np.where(events.source == mark("client_conversion"), 10, 1)
    return replace(events, value=events.value // factor, amended_to=events.amended_to // factor[events.amended])


DECOY = Decoy(
    id="client_conversion",
    summary="A newer client writes values in tenths and the definition converts them; it was in use in one part of the calendar only.",
    source="client_v5",
    remark="is a newer client",
    roles=("amount", "reading"),
    phases=("offline", "serving"),
    bounded=True,
    sentences=(
        "values written by `{source}` come in tenths of the usual unit and are divided by ten before anything else",
        "`{source}` writes tenths of the unit, which are converted first",
        "one tenth of the logged value is taken for entries of `{source}`",
    ),
    honours=honours,
    trace=trace,
    words=lambda *, site, **_: Words(
        title=f"`{site}` converts one client's unit",
        explanation=f"A plain recount of `{site}` differs because one client writes tenths, which the definition converts. Converted, every value is right, offline and served.",
    ),
)
