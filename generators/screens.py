"""What a script can see without reading: the mechanical recount, in its naive and its as-of-aware strength, and conditional drift."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generators.asof import Events, Moments, aggregate
from generators.catalog import decoys
from generators.features import World
from generators.measures import differing, psi
from generators.model import DAY, Calendar, Channel, Feature, Floats, Ints

ENDS = (7, 14, 28)
"""Later window ends that the recount tries, in days."""


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


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """Shares of cells that a recount contradicts."""

    naive: float
    """Event clock, latest values."""
    later: float
    """The same with the best-fitting later window end."""
    aware: float
    """Record clock, amendments undone."""


def recount(world: World, feature: Feature, given: Floats, entity: Ints, time: Ints, *, limit: int = 4000) -> Mismatch:
    """Recount a column from the visible log as a script would that knows stream, type, aggregate and written window, but no rules.

    `given` are the values as the table shows them. At most `limit` rows are looked at, evenly spread.
    """
    step = max(1, len(entity) // limit)
    given, entity, time = given[::step], entity[::step], time[::step]
    window = feature.window - (feature.end if feature.end > 0 else 0)

    def answer(end: int, aware: bool) -> Floats:
        def block(number: int, local: Ints, rows: Ints) -> Floats:
            channel = world.blueprint.channel(f"{feature.stream}.{feature.type}")
            events = visible(world.events(channel, number), channel, world.blueprint.calendar, world.blueprint.calendar.cut)
            moments, order = Moments.of(local, time[rows])
            values = aggregate(events, moments, how=feature.aggregate, window=window, end=end, sees_all=not aware) / feature.divide
            out = np.empty(len(values))
            out[order] = values
            return out

        return world.by_block(entity, block)

    def share(end: int, aware: bool) -> float:
        return float(differing(given, answer(end, aware), feature.unit).mean())

    return Mismatch(naive=share(0, False), later=min(share(end, False) for end in ENDS), aware=share(0, True))


def conditional_drift(train: dict[str, Floats], serving: dict[str, Floats], column: str, *, limit: int = 4000) -> float:
    """Drift of what the other columns do not explain: PSI, training against served, of the residual of a linear fit on all others."""
    others = [name for name in train if name != column]

    def design(table: dict[str, Floats]) -> Floats:
        n = len(table[column])
        step = max(1, n // limit)
        return np.column_stack([table[name][::step] for name in others] + [np.ones(len(range(0, n, step)))])

    def target(table: dict[str, Floats]) -> Floats:
        return table[column][:: max(1, len(table[column]) // limit)]

    x, y = design(train), target(train)
    center = np.where(np.isnan(x).all(axis=0), 0.0, np.nanmean(np.where(np.isnan(x).all(axis=0), 0.0, x), axis=0))
    spread = np.nanstd(x, axis=0)
    spread = np.where(spread > 0, spread, 1.0)

    def ready(table: Floats) -> Floats:
        scaled = (np.where(np.isnan(table), center, table) - center) / spread
        scaled[:, -1] = 1.0
        return scaled

    known = ~np.isnan(y)
    weights, *_ = np.linalg.lstsq(ready(x)[known], y[known], rcond=None)
    served = target(serving)
    return psi(y - ready(x) @ weights, served - ready(design(serving)) @ weights)
