"""What an export of the log shows of a channel, at a day on which it is taken."""

from __future__ import annotations

from dataclasses import replace

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


def visible(events: Events, channel: Channel, calendar: Calendar, cut: int, *, until: int | None = None) -> Events:
    """What an export cut at `cut` shows of a channel's log: recorded by then (or `until`), not yet deleted, with the times that it shows."""
    for quirk in channel.quirks:
        events = decoys()[quirk.kind].shown(events, quirk=quirk, calendar=calendar)
    mask = events.recorded <= (cut if until is None else until)
    days = kept_days(channel, calendar)
    if days is not None:
        mask &= events.time > cut - days * DAY
    seen = events.select(mask)
    known = seen.amended_at <= cut
    return replace(seen, amended=seen.amended[known], amended_at=seen.amended_at[known], amended_to=seen.amended_to[known])
