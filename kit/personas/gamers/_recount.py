"""The mechanical recount: every column against every plain aggregate of its events, on two clocks, on a fixed sample of rows.

For a column whose source DATA.md names, the events of that type are aggregated in six ways over many windows, with the window's end at the
decision or days after it, of the row's own entity and of its group. On the naive clock an event counts when it happened, with its value at
the export; on the aware clock it counts once it was recorded, with the value that stood there at the decision. What fits best is taken for
the definition; the share of cells that it contradicts is the column's mismatch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kit.personas.workshop.asof import DAY, Events, Floats, Ints, Mask, micros

AGGREGATES = ("count", "sum", "mean", "max", "last", "days_since")
WINDOWS = (7, 14, 21, 28, 30, 42, 56, 60, 84, 90, 91, 180, 365, 0)
"""Days; 0 is the whole history."""
ENDS = (0, 7, 14, 21, 28)
"""Days after the decision at which a window may end."""
SAMPLE = 400
"""Rows looked at in each table."""
RELIEF = 0.001
"""What a definition that ends after the decision must fit better by: of two that fit alike, the plain one is meant."""
NAMED = 0.02
"""The window that a column's name states is preferred to another one that fits better by less than this."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A column to recount."""

    name: str
    stream: str
    type: str
    divide: int
    """What sums are divided by, from the unit."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The sampled rows of one table."""

    frame: pd.DataFrame
    entity: Ints
    """Place in entities.parquet."""
    at: Ints
    group: Ints
    """Number of the entity's group."""


@dataclass(frozen=True)
class Shape:
    """A plain definition."""

    aggregate: str
    window: int
    end: int
    by: str


