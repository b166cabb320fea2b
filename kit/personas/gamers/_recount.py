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
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from kit.personas.gamers._sampled import Rows, Sampled
from kit.personas.workshop.asof import DAY, Events, Floats, Ints, Mask

AGGREGATES = ("count", "sum", "mean", "max", "last", "days_since")
WINDOWS = (7, 14, 21, 28, 30, 42, 56, 60, 84, 90, 91, 180, 365, 0)
"""Days; 0 is the whole history."""
ENDS = (0, 7, 14, 21, 28)
"""Days after the decision at which a window may end."""
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


class Shape(NamedTuple):
    """A plain definition."""

    aggregate: str
    window: int
    end: int
    by: str


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
        answers: Floats = self.answers_to((window,), end)[0]
        return answers

    def answers_to(self, windows: Sequence[int], end: int) -> Floats:
        """(windows, aggregates, rows): the same for several windows with one end."""
        base = np.arange(self._n) * self._span
        begin = np.array([self._place(end - window) if window else 0 for window in windows])
        high = np.searchsorted(self._key, base + self._place(end), side="right")
        low = np.searchsorted(self._key, base + begin[:, None], side="right")
        count, known = high - low, self._there[high] - self._there[low]
        total = self._total[high] - self._total[low]
        mean = np.floor((200 * total + known) / (2 * np.maximum(known, 1))) / 100
        top = np.maximum.reduceat(self._top, np.stack([low, np.broadcast_to(high, low.shape)], axis=2).ravel())[::2].reshape(low.shape)
        last = np.maximum(high - 1, 0)
        since = -(np.append(self._delta, 0)[last]) // DAY
        none = count == 0
        return np.stack([
            count, total, np.where(known > 0, mean, np.nan), np.where(none | np.isinf(top), np.nan, top),
            np.where(none, np.nan, self._value[last]), np.where(none, np.nan, since),
        ], axis=1)  # fmt: skip

    def _place(self, days: int) -> int:
        return min(max(days * DAY - self._first + 1, 0), self._span - 1)


def differs(given: Floats, answer: Floats, unit: float) -> Mask:
    """Cells that are apart by more than half a rounding unit, or empty on one side only."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(given - answer) > unit / 2 + 1e-9
    mask: Mask = apart | (np.isnan(given) != np.isnan(answer))
    return mask


def windows(end: int) -> tuple[int, ...]:
    """The windows that are tried with an end: those listed, and those that begin where a listed one would."""
    return tuple(sorted({*WINDOWS, *(w + end for w in WINDOWS if w)}))


def recount(sampled: Sampled, asked: Sequence[Asked]) -> pd.DataFrame:
    """One row a column: the definition that fits, on each clock the shares of cells that it contradicts, and what the misfits look like."""
    found = {a.name: _column(sampled, a) for a in sorted(asked, key=lambda a: a.stream)}
    sampled.close_log()
    return pd.DataFrame.from_dict({a.name: found[a.name] for a in asked}, orient="index")


def _column(sampled: Sampled, asked: Asked) -> dict[str, Any]:
    both = sampled.both
    given = [r.frame[asked.name].to_numpy(dtype=np.float64, na_value=np.nan) for r in both]
    whole = all(np.array_equal(g[~np.isnan(g)], np.round(g[~np.isnan(g)])) for g in given)
    unit = 1.0 if whole and asked.divide == 1 else 0.01
    events = sampled.events(asked.stream, asked.type, "entity")
    shares = search(events, asked, both, given, unit, by="entity")
    if min(min(pair) for pair in shares[True].values()) > 0.5:  # nothing of the entity's own fits: perhaps the group's does
        grouped = sampled.events(asked.stream, asked.type, "group")
        theirs = search(grouped, asked, both, given, unit, by="group")
        if min(min(p) for p in theirs[True].values()) < min(min(p) for p in shares[True].values()):
            events, shares = grouped, theirs
    aware, naive = _best(shares[True], asked.name), _best({s: m for s, m in shares[False].items() if not s.end}, asked.name)
    later = min((s for s in shares[False] if s.end and s.aggregate == naive.aggregate), key=lambda s: shares[False][s][0])
    plain = min((s for s in shares[True] if not s.end), key=lambda s: min(shares[True][s]))
    served = min(shares[True], key=lambda s: (shares[True][s][1], s.end, s.window))
    honest = [one(paired(events, r, aware.by), asked, aware) for r in both]
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
        pairs = [paired(events, r, by, aware=aware) for r in both]
        out[aware] = {}
        for end in ENDS:
            tried = windows(end)
            wrong = [differs(g, p.answers_to(tried, end) / divide, unit).mean(axis=2).ravel() for g, p in zip(given, pairs, strict=True)]
            shapes = (Shape(aggregate, window, end, by) for window in tried for aggregate in AGGREGATES)
            out[aware].update(zip(shapes, zip(*(w.tolist() for w in wrong), strict=True), strict=True))
    return out


def paired(events: Events, rows: Rows, by: str, *, aware: bool = True) -> Pairs:
    """The events of each row's entity or group."""
    return Pairs(events, rows.entity if by == "entity" else rows.group, rows.at, aware=aware)


def one(pairs: Pairs, asked: Asked, shape: Shape) -> Floats:
    """The values of a shape for the rows."""
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
