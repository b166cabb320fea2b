"""The recount of somebody who asks of each column which faulty job would have written it, to the last cell.

Four jobs are tried on every column whose values its definition does not bring out, with every number of days that they could be late: one that
computes as of a later day, one that counts what was recorded by then, one that fills gaps with what came later, and one that takes values as they
ended. Days are chosen on a sample; what is left under the best job is counted over all rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from kit.personas.gamers._recount import AGGREGATES, Asked, Pairs, differs
from kit.personas.gamers._rules import ruling
from kit.personas.gamers._sampled import Rows, Sampled
from kit.personas.workshop.asof import DAY, Events, Floats

DAYS = range(1, 71)
"""By how many days a job may be late."""
TRIED = 400
"""Rows on which the days are chosen."""
BEST = 3
"""Jobs that are looked at on all rows."""
LEAST = 0.02
"""Mismatch under a column's own definition from which its job is looked for."""


def jobs(sampled: Sampled, asked: Sequence[Asked], ruled: pd.DataFrame, recounted: pd.DataFrame) -> pd.DataFrame:
    """One row a column that misfits in training: the job that leaves least, its days, and the share of cells that it leaves (`left`)."""
    wanted = [a for a in asked if ruled.loc[a.name, "ruled_train"] > LEAST]
    rows = sampled.training
    out = {a.name: _column(sampled, rows, a, ruled.loc[a.name], recounted.loc[a.name]) for a in sorted(wanted, key=lambda a: a.stream)}
    sampled.close_log()
    return pd.DataFrame.from_dict({a.name: out[a.name] for a in wanted}, orient="index", columns=["job", "days", "left"])


def _column(sampled: Sampled, rows: Rows, asked: Asked, rule: pd.Series, seen: pd.Series) -> dict[str, Any]:
    by = str(seen["by"])
    events = ruling(sampled.log(asked.stream).of(asked.type, [rows], by), asked, str(rule["rule"]), str(rule["word"]))
    stated = re.search(r"(\d+)d\b", asked.name)
    window = int(stated.group(1)) if stated else int(rule["window"])
    look = _Look(events, rows, asked, by, str(seen["aggregate"]), window, float(seen["unit"]))
    few = np.unique(np.linspace(0, len(rows.at) - 1, min(TRIED, len(rows.at))).astype(int))
    tried = [(left, job, days) for days in DAYS for job, left in look.left(days, few).items()]
    least: dict[str, float] = {}
    for left, job, _ in tried:
        least[job] = min(left, least.get(job, 1.0))
    best = sorted(least, key=lambda job: least[job])[:BEST]
    alike = {job: [days for left, name, days in tried if name == job and left <= least[job]] for job in best}  # the sample does not tell these apart
    found = [(look.final(), "final", 0)]
    for job, days in {(name, alike[name][end]) for name in best for end in (0, -1)}:
        found.append((look.left(days, np.arange(len(rows.at)))[job], job, days))
    left, job, days = min(found)
    return {"job": job, "days": days, "left": left}


class _Look:
    """One column under each job."""

    def __init__(self, events: Events, rows: Rows, asked: Asked, by: str, aggregate: str, window: int, unit: float) -> None:
        self.events, self.at, self.window, self.unit = events, rows.at, window, unit
        self.owner = rows.entity if by == "entity" else rows.group
        self.given = rows.frame[asked.name].to_numpy(dtype=np.float64, na_value=np.nan)
        self.line, self.divide = AGGREGATES.index(aggregate), 1 if aggregate in ("count", "days_since") else asked.divide
        self.gaps = aggregate in ("last", "mean", "max")
        self.honest = self._answer(self._pairs(np.arange(len(self.at)), 0), window, 0)

    def left(self, days: int, rows: np.ndarray) -> dict[str, float]:
        """Share of these rows that each job leaves, so many days late."""
        pairs = self._pairs(rows, days)
        later = self._answer(pairs, self.window, 0)
        told = {"later": later, "grace": self._answer(pairs, self.window, -days)}
        if self.window:
            told["longer"] = self._answer(pairs, self.window + days, 0)
        if self.gaps:
            told["filled"] = np.where(np.isnan(self.honest[rows]), self._answer(pairs, days, 0), self.honest[rows])
            told["next"] = np.where(np.isnan(self.honest[rows]), self._next(rows, days), self.honest[rows])
        return {job: self._differ(values, rows) for job, values in told.items()}

    def final(self) -> float:
        """Share that is left when every value is taken as it ended."""
        rows, ended = np.arange(len(self.at)), replace(self.events, slot=np.full_like(self.events.slot, -1))
        return self._differ(self._answer(Pairs(ended, self.owner, self.at, aware=True), self.window, 0), rows)

    def _pairs(self, rows: np.ndarray, days: int) -> Pairs:
        return Pairs(self.events, self.owner[rows], self.at[rows] + days * DAY, aware=True)

    def _answer(self, pairs: Pairs, window: int, end: int) -> Floats:
        values: Floats = pairs.answers(window, end)[self.line]
        return values / self.divide

    def _next(self, rows: np.ndarray, days: int) -> Floats:
        """The first value after each moment, if it comes within so many days."""
        if not len(self.events.time):
            return np.full(len(rows), np.nan)
        begin = min(int(self.events.time.min()), int(self.at.min()))
        span = max(int(self.events.time.max()), int(self.at.max())) - begin + 1
        place = np.searchsorted(self.events.owner * span + self.events.time - begin, self.owner[rows] * span + self.at[rows] - begin, side="right")
        safe = np.minimum(place, len(self.events.time) - 1)
        within = (place < len(self.events.time)) & (self.events.owner[safe] == self.owner[rows])
        within &= self.events.time[safe] <= self.at[rows] + days * DAY
        return np.where(within, self.events.value[safe] / self.divide, np.nan)

    def _differ(self, values: Floats, rows: np.ndarray) -> float:
        return float(differs(self.given[rows], values, self.unit).mean())
