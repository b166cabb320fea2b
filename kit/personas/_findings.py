"""Findings and claims as a careful candidate writes them: every fault with cells, pairs and a statistic that hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graders import statistics
from graders.findings import NULL
from graders.key import TABLES, Fault, Key, id_column
from kit.personas._form import Form

CONFIDENCE = 0.97
CITED = 5
"""Cells or pairs in a finding: two more than needed."""
INLINE = 40
"""Row sets up to this size are listed in findings.toml; larger ones lie in a CSV beside it."""


def findings_toml(form: Form, claims: Mapping[str, Mapping[str, float]], folder: Path, *, report: bool = True) -> str:
    """The text of findings.toml; row sets go to CSV files in `folder`. With `report` off there are claims only."""
    parts = [_finding(form, fault, folder) for fault in form.key.truth.faults] if report else []
    parts += [_section(f"claim.{name}", claims[name]) for name in ("mine", "inherited")]
    return "\n".join(parts)


def _finding(form: Form, fault: Fault, folder: Path) -> str:
    locus: dict[str, Any] = {"kind": fault.locus.kind, "table": fault.locus.table}
    values: dict[str, Any] = {"locus": locus, "family": fault.family, "kind": fault.mechanism, "confidence": CONFIDENCE, "action": "fix"}
    values["why"] = " ".join(f"{fault.explanation} {fault.trail}".split())
    if fault.locus.kind == "column":
        locus["column"] = fault.locus.column
        values["citations"] = cells(form.key, fault)
    else:
        pairs = row_pairs(form.key, fault)
        values["pairs"] = [{"row": row, "other": other} for row, other in pairs[:: max(1, len(pairs) // CITED)][:CITED]]
        if fault.locus.kind == "rows":
            rows = form.key.truth.row_sets[fault.id].rows
            if len(rows) <= INLINE:
                locus["ids"] = list(rows)
            else:
                locus["file"] = f"rows_{fault.id}.csv"
                (folder / locus["file"]).write_text("\n".join(["row_id", *rows]) + "\n", encoding="utf-8")
    number = statistic(form.key, fault)
    if number:
        values["statistic"] = number
    return _section("[finding]", values)


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


def _section(header: str, values: Mapping[str, Any]) -> str:
    return f"[{header}]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(v)}" for name, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)