class Log:
    """One stream, entities and types as numbers."""

    def __init__(self, folder: Path, stream: str, ids: pd.Index, groups: Ints) -> None:
        names = ["event_id", "entity_id", "event_time", "recorded_at", "type", "value", "source"]
        table = pq.read_table(folder / "events" / f"{stream}.parquet", columns=names, use_threads=False)
        self._entity = pc.index_in(table["entity_id"], pa.array(ids)).to_numpy(zero_copy_only=False).astype(np.int64)
        self._time, self._recorded = (table[name].cast(pa.int64()).to_numpy() for name in ("event_time", "recorded_at"))
        self._value = table["value"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        self._type, self._types = pd.factorize(table["type"].to_pandas())
        self._source, self._sources = pd.factorize(table["source"].to_pandas())
        log = pq.read_table(folder / "events" / "amendments.parquet", filters=pc.field("stream") == stream, use_threads=False).to_pandas()
        code, amended = pd.factorize(log["event_id"])
        at = micros(log["recorded_at"])
        order = np.lexsort((at, code))
        found = pc.fill_null(pc.index_in(table["event_id"], pa.array(amended, type=pa.string())), -1)
        self._slot = found.to_numpy(zero_copy_only=False).astype(np.int64)
        self._changes = (code.astype(np.int64)[order], at[order], log["old_value"].to_numpy(dtype=np.float64, na_value=np.nan)[order])
        self._groups = groups

    def of(self, type_: str, rows: Sequence[Rows], by: str) -> Events:
        """The events of one type that concern the rows, by entity or by group, in time order."""
        here = self._type == self._types.get_indexer([type_])[0]
        place = np.flatnonzero(here)
        owner = self._entity[place] if by == "entity" else self._groups[self._entity[place]]
        wanted = np.unique(np.concatenate([r.entity if by == "entity" else r.group for r in rows]))
        keep = np.isin(owner, wanted)
        place, owner = place[keep], owner[keep]
        order = np.lexsort((self._recorded[place], self._time[place], owner))
        place = place[order]
        changed, changed_at, before = self._changes
        return Events(
            owner=owner[order], entity=self._entity[place], time=self._time[place], recorded=self._recorded[place], value=self._value[place],
            source=np.asarray(self._sources, dtype=object)[self._source[place]], slot=self._slot[place],
            changed=changed, changed_at=changed_at, before=before,
        )  # fmt: skip


class Pairs:
    """Every event that a row may count, by row and time: answers any window quickly."""

    def __init__(self, events: Events, owner: Ints, at: Ints, *, aware: bool) -> None:
        self._n = len(at)
        low, high = np.searchsorted(events.owner, owner, side="left"), np.searchsorted(events.owner, owner, side="right")
        row = np.repeat(np.arange(self._n), high - low)
        event = np.arange(len(row)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + np.repeat(low, high - low)
        keep = events.time[event] <= at[row] + max(ENDS) * DAY
        if aware:
            keep &= events.recorded[event] <= at[row]
        row, event = row[keep], event[keep]
        value = events.values_at(event, at[row]) if aware else events.value[event]
        self._row, self._delta = row, events.time[event] - at[row]
        self._first = int(self._delta.min(initial=0))
        self._span = max(ENDS) * DAY - self._first + 3
        self._key = row * self._span + (self._delta - self._first + 1)
        there = ~np.isnan(value)
        self._value = np.append(value, np.nan)
        self._total = np.append(0.0, np.cumsum(np.where(there, value, 0.0)))
        self._there = np.append(0, np.cumsum(there))
        self._top = np.append(np.where(there, value, -np.inf), -np.inf)

    def answers(self, window: int, end: int) -> Floats:
        """(aggregates, rows): one line for each of AGGREGATES."""
        base = np.arange(self._n) * self._span
        high = np.searchsorted(self._key, base + self._place(end), side="right")
        low = np.searchsorted(self._key, base + (self._place(end - window) if window else 0), side="right")
        count, known = high - low, self._there[high] - self._there[low]
        total = self._total[high] - self._total[low]
        mean = np.floor((200 * total + known) / (2 * np.maximum(known, 1))) / 100
        top = np.maximum.reduceat(self._top, np.column_stack([low, high]).ravel())[::2]
        last = np.maximum(high - 1, 0)
        since = -(np.append(self._delta, 0)[last]) // DAY
        none = count == 0
        return np.vstack([
            count, total, np.where(known > 0, mean, np.nan), np.where(none | np.isinf(top), np.nan, top),
            np.where(none, np.nan, self._value[last]), np.where(none, np.nan, since),
        ])  # fmt: skip

    def _place(self, days: int) -> int:
        return min(max(days * DAY - self._first + 1, 0), self._span - 1)


def sample(table: pd.DataFrame, ids: pd.Index, groups: Ints, *, limit: int = SAMPLE) -> Rows:
    """Rows spread evenly over the decisions of a table: always the same ones."""
    ordered = table.sort_values(["decision_time", "entity_id"], kind="stable")
    frame = ordered.iloc[np.unique(np.linspace(0, len(ordered) - 1, min(limit, len(ordered))).astype(int))].reset_index(drop=True)
    entity = ids.get_indexer(frame["entity_id"]).astype(np.int64)
    return Rows(frame=frame, entity=entity, at=micros(frame["decision_time"]), group=groups[entity])


def differs(given: Floats, answer: Floats, unit: float) -> Mask:
    """Cells that are apart by more than half a rounding unit, or empty on one side only."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(given - answer) > unit / 2 + 1e-9
    mask: Mask = apart | (np.isnan(given) != np.isnan(answer))
    return mask


def windows(end: int) -> tuple[int, ...]:
    """The windows that are tried with an end: those listed, and those that begin where a listed one would."""
    return tuple(sorted({*WINDOWS, *(w + end for w in WINDOWS if w)}))


def recount(folder: Path, train: pd.DataFrame, served: pd.DataFrame, asked: Sequence[Asked]) -> pd.DataFrame:
    """One row a column: the definition that fits, on each clock the shares of cells that it contradicts, and what the misfits look like."""
    people = pd.read_parquet(folder / "entities.parquet", columns=["entity_id", "group_id"])
    ids = pd.Index(people["entity_id"])
    groups = pd.factorize(people["group_id"])[0].astype(np.int64)
    both = (sample(train, ids, groups), sample(served, ids, groups))
    found: dict[str, dict[str, Any]] = {}
    for stream in sorted({a.stream for a in asked}):
        log = Log(folder, stream, ids, groups)
        for a in (a for a in asked if a.stream == stream):
            found[a.name] = _column(log, a, both)
    return pd.DataFrame.from_dict({a.name: found[a.name] for a in asked}, orient="index")


def _column(log: Log, asked: Asked, both: tuple[Rows, Rows]) -> dict[str, Any]:
    given = [r.frame[asked.name].to_numpy(dtype=np.float64, na_value=np.nan) for r in both]
    whole = all(np.array_equal(g[~np.isnan(g)], np.round(g[~np.isnan(g)])) for g in given)
    unit = 1.0 if whole and asked.divide == 1 else 0.01
    events = log.of(asked.type, both, "entity")
    shares = search(events, asked, both, given, unit, by="entity")
    if min(min(pair) for pair in shares[True].values()) > 0.5:  # nothing of the entity's own fits: perhaps the group's does
        grouped = log.of(asked.type, both, "group")
        theirs = search(grouped, asked, both, given, unit, by="group")
        if min(min(p) for p in theirs[True].values()) < min(min(p) for p in shares[True].values()):
            events, shares = grouped, theirs
    aware, naive = _best(shares[True], asked.name), _best({s: m for s, m in shares[False].items() if not s.end}, asked.name)
    later = min((s for s in shares[False] if s.end and s.aggregate == naive.aggregate), key=lambda s: shares[False][s][0])
    plain = min((s for s in shares[True] if not s.end), key=lambda s: min(shares[True][s]))
    served = min(shares[True], key=lambda s: (shares[True][s][1], s.end, s.window))
    honest = [one(events, asked, r, aware) for r in both]
    wrong = [differs(g, h, unit) for g, h in zip(given, honest, strict=True)]
    n = len(wrong[0])
    return {
        "aggregate": aware.aggregate, "window": aware.window, "end": aware.end, "by": aware.by, "divide": asked.divide, "unit": unit,
        "aware_train": shares[True][aware][0], "aware_served": shares[True][aware][1],
        "naive_train": shares[False][naive][0], "naive_served": shares[False][naive][1],
        "plain_train": shares[True][plain][0], "plain_served": shares[True][plain][1],
        "later_train": shares[False][later][0], "later_end": later.end, "later_gain": shares[False][naive][0] - shares[False][later][0],
        "served_own": shares[True][served][1], "served_window": served.window,
        "early_train": float(wrong[0][: n // 2].mean()), "recent_train": float(wrong[0][n // 2 :].mean()),
        "filled": float((np.isnan(honest[0]) & ~np.isnan(given[0])).mean()),
        "below": _share(given[0] < honest[0], wrong[0]), "same_spread": _alike(given[1], honest[1]),
        **_factor(given[1], honest[1], wrong[1]), **_events(events),
    }  # fmt: skip


Shares = dict[bool, dict[Shape, tuple[float, float]]]
"""By clock (aware or not) and shape: the mismatch in training and as served."""


def search(events: Events, asked: Asked, both: tuple[Rows, Rows], given: list[Floats], unit: float, *, by: str) -> Shares:
    """The mismatch of every shape."""
    divide = np.array([1, asked.divide, asked.divide, asked.divide, asked.divide, 1], dtype=np.float64)[:, None]
    out: Shares = {}
    for aware in (True, False):
        pairs = [Pairs(events, r.entity if by == "entity" else r.group, r.at, aware=aware) for r in both]
        out[aware] = {}
        for end in ENDS:
            for window in windows(end):
                wrong = [differs(g, p.answers(window, end) / divide, unit).mean(axis=1) for g, p in zip(given, pairs, strict=True)]
                for i, aggregate in enumerate(AGGREGATES):
                    out[aware][Shape(aggregate, window, end, by)] = (float(wrong[0][i]), float(wrong[1][i]))
    return out


def one(events: Events, asked: Asked, rows: Rows, shape: Shape, *, aware: bool = True) -> Floats:
    """The values of a shape for the rows."""
    pairs = Pairs(events, rows.entity if shape.by == "entity" else rows.group, rows.at, aware=aware)
    values: Floats = pairs.answers(shape.window, shape.end)[AGGREGATES.index(shape.aggregate)]
    return values / (1 if shape.aggregate in ("count", "days_since") else asked.divide)


def _best(shares: Mapping[Shape, tuple[float, float]], name: str) -> Shape:
    """What fits one of the two paths best, then both; the window in the name and an end at the decision are preferred."""
    stated = {int(days) for days in re.findall(r"(\d+)d\b", name)}

    def cost(shape: Shape) -> tuple[float, int, int]:
        train, served = shares[shape]
        bonus = NAMED if shape.window - shape.end in stated else 0.0
        return min(train, served) + 0.05 * (train + served) + (RELIEF if shape.end else 0.0) - bonus, shape.end, shape.window

    return min(shares, key=cost)


def _share(what: Mask, among: Mask) -> float:
    return float((what & among).sum() / max(1, among.sum()))


def _alike(given: Floats, honest: Floats) -> float:
    """How alike the served values and the recounted ones are once both are sorted: 1 for the same values in other rows."""
    a, b = np.sort(given[~np.isnan(given)]), np.sort(honest[~np.isnan(honest)])
    if not len(a) or not len(b):
        return 0.0
    at = np.linspace(0, 1, 50)
    p, q = np.quantile(a, at), np.quantile(b, at)
    return float(1 - np.abs(p - q).mean() / max(1e-9, np.abs(q - q.mean()).mean() + np.abs(p - q).mean()))


def _factor(given: Floats, honest: Floats, wrong: Mask) -> dict[str, float]:
    """The one ratio that explains most of the served cells that do not fit, and how many it explains."""
    able = wrong & (np.nan_to_num(honest) != 0) & ~np.isnan(given)
    if not able.any():
        return {"factor": 1.0, "factor_share": 0.0}
    ratio = given[able] / honest[able]
    tried = {f: float((np.abs(ratio / f - 1) < 0.02).mean()) for f in (0.001, 0.01, 0.1, 1 / 60, 60.0, 10.0, 100.0, 1000.0)}
    factor = max(tried, key=lambda f: tried[f])
    return {"factor": factor, "factor_share": tried[factor]}


def _events(events: Events) -> dict[str, float]:
    """What the events themselves look like."""
    if not len(events.time):
        names = ("sources", "odd_source", "late", "amended", "ahead", "repeats", "weekend", "oldest")
        return dict.fromkeys(names, 0.0)
    n = len(events.time)
    sources = np.unique(events.source.astype(str), return_counts=True)[1]
    near: npt.NDArray[np.bool_] = (events.entity[1:] == events.entity[:-1]) & (np.diff(events.time) <= 600_000_000)
    return {
        "sources": float(len(sources)), "odd_source": float(sources.min() / n), "late": float((events.recorded - events.time > DAY).mean()),
        "amended": float((events.slot >= 0).sum() / n), "ahead": float((events.time > events.recorded).sum() / n),
        "repeats": float(near.sum() / n), "weekend": float(((events.time // DAY + 3) % 7 >= 5).sum() / n),
        "oldest": float((events.time.max() - events.time.min()) / DAY),
    }  # fmt: skip
