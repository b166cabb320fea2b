"""Accusations as a script makes them: the confidence that pays best, a family and kind by rule of thumb, evidence from the recount."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from graders import statistics
from kit.personas._writing import Accusation
from kit.personas.gamers._desk import Desk

COLUMN_FAULTS = 6
"""Faults that sit in a column of a typical form: eight faults, of which one or two are rows or a split. The brief says 4 to 12."""
MOST = 24
"""Accusations that count at all."""
CITED = 5
MOST_SURE = 0.9
"""A script does not know what it does not know."""


def stated(belief: float, worth: float = 0.85) -> float:
    """The confidence with the best expected payoff, from the chance of being right and what a hit is worth.

    Expected: worth x belief x (3p^2 - 2p^3) - (1 - belief) x 2p^3, greatest at p = worth x belief / (worth x belief + 1 - belief).
    """
    paid = worth * belief
    return round(paid / (paid + 1 - belief), 3) if belief > 0 else 0.0


def among(count: int, expected: float = COLUMN_FAULTS) -> float:
    """The chance that one of `count` accused is guilty, when about so many of them are."""
    return min(MOST_SURE, expected / max(1, count))


def plain(
    desk: Desk, names: Iterable[str], confidence: float, why: str, *, family: str = "target_leakage", table: str = "train"
) -> tuple[Accusation, ...]:
    """Columns accused alike and without evidence."""
    return tuple(
        Accusation(kind_of_locus="column", table=table, column=name, family=family, confidence=confidence, why=why) for name in names
    )  # fmt: skip


def recounted(desk: Desk, names: Iterable[str], belief: float, why: str, *, rules: bool = False) -> tuple[Accusation, ...]:
    """Columns accused with what the recount says of them: side, family, kind, cells and a statistic."""
    return tuple(one(desk, name, belief, why, rules=rules) for name in names)


def one(desk: Desk, name: str, belief: float, why: str, *, rules: bool = False) -> Accusation:
    """One such column."""
    if name not in desk.recounted().index:
        return Accusation(kind_of_locus="column", table="train", column=name, family="target_leakage", confidence=stated(belief, 0.4), why=why)
    row = desk.recounted().loc[name].to_dict()
    if rules:
        fitted = desk.ruled().loc[name]
        row |= {"aware_train": fitted["ruled_train"], "aware_served": fitted["ruled_served"]}
    table, kind = charge(row)
    cells, statistic = evidence(desk, name, table, rules=rules)
    family = desk.glossary.get(kind, "serving_skew" if table == "serving_log" else "future_timestamp")
    return Accusation(
        kind_of_locus="column", table=table, column=name, family=family, kind=kind if kind in desk.glossary else "",
        confidence=stated(belief, 0.85 if cells else 0.4), why=why, citations=cells, statistic=statistic,
    )  # fmt: skip


def charge(row: dict[str, Any]) -> tuple[str, str]:
    """Table and kind, from how a column misfits."""
    if row["aware_served"] > row["aware_train"]:
        if row["factor_share"] >= 0.3:
            return "serving_log", "unit_switch"
        shorter = row["served_window"] != row["window"] and row["served_own"] < 0.25 * row["aware_served"]
        return "serving_log", "window_length" if shorter else "wrong_row_join"
    if row["aggregate"] == "last" and row["window"] == 0:
        return "train", "final_status"
    if row["filled"] > 0.5 * row["aware_train"]:
        return "train", "backfilled_gaps"
    if row["aggregate"] == "sum" and row["below"] > 0.9:
        return "train", "refund_trace"
    if row["later_gain"] > 0.1:
        return "train", "window_past_decision"
    return "train", "event_time_not_recorded_at"


Evidence = tuple[tuple[dict[str, Any], ...], dict[str, Any] | None]


def evidence(desk: Desk, name: str, table: str, *, rules: bool = False) -> Evidence:
    """Cells that the recount contradicts, with its values, spread over the table; and the mean difference over the whole table."""
    return desk.remember(f"evidence on {name} of {table}{' by rules' if rules else ''}", lambda: _evidence(desk, name, table, rules=rules))


def _evidence(desk: Desk, name: str, table: str, *, rules: bool) -> Evidence:
    frame, honest = desk.table(table), desk.honest(table, rules=rules)[name]
    key = "request_id" if table == "serving_log" else "row_id"
    given = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    true = honest.to_numpy(dtype=np.float64, na_value=np.nan)
    unit = float(desk.recounted().loc[name, "unit"])
    with np.errstate(invalid="ignore"):
        wrong = np.flatnonzero((np.abs(given - true) > unit + 1e-9) | (np.isnan(given) != np.isnan(true)))
        if len(wrong) < CITED:
            wrong = np.flatnonzero((np.abs(given - true) > unit / 2 + 1e-9) | (np.isnan(given) != np.isnan(true)))
    if not len(wrong):
        return (), None
    wrong = wrong[frame["decision_time"].iloc[wrong].argsort(kind="stable").to_numpy()]
    wrong = wrong[len(wrong) // 2 :] if len(wrong) >= 4 * CITED else wrong  # later rows: what was purged since reaches them less
    chosen = wrong[:: max(1, len(wrong) // CITED)][:CITED]
    cells = tuple(
        {"table": table, "row": str(frame[key].iloc[i]), "column": name, "value": _cell(given[i]), "should_be": _cell(true[i])} for i in chosen
    )
    statistic = "served_difference" if table == "serving_log" else "recomputed_difference"
    value = statistics.STATISTICS[statistic](frame, name, honest)
    return cells, {"name": statistic, "table": table, "column": name, "value": round(value, 6)}


def misfits(frame: pd.DataFrame, columns: Iterable[str], least: float) -> list[str]:
    """Columns that misfit on one of the given measures by more than `least`, the worst first."""
    worst = frame[list(columns)].max(axis=1)
    return [str(name) for name in worst[worst > least].sort_values(ascending=False, kind="stable").index[:MOST]]


def _cell(value: float) -> float | str:
    return "null" if np.isnan(value) else float(value)
