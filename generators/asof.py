"""Point-in-time aggregation: one value per (entity, decision time), from what was recorded by then.

A window is `(t - window + end, t + end]` on the time of the event. Known means recorded at or before t. Ties go by event time, then
record time, then id. Sums and counts of nothing are 0; every other aggregate of nothing is null (NaN).

Counts and sums are differences of running totals over the sorted log, corrected for the few events that were not yet recorded at
some decision time and for the few whose value was amended; all of it is integer arithmetic and exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators.model import DAY, Floats, Ints

_SHIFT = 1 << 47
"""More microseconds than any calendar here has: composes (entity, time) into one sortable number, for up to 65,000 entities at a time."""


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events of one or more channels, sorted by (entity, time, recorded, id), with the amendments of their values."""

    entity: Ints
    time: Ints
    recorded: Ints
    value: Ints
    """As first recorded."""
    source: npt.NDArray[np.uint8]
    id: Ints
    amended: Ints
    """Row of the event that each amendment changes; sorted by (row, recorded)."""
    amended_at: Ints
    amended_to: Ints

    def __len__(self) -> int:
        return len(self.entity)

    def select(self, mask: npt.NDArray[np.bool_]) -> Events:
        """The events where `mask` holds, with their amendments."""
        if mask.all():
            return self
        rows = np.cumsum(mask) - 1
        kept = mask[self.amended]
        return Events(
            entity=self.entity[mask], time=self.time[mask], recorded=self.recorded[mask], value=self.value[mask], source=self.source[mask],
            id=self.id[mask], amended=rows[self.amended[kept]], amended_at=self.amended_at[kept], amended_to=self.amended_to[kept],
        )  # fmt: skip

    def merged(self, other: Events) -> Events:
        """Both sets of events; sort before use."""
        n = len(self)
        both = {name: np.concatenate((getattr(self, name), getattr(other, name))) for name in _COLUMNS}
        return Events(**both, amended=np.concatenate((self.amended, other.amended + n)))

    def keyed(self, key: Ints) -> Events:
        """The same events under another key (e.g. the group of each entity), sorted anew."""
        return sort(replace(self, entity=key))

    def final(self) -> Events:
        """The same with the values that they end with, and no amendments."""
        none = np.zeros(0, dtype=np.int64)
        return replace(self, value=self.latest(), amended=none, amended_at=none, amended_to=none)

    def known_earlier(self, days: int) -> Events:
        """The same, all of it on record so many days earlier."""
        return replace(self, recorded=self.recorded - days * DAY, amended_at=self.amended_at - days * DAY)

    def latest(self) -> Ints:
        """Values with every amendment applied."""
        value = self.value.copy()
        value[self.amended] = self.amended_to  # later amendments of one event come later in the order and win
        return value


_COLUMNS = ("entity", "time", "recorded", "value", "source", "id", "amended_at", "amended_to")


def sort(events: Events) -> Events:
    """The events in their canonical order, amendments sorted by (event, recorded)."""
    order = _order(events)
    if len(events.amended):
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        amended = rank[events.amended]
        inner = np.lexsort((events.amended_at, amended))
    else:
        amended, inner = events.amended, np.zeros(0, dtype=np.int64)
    return Events(
        entity=events.entity[order], time=events.time[order], recorded=events.recorded[order], value=events.value[order],
        source=events.source[order], id=events.id[order],
        amended=amended[inner], amended_at=events.amended_at[inner], amended_to=events.amended_to[inner],
    )  # fmt: skip


