"""A very small form, as a build leaves it, and the take-home written from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.starter import write_takehome

TEMPLATE = Path(__file__).resolve().parents[2] / "candidate_template"
ID = "tkq7f3"
START = pd.Timestamp("2029-01-01T06:00:00Z")
COLUMNS = ("calls_28d", "logins_28d", "spend_mean", "plan")
TASKS = ("binary", "regression")


def moments(days: Any) -> pd.Series:
    return pd.Series(START + pd.to_timedelta(days, unit="D")).astype("datetime64[us, UTC]")


def table(rng: np.random.Generator, n: int, key: str, *, weeks: tuple[int, ...], task: str | None) -> pd.DataFrame:
    z = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            key: [f"{key[0]}_{number:08x}" for number in rng.choice(2**32, n, replace=False)],
            "entity_id": [f"s_{number:03d}" for number in rng.integers(0, 90, n)],
            "decision_time": moments(7 * rng.choice(weeks, n)),
            "spend_mean": np.where(rng.random(n) < 0.1, np.nan, np.round(z + rng.normal(size=n), 2)),
            "plan": rng.choice(["solo", "duo", "family"], n),
            "calls_28d": rng.poisson(np.exp(0.4 * z)).astype(np.int64),
            "logins_28d": rng.poisson(3, n).astype(np.int64),
        }
    )
    if task == "binary":
        frame["label"] = (rng.random(n) < 1 / (1 + np.exp(1 - 2 * z))).astype(np.int64)
    elif task == "regression":
        frame["label"] = np.round(3e5 * np.exp(0.3 * z), -2)
    return frame


def world(rng: np.random.Generator, folder: Path) -> None:
    (folder / "events").mkdir(parents=True)
    n = 400
    days = rng.uniform(0, 250, n)
    events = pd.DataFrame(
        {
            "event_id": [f"e_{number:08x}" for number in rng.choice(2**32, n, replace=False)],
            "entity_id": [f"s_{number:03d}" for number in rng.integers(0, 90, n)],
            "event_time": moments(days),
            "recorded_at": moments(days + 0.2),
            "type": "call",
            "value": pd.array(rng.integers(1, 9, n), dtype="Int64"),
            "source": "desk",
        }
    )
    events.to_parquet(folder / "events" / "desk.parquet", index=False)
    amended = events[["event_id", "recorded_at"]].head(20).assign(stream="desk", old_value=1, new_value=2)
    amended.insert(0, "amendment_id", [f"m_{number}" for number in range(20)])
    amended.to_parquet(folder / "events" / "amendments.parquet", index=False)
    people = pd.DataFrame({"entity_id": [f"s_{number:03d}" for number in range(90)], "group_id": "g_1", "started_at": START, "plan": "solo"})
    people.to_parquet(folder / "entities.parquet", index=False)


def make_form(folder: Path, task: str) -> dict[str, Any]:
    """What a build leaves, very small: given/, samples/ and the brief."""
    rng = np.random.default_rng(7)
    given = folder / "given"
    world(rng, given)
    for name, n, weeks in (("train", 900, (12, 14, 16)), ("holdout", 500, (20, 22)), ("acceptance", 300, (24,))):
        table(rng, n, "row_id", weeks=weeks, task=task).to_parquet(given / f"{name}.parquet", index=False)
    table(rng, 200, "request_id", weeks=(33, 34), task=None).to_parquet(given / "serving_log.parquet", index=False)
    for name in ("a", "b"):
        world(rng, folder / "samples" / name)
        table(rng, 90, "request_id", weeks=(34,), task=None).to_parquet(folder / "samples" / name / "requests.parquet", index=False)
    kinds = (("window_past_decision", "future_timestamp"), ("copied_rows", "contamination"), ("unit_switch", "serving_skew"))
    return {
        "id": ID,
        "scenario": "toy",
        "title": "Who calls again?",
        "company": "Toy & Sons",
        "story": ["First paragraph.", "Second paragraph."],
        "decision": "The desk calls back.",
        "stakes": "A call costs a minute.",
        "task": task,
        "metric": "roc_auc" if task == "binary" else "mae",
        "label": {"meaning": "what comes within four weeks"},
        "horizon_days": 28,
        "entity": "customer",
        "entities_word": "customers",
        "calendar": dict.fromkeys(("offline_first", "offline_last", "serving_first", "serving_last", "export_cut"), "2029-05-07T06:00:00+00:00"),
        "tables": [{"file": "train.parquet", "meaning": "rows | to train on", "rows": 900}],
        "columns": [{"name": name, "meaning": f"meaning of {name}", "unit": "1", "source": "`desk`", "availability": "at once"} for name in COLUMNS],
        "streams": [{"name": "desk", "meaning": "Calls.", "value": "minutes", "types": [{"type": "call", "meaning": "a call"}]}],
        "attributes": [{"name": "plan", "meaning": "plan at sign-up"}],
        "notes": ["the log keeps 90 days"],
        "inherited": {"story": "Made in a fortnight.", "author": "analyst"},
        "glossary": [{"kind": kind, "family": family, "meaning": f"What {kind} is."} for kind, family in kinds],
    }


def public(id_: str = ID) -> dict[str, Any]:
    return {"schema": 1, "id": id_, "kit_version": "0.1.0", "commitment": "ab" * 32, "form": "standard", "nonce": "secret"}


def write(form: Path, brief: dict[str, Any], out: Path) -> Path:
    return write_takehome(brief, form / "given", template=TEMPLATE, out=out, takehome=public(), samples=form / "samples", zip_path=out / "t.zip")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The starter's own command with this interpreter, nothing of the kit on its path and its own folder as the only context."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "run.py", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False, timeout=120)
