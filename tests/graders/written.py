"""Writes findings.toml for the small form: true findings with evidence that holds, and false ones."""

from __future__ import annotations

import json
from typing import Any

from graders import statistics
from graders.key import Key


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(v) for v in value) + "]"
    return json.dumps(value)


def finding(locus: dict[str, Any], family: str = "target_leakage", confidence: float = 1.0, *, action: str = "fix", **more: Any) -> str:
    keys = {"locus": locus, "family": family, "confidence": confidence, "action": action, **more}
    return "[[finding]]\n" + "".join(f"{k} = {toml(v)}\n" for k, v in keys.items())


def column(name: str, table: str = "train") -> dict[str, str]:
    return {"kind": "column", "table": table, "column": name}


def claim(id: str, point: float, low: float, high: float) -> str:
    return f"[claim.{id}]\npoint = {point}\nlow = {low}\nhigh = {high}\n"


def cells(key: Key, table: str, name: str, count: int = 3) -> list[dict[str, Any]]:
    """True citations of the first wrong cells of a column."""
    given, honest = key.given(table), key.honest(table)
    id_ = "request_id" if table == "serving_log" else "row_id"
    rows = (given[name] != honest[name]).to_numpy().nonzero()[0][:count]
    return [
        {"table": table, "row": given[id_].iloc[i], "column": name, "value": float(given[name].iloc[i]), "should_be": float(honest[name].iloc[i])}
        for i in rows
    ]


def true_findings(key: Key, confidence: float = 1.0) -> list[str]:
    """Every fault of the small form, with kind and evidence."""
    copied = key.truth.row_sets["f3"]
    gap = statistics.timestamp_gap(key.given("acceptance"), key.given("train"))
    pairs = [{"row": a, "other": b} for a, b in copied.pairs[:3]]
    rows = {"kind": "rows", "table": "holdout", "ids": list(copied.rows)}
    timestamp_gap = {"name": "timestamp_gap", "table": "acceptance", "other": "train", "value": round(gap, 3)}
    return [
        finding(column("calls_28d"), "future_timestamp", confidence, kind="window_past_decision", citations=cells(key, "train", "calls_28d")),
        finding(column("price", "serving_log"), "serving_skew", confidence, kind="unit_switch", citations=cells(key, "serving_log", "price")),
        finding(rows, "contamination", confidence, kind="copied_rows", pairs=pairs),
        finding({"kind": "split", "table": "acceptance"}, "contamination", confidence, kind="time_shuffled_split", statistic=timestamp_gap),
    ]


def claims(point: float = 0.8) -> str:
    return claim("mine", point, point - 0.006, point + 0.006) + claim("inherited", 0.7, 0.695, 0.705)