def _order(events: Events) -> Ints:
    """The order by (entity, time, recorded, id): one fast sort of a composed key, then the few ties put right."""
    if not len(events):
        return np.zeros(0, dtype=np.int64)
    key = events.entity * _SHIFT + (events.time - int(events.time.min()))
    order = np.argsort(key)
    key = key[order]
    tied = key[1:] == key[:-1]
    if tied.any():
        rows = np.flatnonzero(np.concatenate((tied, [False])) | np.concatenate(([False], tied)))
        among = order[rows]
        order[rows] = among[np.lexsort((events.id[among], events.recorded[among], key[rows]))]
    return order


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The (entity, decision time) pairs to answer for, sorted by entity, then time."""

    entity: Ints
    time: Ints
    distinct: Ints
    """Sorted distinct decision times."""

    @classmethod
    def of(cls, entity: Ints, time: Ints) -> tuple[Moments, Ints]:
        """Sorted moments and the order that sorts them."""
        order = np.lexsort((time, entity))
        return cls(entity=entity[order], time=time[order], distinct=np.unique(time)), order


def aggregate(events: Events, moments: Moments, *, how: str, window: int, end: int = 0, sees_all: bool = False) -> Floats:
    """One value per moment: float64 of shape (n,), NaN where there is none.

    `how` is count, sum, mean, max, last or days_since. `window` in days, 0 for all history. With `sees_all` every record counts,
    whenever it was made, with its latest value.
    """
    base = int(min(events.time.min(initial=np.iinfo(np.int64).max), moments.time.min(initial=np.iinfo(np.int64).max))) - 400 * DAY
    keys = events.entity * _SHIFT + (events.time - base)
    asked = moments.entity * _SHIFT + (moments.time - base)
    hi = np.searchsorted(keys, asked + end * DAY, side="right").astype(np.int64)
    lo = np.searchsorted(keys, asked + (end - window) * DAY, side="right") if window else np.searchsorted(keys, moments.entity * _SHIFT, side="left")
    lo = np.minimum(lo, hi)
    if how in ("count", "sum", "mean"):
        if how == "count":
            return _total(events, moments, asked, base, lo, hi, window, end, sees_all, what="count").astype(np.float64)
        total = _total(events, moments, asked, base, lo, hi, window, end, sees_all, what="sum")
        if how == "sum":
            return total.astype(np.float64)
        count = _total(events, moments, asked, base, lo, hi, window, end, sees_all, what="count")
        hundredths = np.floor_divide(200 * total + count, 2 * np.maximum(count, 1))
        return np.where(count > 0, hundredths / 100.0, np.nan)
    if how == "max":
        return _max(events, moments, lo, hi, sees_all)
    at = _last(events, moments, lo, hi, sees_all)
    found = at >= 0
    safe = np.maximum(at, 0)
    if how == "days_since":
        if not len(events):
            return np.full(len(asked), np.nan)
        return np.where(found, (moments.time - events.time[safe]) // DAY, np.nan)
    if how != "last":
        raise ValueError(f"an aggregate is count, sum, mean, max, last or days_since; got {how!r}")
    if not len(events):
        return np.full(len(asked), np.nan)
    return np.where(found, _valued(events, safe, moments.time, sees_all), np.nan)


def following(events: Events, moments: Moments, *, within: int) -> Floats:
    """The value of the first event after each moment, as it ended, if it comes within so many days; NaN otherwise. Shape (n,)."""
    out = np.full(len(moments.time), np.nan)
    if len(events):
        base = int(min(events.time.min(), moments.time.min()))
        row = np.searchsorted(events.entity * _SHIFT + (events.time - base), moments.entity * _SHIFT + (moments.time - base), side="right")
        safe = np.minimum(row, len(events) - 1)
        there = (row < len(events)) & (events.entity[safe] == moments.entity) & (events.time[safe] <= moments.time + within * DAY)
        out[there] = events.latest()[safe[there]]
    return out


def _total(events: Events, moments: Moments, asked: Ints, base: int, lo: Ints, hi: Ints, window: int, end: int, sees_all: bool, *, what: str) -> Ints:
    """Count or sum over the window: running totals, less what was not yet recorded, with amendments as of each moment."""
    if what == "count":
        total: Ints = (hi - lo).astype(np.int64)
        weight = None
    else:
        weight = events.latest() if sees_all else events.value
        running = np.concatenate(([0], np.cumsum(weight)))
        total = running[hi] - running[lo]
    if sees_all or not len(events):
        return total
    opens = events.time - end * DAY
    closes = opens + window * DAY if window else np.full(len(events), np.iinfo(np.int64).max)
    unknown = np.flatnonzero(np.searchsorted(moments.distinct, opens) < np.searchsorted(moments.distinct, np.minimum(events.recorded, closes)))
    event, moment = _span(events, asked, base, unknown, opens[unknown], np.minimum(events.recorded, closes)[unknown])
    taken = np.ones(len(event), dtype=np.int64) if weight is None else weight[event]
    np.subtract.at(total, moment, taken)
    if weight is not None and len(events.amended):
        first = np.concatenate(([True], events.amended[1:] != events.amended[:-1]))
        before = np.where(first, events.value[events.amended], np.concatenate(([0], events.amended_to[:-1])))
        starts = np.maximum(np.maximum(opens[events.amended], events.amended_at), events.recorded[events.amended])
        change, moment = _span(events, asked, base, events.amended, starts, closes[events.amended], number=True)
        np.add.at(total, moment, (events.amended_to - before)[change])
    return total


def _span(events: Events, asked: Ints, base: int, rows: Ints, start: Ints, stop: Ints, *, number: bool = False) -> tuple[Ints, Ints]:
    """Pairs of (event row, moment) with start <= t < stop for each of `rows`; with `number`, the position in `rows` instead of the row."""
    key = events.entity[rows] * _SHIFT - base
    horizon = base + _SHIFT - 1
    first = np.searchsorted(asked, key + np.minimum(start, horizon), side="left")
    last = np.maximum(np.searchsorted(asked, key + np.minimum(stop, horizon), side="left"), first)
    counts = last - first
    which = np.repeat(np.arange(len(rows)), counts)
    moment = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + first[which]
    return (which if number else rows[which]), moment


def _last(events: Events, moments: Moments, lo: Ints, hi: Ints, sees_all: bool) -> Ints:
    """Row of the last event in each window that was known, or -1."""
    at = hi - 1
    if not sees_all and len(events):
        while True:
            step = (at >= lo) & (events.recorded[np.maximum(at, 0)] > moments.time)
            if not step.any():
                break
            at = np.where(step, at - 1, at)
    return np.where(at >= lo, at, -1)


def _valued(events: Events, at: Ints, time: Ints, sees_all: bool) -> Floats:
    """Value of one event a moment, as amended by then."""
    value = events.value[at].astype(np.float64)
    if not len(events.amended):
        return value
    first = np.searchsorted(events.amended, at, side="left")
    last = np.searchsorted(events.amended, at, side="right") - 1
    if not sees_all:
        while True:
            step = (last >= first) & (events.amended_at[np.maximum(last, 0)] > time)
            if not step.any():
                break
            last = np.where(step, last - 1, last)
    return np.where(last >= first, events.amended_to[np.maximum(last, 0)], value)


def _max(events: Events, moments: Moments, lo: Ints, hi: Ints, sees_all: bool) -> Floats:
    """Largest value in each window: every (moment, event) pair is looked at."""
    counts = hi - lo
    which = np.repeat(np.arange(len(lo)), counts)
    event = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts) + lo[which]
    if not sees_all:
        known = events.recorded[event] <= moments.time[which]
        which, event = which[known], event[known]
    out = np.full(len(lo), -np.inf)
    np.maximum.at(out, which, _valued(events, event, moments.time[which], sees_all))
    return np.where(np.isinf(out), np.nan, out)
