"""What an export of the log shows of a channel, at a day on which it is taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.asof import Events
from generators.catalog import decoys
from generators.model import DAY, Calendar, Channel


def kept_days(channel: Channel, calendar: Calendar) -> int | None:
    """Days for which the log keeps a channel under a retention rule; None without one.

    From the whole log (dose 0) down to what reaches back to the last training decision (dose 1).
    """
    for quirk in channel.quirks:
        if quirk.kind == "retention_purge":
            whole = (calendar.cut - calendar.start) // DAY
            least = (calendar.cut - calendar.at(calendar.offline[calendar.train - 1])) // DAY
            return int(round(whole - min(1.0, quirk.dose) * (whole - least)))
    return None


def _once(events: Events) -> Events:
    """Without the reversals that an honest channel has once more, for an oddity that shows only those."""
    order = np.lexsort((events.amended_at, events.amended))
    amended, to = events.amended[order], events.amended_to[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (amended[1:] != amended[:-1]) | (to[1:] != to[:-1])
    kept = np.sort(order[new])
    return replace(events, amended=events.amended[kept], amended_at=events.amended_at[kept], amended_to=events.amended_to[kept])


def visible(events: Events, channel: Channel, calendar: Calendar, cut: int, *, until: int | None = None) -> Events:
    """What an export cut at `cut` shows of a channel's log: recorded by then (or `until`), not yet deleted, with the times that it shows."""
    for quirk in channel.quirks:
        events = decoys()[quirk.kind].shown(events, quirk=quirk, calendar=calendar)
    if channel.honest and channel.reversal:
        events = _once(events)
    opens = calendar.start + 1_000_000
    events = replace(events, time=np.maximum(events.time, opens), recorded=np.maximum(events.recorded, opens))
    mask = events.recorded <= (cut if until is None else until)
    days = kept_days(channel, calendar)
    if days is not None:
        mask &= events.time > cut - days * DAY
    seen = events.select(mask)
    known = seen.amended_at <= cut
    return replace(seen, amended=seen.amended[known], amended_at=seen.amended_at[known], amended_to=seen.amended_to[known])
