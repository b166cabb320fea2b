"""A small sealed form and the evidence of submissions to it, made by hand: enough of everything that grading reads.

Four faults: a leak (f1, count column), a skew of serving (f2, a price in minor units online), copied rows in the holdout (f3) and a
split by shuffled time (f4), each with its twin.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

BATCHES = ("p1", "p2")
PROBES = ("served", "honest", "leak_f1", "order", "part_a", "part_b", "late")
UNITS = {"calls_28d": 1, "price": 0.01, "visits": 1, "amount": 0.01}
N = {"train": 400, "holdout": 120, "acceptance": 120, "serving_log": 200}
REQUESTS = 800

Scores = Callable[[str, str, pd.DataFrame], np.ndarray]


def make_form(folder: Path) -> Path:
    """Writes the form folder that Key.load opens."""
    rng = np.random.default_rng(7)
    tables = {name: _table(name, n, rng) for name, n in N.items()}
    copies = tables["train"].iloc[:20]
    columns = ["calls_28d", "price", "visits", "plan", "amount", "label"]
    tables["holdout"].loc[tables["holdout"].index[:20], columns] = copies[columns].to_numpy()
    honest = {name: t.drop(columns=["label", "entity_id", "decision_time"], errors="ignore") for name, t in tables.items()}
    given = {name: t.copy() for name, t in tables.items()}
    for name in ("train", "holdout", "acceptance"):
        leaks = (given[name]["label"] == 1) & (np.arange(len(given[name])) % 2 == 0)
        given[name].loc[leaks, "calls_28d"] += 3
    given["serving_log"]["price"] = (given["serving_log"]["price"] * 100).round(2)
    (folder / "given" / "events").mkdir(parents=True)
    (folder / "honest").mkdir()
    for name in N:
        given[name].to_parquet(folder / "given" / f"{name}.parquet")
        honest[name].sample(frac=1, random_state=1).to_parquet(folder / "honest" / f"{name}.parquet")
    _events().to_parquet(folder / "given" / "events" / "calls.parquet")
    for batch in BATCHES:
        (folder / "outcomes" / batch).mkdir(parents=True)
        y = (rng.random(REQUESTS) < 0.3).astype(np.int64)
        for probe in PROBES:
            entity = rng.permutation(REQUESTS)
            entity = entity[entity < REQUESTS // 2] if probe == "part_a" else entity[entity >= REQUESTS // 2] if probe == "part_b" else entity
            ids = [f"q_{batch}_{probe}_{i}" for i in range(len(entity))]
            pd.DataFrame({"request_id": ids, "y": y[entity], "entity": entity}).to_parquet(folder / "outcomes" / batch / f"{probe}.parquet")
    pairs = [[given["holdout"]["row_id"].iloc[i], given["train"]["row_id"].iloc[i]] for i in range(20)]
    (folder / "key.json").write_text(json.dumps(_key(pairs)), encoding="utf-8")
    (folder / "calls.json").write_text(json.dumps({"calls": _calls()}), encoding="utf-8")
    return folder


def _table(name: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    start = {"train": "2024-01-01", "holdout": "2024-03-01", "acceptance": "2024-05-01", "serving_log": "2024-06-01"}[name]
    table = pd.DataFrame(
        {
            ("request_id" if name == "serving_log" else "row_id"): [f"{name[0]}{name[-1]}_{i:04d}" for i in range(n)],
            "entity_id": [f"c_{i:04d}" for i in rng.integers(0, 5000, n)],
            "decision_time": pd.Timestamp(start, tz="UTC") + pd.to_timedelta(rng.integers(0, 50, n), unit="D"),
            "calls_28d": rng.poisson(4, n),
            "price": rng.lognormal(3, 1, n).round(2),
            "visits": rng.poisson(9, n),
            "plan": rng.choice(["basic", "plus"], n),
            "amount": np.where(rng.random(n) < 0.2, np.nan, rng.normal(50, 9, n).round(2)),
        }
    )
    if name != "serving_log":
        table["label"] = (rng.random(n) < 0.3).astype(np.int64)
    return table


def _events() -> pd.DataFrame:
    time = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.arange(10), unit="D")
    late = pd.to_timedelta(np.where(np.arange(10) < 4, 2, 0), unit="D")
    names = [f"e_{i}" for i in range(10)]
    return pd.DataFrame(
        {"event_id": names, "entity_id": "c_0001", "event_time": time, "recorded_at": time + late, "type": "call", "value": 1, "source": "desk"}
    )


def _key(pairs: list[list[str]]) -> dict[str, Any]:
    def column(name: str, table: str = "train") -> dict[str, str]:
        return {"kind": "column", "table": table, "column": name}

    def fault(id: str, mechanism: str, family: str, level: int, locus: dict[str, str], **more: Any) -> dict[str, Any]:
        words = {name: f"{name} of {id}" for name in ("title", "explanation", "trail", "price", "question")}
        base = {"accepted": [locus], "siblings": [], "changed": [], "decisive": [], "probe": None, "twin": id.replace("f", "d")}
        return {"id": id, "mechanism": mechanism, "family": family, "level": level, "locus": locus, **base, **words, **more}

    def decoy(id: str, locus: dict[str, str]) -> dict[str, Any]:
        return {"id": id, "decoy": "kind", "twin_of": id.replace("d", "f"), "locus": locus, "title": f"title of {id}", "explanation": "honest"}

    rows, split = {"kind": "rows", "table": "holdout"}, {"kind": "split", "table": "holdout"}
    return {
        "schema": 1, "id": "th_small", "scenario": "toy", "task": "binary", "metric": "roc_auc", "form": "short", "level": "mid", "horizon_days": 28,
        "title": "A toy", "columns": {name: {"unit": unit, "definition": name} for name, unit in UNITS.items()},
        "faults": [
            fault("f1", "window_past_decision", "future_timestamp", 2, column("calls_28d"), siblings=["target_leakage"], changed=["amount"],
                  decisive=["recomputed_difference"], probe="leak_f1"),
            fault("f2", "unit_switch", "serving_skew", 1, column("price", "serving_log"), decisive=["served_difference"]),
            fault("f3", "copied_rows", "contamination", 1, rows, decisive=["duplicate_count"]),
            fault("f4", "time_shuffled_split", "contamination", 3, {"kind": "split", "table": "acceptance"}, decisive=["timestamp_gap"]),
        ],
        "decoys": [decoy("d1", column("visits")), decoy("d2", column("plan", "serving_log")), decoy("d3", {"kind": "rows", "table": "train"}),
                   decoy("d4", split)],
        "row_sets": {"f3": {"table": "holdout", "rows": [p[0] for p in pairs], "pairs": pairs}},
        "reference": {
            "m_base": 0.5, "m_ref": 0.8, "m_inherited": 0.7, "tau": 0.05, "gain": {"f1": {"reference": 0.0, "inherited": 0.08, "se": 0.005}},
            "training_shift": {"inherited": 0.1, "noise": 0.01, "se": 0.002}, "null": {"s0": 0.01, "inherited": 0.16},
            "duplicates": {"s0": 0.01, "inherited": 0.1},
            "control": {"a": {"repaired": 0.12, "dropped": 0.1}, "b": {"repaired": 0.3, "dropped": 0.27}},
            "skew": {"inherited": 0.1, "se": 0.005},
            "metric_se": 0.01, "holdout_inherited": 0.9, "n_positive": 1300,
        },
        "certificate": {"holds": True, "checks": [], "attempts": []},
    }  # fmt: skip


def _calls() -> list[dict[str, Any]]:
    calls = [{"name": f"train_{m}", "command": "train", "data": "real" if m != "repaired" else m} for m in ("real", "again", "repaired")]
    calls += [{"name": f"validate_{w}", "command": "validate", "data": w} for w in ("real", "null", "duplicates", "control_a", "control_b")]
    for batch in BATCHES:
        for model in ("real", "again", "repaired"):
            for probe in PROBES if model == "real" else ("served",):
                name = f"predict_{model}_{batch}_{probe}"
                calls.append({"name": name, "command": "predict", "model": f"train_{model}", "batch": batch, "probe": probe})
    return calls


def careful(model: str, probe: str, outcomes: pd.DataFrame) -> np.ndarray:
    """A sound pipeline: the same score for the same request on every call."""
    noise = np.random.default_rng(11).normal(0, 1, REQUESTS)[outcomes["entity"]]
    return 1.2 * outcomes["y"].to_numpy() + noise


def inherited(model: str, probe: str, outcomes: pd.DataFrame) -> np.ndarray:
    """The pipeline as handed over: feeds on the leak, moves when the data are repaired, suffers from the skew."""
    rng = np.random.default_rng(12)
    score = 0.9 * outcomes["y"].to_numpy() + rng.normal(0, 1, REQUESTS)[outcomes["entity"]]
    if probe.startswith("leak"):
        score = score + 0.6 * outcomes["y"].to_numpy()
    if model == "repaired":
        score = score + rng.normal(0, 1, REQUESTS)[outcomes["entity"]]
    if probe not in ("honest", "leak_f1"):
        score = score + 1.2 * rng.normal(0, 1, REQUESTS)[outcomes["entity"]]
    return score


HONEST = {"real": 0.79, "null": 0.505, "duplicates": 0.49, "control_a": 0.61, "control_b": 0.82}
FOOLED = {"real": 0.95, "null": 0.66, "duplicates": 0.6, "control_a": 0.62, "control_b": 0.8}


def make_evidence(
    folder: Path,
    form: Path,
    *,
    scores: Scores = careful,
    validations: dict[str, float] = HONEST,
    findings: str = "",
    failed: dict[str, str] | None = None,
) -> Path:
    """Writes the evidence folder that Evidence.load opens; `failed` maps call names to the side that failed."""
    failed = failed or {}
    record: dict[str, Any] = {
        "schema": 1, "takehome": "th_small", "kit_version": "0.1.0", "submission_sha256": "ab" * 32,
        "backend": {"name": "bubblewrap", "level": "full", "protections": ["no network"]}, "calls": {}, "documents": {}, "notes": [],
    }  # fmt: skip
    for call in _calls():
        name = call["name"]
        side = failed.get(name, "ok")
        outcome = {"ok": "ok", "submission": "crashed", "instrument": "instrument"}[side]
        message = "" if side == "ok" else "as arranged"
        record["calls"][name] = {"outcome": outcome, "side": side, "message": message, "exit": 0, "wall_s": 1.5, "cpu_s": 1.0, "rss_mib": 100}
        (folder / "calls" / name).mkdir(parents=True)
        if side != "ok":
            continue
        if call["command"] == "validate":
            said = {"metric": "roc_auc", "estimate": validations[call["data"]], "low": 0.1, "high": 0.9, "n": 100}
            (folder / "calls" / name / "validation.json").write_text(json.dumps(said), encoding="utf-8")
        if call["command"] == "predict":
            outcomes = pd.read_parquet(form / "outcomes" / call["batch"] / f"{call['probe']}.parquet")
            model = name.split("_")[1]
            scores(model, call["probe"], outcomes).astype("<f8").tofile(folder / "calls" / name / "scores.f64")
    (folder / "submission").mkdir()
    if findings:
        (folder / "submission" / "findings.toml").write_text(findings, encoding="utf-8")
    (folder / "submission" / "MEMO.md").write_text("# Memo\nTrust nothing.\n", encoding="utf-8")
    (folder / "evidence.json").write_text(json.dumps(record), encoding="utf-8")
    return folder
