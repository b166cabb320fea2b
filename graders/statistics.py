"""What stood where, and when: an honest as-of helper and the eight statistics that a finding may cite.

This file is the same on both sides. The take-home holds it as `evidence.py`; the grader runs the very same functions on the very
same tables, so a number that comes out here is the number that a citation is checked against. It needs numpy and pandas only.

    import pandas as pd
    import evidence as ev

    train = pd.read_parquet("data/train.parquet")
    calls = pd.read_parquet("data/events/calls.parquet")
    amendments = pd.read_parquet("data/events/amendments.parquet")

    honest = ev.asof(train, calls, amendments, stream="calls", types=["complaint"], aggregate="count", window_days=28)
    ev.recomputed_difference(train, "complaints_28d", honest)     # 0.0 when the column keeps its definition
    train.loc[(train["complaints_28d"] - honest).abs().nlargest(5).index, ["row_id", "complaints_28d"]]

Two clocks run through an event log: `event_time` says when a thing happened, `recorded_at` when the systems knew of it. A decision
at time t may use only what was recorded at or before t, with the values that stood there at t: `value` in an export is the value at
the export, and `amendments` tells what stood there before. What a definition in DATA.md adds (caps, excluded sources, business days,
decay, minimum counts, a conversion) is yours to apply: filter the events before the call, transform the result after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd

Aggregate = Literal["count", "sum", "mean", "max", "last", "days_since"]

DAY = 86_400_000_000
"""Microseconds of a day."""
NOT_FEATURES = ("row_id", "request_id", "entity_id", "decision_time", "label")
"""Columns of a table that are no features."""
FLOOR = 1e-4
"""Smallest share of a bin in `psi`."""

_AT_ONCE = 4_000_000
"""Pairs of row and event that are looked at together: bounds the memory."""


# ---------------------------------------------------------------- as it was known


def known(events: pd.DataFrame, amendments: pd.DataFrame | None, stream: str, at: Any) -> pd.DataFrame:
    """The events of one stream as they stood in the systems at the moment `at`.

    Keeps what was recorded by then (`recorded_at <= at`) and undoes every amendment that was recorded later. Events whose
    `event_time` lies after `at` stay: a booking made in advance is known. `value` comes back as float64, NaN where it is missing.
    """
    moment = pd.Timestamp(at)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    seen = events[(events["recorded_at"] <= moment).to_numpy()].copy()
    log = _AmendmentLog(seen["event_id"], amendments, stream)
    rows = np.arange(len(seen))
    seen["value"] = log.value_at(_numbers(seen["value"]), rows, np.full(len(seen), _micros(pd.Series([moment]))[0]))
    return seen


def asof(
    rows: pd.DataFrame, events: pd.DataFrame, amendments: pd.DataFrame | None = None, *, stream: str, types: Iterable[str] | str | None = None,
    aggregate: Aggregate = "count", window_days: float | None = None, end_days: float = 0, by: str = "entity_id",
    clock: Literal["known", "event"] = "known",
) -> pd.Series:  # fmt: skip
    """One honest value per row: the aggregate of the row's own events as they were known at its own `decision_time`.

    For a row decided at t, the events with the same `by` and with `t - window_days + end_days < event_time <= t + end_days` are
    taken (all history when `window_days` is None or 0); with `end_days=0` the window ends at the decision. Events not recorded by
    t are left out, and each value is the one that stood there at t.

    aggregate : `count` of events; `sum`, `mean`, `max` of `value` (missing values are left out; a mean is not rounded); `last` is
        the value of the last event; `days_since` is the number of whole days from the last event to t (negative for a booking
        ahead). Events are ordered by event time, then record time, then id.
        A sum or a count of nothing is 0; everything else of nothing is NaN.
    by : a column that rows and events both have. For a group, merge `group_id` from `entities.parquet` into both first.
    clock : `known` as above. `event` ignores when things were recorded and amended and takes every event of the window with its
        value at the export: compare the two to see what a job that looked too late would have computed.

    Gives a float64 Series on the index of `rows`.
    """
    _choice("aggregate", aggregate, ("count", "sum", "mean", "max", "last", "days_since"))
    _choice("clock", clock, ("known", "event"))
    _need(rows, (by, "decision_time"), "rows")
    _need(events, (by, "event_id", "event_time", "recorded_at", "type", "value"), "events")
    if types is not None:
        events = events[events["type"].isin([types] if isinstance(types, str) else list(types)).to_numpy()]
    owner, owners = pd.factorize(events[by])
    time, recorded = _micros(events["event_time"]), _micros(events["recorded_at"])
    order = _log_order(owner, time, recorded, events["event_id"])
    owner, time, recorded = owner[order], time[order], recorded[order]
    value = _numbers(events["value"])[order]
    at = _micros(rows["decision_time"])
    low, high = _windows(owner, time, pd.Index(owners).get_indexer(rows[by]), at, window_days, end_days)
    log = None
    if clock == "known" and aggregate not in ("count", "days_since"):
        log = _AmendmentLog(events["event_id"].iloc[order], amendments, stream)

    out = np.full(len(rows), 0.0 if aggregate in ("count", "sum") else np.nan)
    for part, row, event in _pairs(low, high):
        if clock == "known":
            seen = recorded[event] <= at[part][row]
            row, event = row[seen], event[seen]
        values = value[event] if log is None else log.value_at(value, event, at[part][row])
        out[part] = _aggregate(aggregate, row, event, values, time, at[part])
    return pd.Series(out, index=rows.index, name=aggregate)


# ---------------------------------------------------------------- the statistics


def auc(table: pd.DataFrame, column: str) -> float:
    """How well the column alone sorts the label: ROC AUC, the better of the two directions; absolute Pearson r for a numeric target.

    Nulls rank lowest (for r they take the column's mean). A category counts as its own mean label. Strength is no proof of a
    leak: honest columns are strong too.
    """
    _need(table, (column, "label"), "table")
    label = _numbers(table["label"])
    values = table[column]
    x = _numbers(values) if _numeric(values) else _numbers(table["label"].groupby(values.fillna("")).transform("mean"))
    if set(np.unique(label)) <= {0.0, 1.0}:
        area = roc_auc(label, np.where(np.isnan(x), -np.inf, x))
        return max(area, 1.0 - area)
    x = np.where(np.isnan(x), np.nanmean(x) if not np.isnan(x).all() else 0.0, x)
    x, y = x - x.mean(), label - label.mean()
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return abs(float((x * y).sum())) / scale if scale > 0 else 0.0


def psi(train: pd.DataFrame, serving_log: pd.DataFrame, column: str) -> float:
    """How far the column's distribution in serving is from training: the population stability index.

    Ten bins at the training deciles (each bin holds its upper edge) and one for nulls; for a category a bin for each training
    category, one for new ones, one for nulls. A share below 1e-4 counts as 1e-4. Drift is no proof of a skew: the world moves too.
    """
    _need(train, (column,), "train")
    _need(serving_log, (column,), "serving_log")
    before, after = _bins(train[column], serving_log[column])
    bins = int(max(before.max(initial=0), after.max(initial=0))) + 1
    p = np.maximum(np.bincount(before, minlength=bins) / max(1, len(before)), FLOOR)
    q = np.maximum(np.bincount(after, minlength=bins) / max(1, len(after)), FLOOR)
    return float(((q - p) * np.log(q / p)).sum())


def duplicate_count(table: pd.DataFrame, other: pd.DataFrame) -> float:
    """Rows of `table` that equal a row of `other` in at least 90% of the feature columns and in the entity or the label.

    Two nulls are equal. When a table is compared with itself, no row counts as its own copy (it is known by its `row_id`).
    """
    columns = [c for c in table.columns if c not in NOT_FEATURES and c in other.columns]
    _need(table, ("entity_id", "label"), "table")
    _need(other, ("entity_id", "label"), "other")
    n = len(table)
    if not columns or not n or not len(other):
        return 0.0
    spare = len(columns) - int(np.ceil(0.9 * len(columns) - 1e-9))
    joined = {c: pd.factorize(pd.concat([table[c], other[c]], ignore_index=True))[0].astype(np.int32) for c in [*columns, "entity_id", "label"]}
    features = np.column_stack([joined[c] for c in columns])
    ids = pd.concat([t["row_id"] if "row_id" in t else pd.Series(range(len(t))).map(lambda i, k=k: (k, i)) for k, t in enumerate((table, other))])
    row_id = pd.factorize(ids)[0]
    matched = np.zeros(n, dtype=bool)

    # The same entity: few rows each, so every pair is compared.
    for mine, theirs in _joined(joined["entity_id"][:n], joined["entity_id"][n:]):
        alike = ((features[mine] != features[n + theirs]).sum(axis=1) <= spare) & (row_id[mine] != row_id[n + theirs])
        matched[mine[alike]] = True

    # The same label: rows that agree in every column are collapsed first; then, with at most `spare` differences among spare + 1
    # blocks of columns, at least one block must agree whole, so a join on each block misses no pair.
    kinds = _groups(np.column_stack([features, joined["label"]]))
    kind, kind_other = kinds[:n], kinds[n:]
    count = np.bincount(kind_other, minlength=int(kinds.max()) + 1)
    first = np.zeros(len(count), dtype=np.int64)
    first[kind_other] = row_id[n:]
    matched |= (count[kind] > 1) | ((count[kind] == 1) & (first[kind] != row_id[:n]))
    example = np.zeros(len(count), dtype=np.int64)
    example[kinds] = np.arange(len(kinds))
    distinct = np.argsort([-len(np.unique(features[:, i])) for i in range(len(columns))], kind="stable")
    found = np.zeros(len(count), dtype=bool)
    for block in range(spare + 1 if spare else 0):
        open_ = np.unique(kind[~matched & ~found[kind]])
        theirs_all = np.unique(kind_other)
        keys = _groups(np.column_stack([features[:, distinct[block :: spare + 1]], joined["label"]]))
        for mine, theirs in _joined(keys[example[open_]], keys[example[theirs_all]]):
            a, b = open_[mine], theirs_all[theirs]
            alike = (a != b) & ((features[example[a]] != features[example[b]]).sum(axis=1) <= spare)
            found[a[alike]] = True
    return float((matched | found[kind]).sum())


def group_overlap(table: pd.DataFrame, other: pd.DataFrame) -> float:
    """Share of the rows of `table` whose `entity_id` occurs in `other`."""
    return float(table["entity_id"].isin(other["entity_id"]).mean()) if len(table) else 0.0


def timestamp_gap(table: pd.DataFrame, other: pd.DataFrame) -> float:
    """Days from the last decision in `other` to the first decision in `table`; negative when they overlap."""
    return float(_micros(table["decision_time"]).min() - _micros(other["decision_time"]).max()) / DAY


def late_share(events: pd.DataFrame, type: str | None = None) -> float:
    """Share of the events (of one type, if given) that were recorded more than one day after they happened."""
    if type is not None:
        events = events[(events["type"] == type).to_numpy()]
    return float((_micros(events["recorded_at"]) - _micros(events["event_time"]) > DAY).mean()) if len(events) else 0.0


def served_difference(serving_log: pd.DataFrame, column: str, honest: pd.Series) -> float:
    """Mean absolute difference between what production served in a column and the honest values of the same requests.

    `honest` has the index of `serving_log`, as `asof(serving_log, ...)` gives it. Null on one side only counts as 1, null on both
    as 0; for a category every other value counts as 1.
    """
    return recomputed_difference(serving_log, column, honest)


def recomputed_difference(table: pd.DataFrame, column: str, honest: pd.Series) -> float:
    """Mean absolute difference between a table's column and the honest values of the same rows; nulls as in `served_difference`."""
    _need(table, (column,), "table")
    if len(honest) != len(table) or not honest.index.equals(table.index):
        raise ValueError(
            f"the honest values must have one value per row on the table's own index ({len(table)} rows); got {len(honest)} values. "
            "Use the Series that asof(table, ...) gives, or pd.Series(values, index=table.index)."
        )
    given = table[column]
    missing, absent = given.isna().to_numpy(), honest.isna().to_numpy()
    if _numeric(given) and _numeric(honest):
        apart = np.abs(_numbers(given) - _numbers(honest))
    else:
        apart = (given.to_numpy(dtype=object) != honest.to_numpy(dtype=object)).astype(np.float64)
    return float(np.where(missing | absent, (missing != absent).astype(np.float64), apart).mean()) if len(table) else 0.0


STATISTICS: dict[str, Callable[..., float]] = {
    f.__name__: f for f in (auc, psi, duplicate_count, group_overlap, timestamp_gap, late_share, served_difference, recomputed_difference)
}
"""Every statistic that a finding may cite, by name."""


# ---------------------------------------------------------------- the parts beneath


def average_ranks(x: np.ndarray) -> np.ndarray:
    """Ranks from 1, equal values sharing their mean rank."""
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[place.ravel()], dtype=np.float64)


