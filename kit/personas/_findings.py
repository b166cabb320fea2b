"""Findings as a careful candidate has them: every fault with cells, pairs and a statistic that hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from graders import statistics
from graders.findings import NULL
from graders.key import TABLES, Fault, Key, id_column
from kit.personas._form import Form
from kit.personas._writing import Accusation

CONFIDENCE = 0.97
CITED = 5
"""Cells or pairs in a finding: two more than needed."""


def accusations(form: Form, faults: Sequence[Fault] | None = None, *, confidence: float = CONFIDENCE) -> tuple[Accusation, ...]:
    """One accusation for each fault of the form (or of those given), with evidence that holds."""
    return tuple(accuse(form.key, fault, confidence=confidence) for fault in (form.key.truth.faults if faults is None else faults))


def accuse(key: Key, fault: Fault, *, confidence: float) -> Accusation:
    """The accusation of one fault: its place, family and kind, cells or pairs, and a statistic that decides it."""
    column = fault.locus.kind == "column"
    pairs = [] if column else row_pairs(key, fault)
    return Accusation(
        kind_of_locus=fault.locus.kind, table=fault.locus.table, column=fault.locus.column or "", family=fault.family, kind=fault.mechanism,
        confidence=confidence, why=" ".join(f"{fault.explanation} {fault.trail}".split()),
        rows=key.truth.row_sets[fault.id].rows if fault.locus.kind == "rows" else (),
        citations=tuple(cells(key, fault)) if column else (),
        pairs=tuple({"row": row, "other": other} for row, other in pairs[:: max(1, len(pairs) // CITED)][:CITED]),
        statistic=statistic(key, fault),
    )  # fmt: skip


def cells(key: Key, fault: Fault) -> list[dict[str, Any]]:
    """Cells of the faulty column that are wrong, with what should stand there, spread over the table."""
    table, column = fault.locus.table, str(fault.locus.column)
    given, honest, unit = key.given(table)[column], key.honest(table)[column], key.truth.columns[column].unit
    apart = (given - honest).abs().to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero((apart > unit) | (given.isna() != honest.isna()).to_numpy())
    if not len(wrong):
        wrong = np.flatnonzero(apart > unit / 2)
    chosen = wrong[:: max(1, len(wrong) // CITED)][:CITED]
    ids = key.given(table)[id_column(table)]
    return [
        {"table": table, "row": str(ids.iloc[i]), "column": column, "value": _cell(given.iloc[i]), "should_be": _cell(honest.iloc[i])} for i in chosen
    ]


def row_pairs(key: Key, fault: Fault) -> list[tuple[str, str]]:
    """Pairs of rows that make the fault: the listed ones, or for a split each early row with a later training row of the same entity."""
    listed = key.truth.row_sets[fault.id]
    if listed.pairs:
        return list(listed.pairs)
    table, train = (key.given(name)[["row_id", "entity_id", "decision_time"]] for name in (fault.locus.table, "train"))
    both = table[table["row_id"].isin(listed.rows)].merge(train, on="entity_id", suffixes=("", "_train"))
    both = both[both["decision_time"] < both["decision_time_train"]].drop_duplicates("row_id")
    return list(zip(both["row_id"].astype(str), both["row_id_train"].astype(str), strict=True))


def statistic(key: Key, fault: Fault) -> dict[str, Any] | None:
    """The first statistic that decides the fault, computed by the functions of `evidence.py` (the grader's file, issued verbatim)."""
    table = fault.locus.table
    for name in fault.decisive:
        function = statistics.STATISTICS[name]
        if name in ("recomputed_difference", "served_difference"):
            column = str(fault.locus.column)
            place = "serving_log" if name == "served_difference" else table
            if place not in TABLES:
                continue
            value = function(key.given(place), column, key.honest(place)[column])
            return {"name": name, "table": place, "column": column, "value": round(value, 6)}
        if name in ("duplicate_count", "group_overlap", "timestamp_gap"):
            return {"name": name, "table": table, "other": "train", "value": round(function(key.given(table), key.given("train")), 6)}
        if name == "late_share" and fault.streams:
            return {"name": name, "stream": fault.streams[0], "value": round(function(key.events(fault.streams[0])), 6)}
    return None


def _cell(value: object) -> float | str:
    return NULL if pd.isna(value) else value if isinstance(value, str) else float(value)  # type: ignore[arg-type]