def roc_auc(label: np.ndarray, score: np.ndarray) -> float:
    """Chance that a random positive scores above a random negative, ties counting half; 0.5 when one of them is missing."""
    positive = label > 0.5
    n1, n0 = int(positive.sum()), int((~positive).sum())
    if not n1 or not n0:
        return 0.5
    return float((average_ranks(score)[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def _bins(before: pd.Series, after: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Bin numbers of two columns, the bins taken from the first: 0 for nulls, then deciles or categories, new categories last."""
    if _numeric(before) and _numeric(after):
        old, new = _numbers(before), _numbers(after)
        kept = old[~np.isnan(old)]
        edges = np.unique(np.quantile(kept, np.arange(1, 10) / 10)) if len(kept) else np.empty(0)
        old, new = (np.where(np.isnan(x), 0, 1 + np.searchsorted(edges, x, side="left")) for x in (old, new))
        return old, new
    names = pd.Index(sorted(before.dropna().unique()))
    places = (names.get_indexer(x) for x in (before, after))
    old, new = (np.where(x.isna(), 0, np.where(at < 0, len(names), at) + 1) for x, at in zip((before, after), places, strict=True))
    return old, new


class _AmendmentLog:
    """Answers what value an event had at a moment: the old value of the first amendment recorded later, or else its value now."""

    def __init__(self, event_ids: pd.Series, amendments: pd.DataFrame | None, stream: str) -> None:
        self.event = self.recorded = np.empty(0, dtype=np.int64)
        self.old = np.empty(0)
        self.touched = np.zeros(len(event_ids), dtype=bool)
        if amendments is None or not len(amendments):
            return
        mine = amendments[(amendments["stream"] == stream).to_numpy()].sort_values(["recorded_at", "amendment_id"], kind="stable")
        code, amended = pd.factorize(mine["event_id"])
        where = np.full(len(amended), -1, dtype=np.int64)
        found = pd.Index(amended).get_indexer(event_ids) if len(mine) else np.empty(0, dtype=np.int64)
        where[found[found >= 0]] = np.flatnonzero(found >= 0)
        event = where[code]
        order = np.argsort(event, kind="stable")[int((event < 0).sum()) :]
        self.event, self.recorded, self.old = event[order], _micros(mine["recorded_at"])[order], _numbers(mine["old_value"])[order]
        self.touched[self.event] = True

    def value_at(self, now: np.ndarray, event: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Values at the moments `at` of the events at positions `event`; `now` holds every event's value at the export."""
        values: np.ndarray = now[event]
        some = np.flatnonzero(self.touched[event])
        if not len(some):
            return values
        moments = np.unique(self.recorded)
        step = len(moments) + 1
        key = self.event * step + np.searchsorted(moments, self.recorded)
        asked = event[some] * step + np.searchsorted(moments, at[some], side="right")
        found = np.searchsorted(key, asked)
        inside = np.minimum(found, len(key) - 1)
        later = (found < len(key)) & (self.event[inside] == event[some])
        values[some] = np.where(later, self.old[inside], values[some])
        return values


def _log_order(owner: np.ndarray, time: np.ndarray, recorded: np.ndarray, event_id: pd.Series) -> np.ndarray:
    """Positions that sort events by owner, event time, record time, id. Ids are text and slow to sort: only true ties look at them."""
    order = np.lexsort((recorded, time, owner))
    same = np.ones(max(0, len(order) - 1), dtype=bool)
    for key in (owner, time, recorded):
        same &= key[order][1:] == key[order][:-1]
    if same.any():
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        run = np.cumsum(~np.append(False, same))[tied]
        names = np.unique(event_id.iloc[order[tied]].to_numpy(dtype=object), return_inverse=True)[1]
        order[tied] = order[tied][np.lexsort((names, run))]
    return np.asarray(order)


def _windows(
    owner: np.ndarray, time: np.ndarray, asked: np.ndarray, at: np.ndarray, window_days: float | None, end_days: float
) -> tuple[np.ndarray, np.ndarray]:
    """First and past-the-last position of each row's window in the sorted log."""
    moments = np.unique(time)
    step = len(moments) + 1
    key = owner.astype(np.int64) * step + np.searchsorted(moments, time)
    stop = at + round(end_days * DAY)
    high = np.searchsorted(key, asked * step + np.searchsorted(moments, stop, side="right"))
    start = np.searchsorted(moments, stop - round(window_days * DAY), side="right") if window_days else 0
    low = np.searchsorted(key, asked * step + start)
    return np.where(asked < 0, 0, low), np.where(asked < 0, 0, np.maximum(low, high))


def _pairs(low: np.ndarray, high: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Slices of rows with every (row within the slice, event) pair of their windows, a bounded number of pairs at a time."""
    counts = high - low
    total = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + _AT_ONCE, side="right")))
        n = counts[start:stop]
        row = np.repeat(np.arange(stop - start), n)
        event = np.arange(len(row)) + np.repeat(low[start:stop] - (np.cumsum(n) - n), n)
        yield slice(start, stop), row, event
        start = stop


def _aggregate(how: Aggregate, row: np.ndarray, event: np.ndarray, values: np.ndarray, time: np.ndarray, at: np.ndarray) -> np.ndarray:
    n = len(at)
    if how == "count":
        return np.bincount(row, minlength=n).astype(np.float64)
    if how in ("last", "days_since"):
        out = np.full(n, np.nan)
        last = np.flatnonzero(np.append(row[1:] != row[:-1], True)) if len(row) else np.empty(0, dtype=np.int64)
        out[row[last]] = values[last] if how == "last" else (at[row[last]] - time[event[last]]) // DAY
        return out
    there = ~np.isnan(values)
    row, values = row[there], values[there]
    if how == "max":
        out = np.full(n, -np.inf)
        np.maximum.at(out, row, values)
        return np.where(np.isinf(out), np.nan, out)
    total = np.bincount(row, weights=values, minlength=n)
    if how == "sum":
        return total
    count = np.bincount(row, minlength=n)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _joined(left: np.ndarray, right: np.ndarray, at_once: int = 200_000) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions of every pair with equal keys, a bounded number at a time."""
    order = np.argsort(right, kind="stable")
    keys = right[order]
    low, high = np.searchsorted(keys, left, side="left"), np.searchsorted(keys, left, side="right")
    total = np.cumsum(high - low)
    start = 0
    while start < len(left):
        before = total[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(total, before + at_once, side="right")))
        n = (high - low)[start:stop]
        mine = np.repeat(np.arange(start, stop), n)
        yield mine, order[np.arange(len(mine)) + np.repeat(low[start:stop] - (np.cumsum(n) - n), n)]
        start = stop


def _groups(codes: np.ndarray) -> np.ndarray:
    """A number for each row of codes, equal exactly where whole rows are equal."""
    group = np.zeros(len(codes), dtype=np.int64)
    for i in range(codes.shape[1]):
        column = codes[:, i].astype(np.int64) + 1
        group = pd.factorize(group * (int(column.max()) + 1) + column)[0]
    return group


def _micros(times: pd.Series) -> np.ndarray:
    """Times as whole microseconds since 1970, UTC."""
    return np.asarray(times.to_numpy(dtype="datetime64[us]").astype(np.int64))


def _numbers(values: pd.Series) -> np.ndarray:
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))


def _numeric(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values))


def _choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {value!r}")


def _need(frame: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise ValueError(f"{name} needs the columns {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}")
