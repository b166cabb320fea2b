"""What the tests of containment share: a tiny form that keeps the contracts, small submissions, a sandbox and a runtime."""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kit.outcomes import CALLS
from kit.runtime import Runtime
from kit.sandbox.choose import WAYS, Tried, try_full
from kit.sandbox.interpreter import of_environment
from kit.sandbox.model import Limits, Sandbox

REQUESTS = 40
QUICK = Limits(wall_s=20.0, cpu_s=15)
WHEN = pd.Timestamp("2024-05-01", tz="UTC")

PIPELINE = """
import argparse, json, sys
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq

parser = argparse.ArgumentParser()
parser.add_argument("command")
for name in ("data", "model", "out"):
    parser.add_argument("--" + name, type=Path)
args = parser.parse_args()
print("running", args.command)
if args.command == "train":
    rows = pq.read_table(args.data / "train.parquet").num_rows
    args.model.mkdir(parents=True, exist_ok=True)
    (args.model / "deep").mkdir()
    (args.model / "deep" / "model.json").write_text(json.dumps({"rows": rows}))
elif args.command == "validate":
    args.out.write_text(json.dumps({"metric": "roc_auc", "estimate": 0.7, "low": 0.6, "high": 0.8, "n": 100}))
else:
    assert json.loads((args.model / "deep" / "model.json").read_text())["rows"] > 0
    assert sorted(p.name for p in args.data.iterdir()) == ["entities.parquet", "events", "requests.parquet"]
    events = pq.read_table(args.data / "events" / "orders.parquet").num_rows
    requests = pq.read_table(args.data / "requests.parquet")
    ids = requests.column("request_id").to_pylist()[::-1]
    scores = [value + events for value in requests.column("x").to_pylist()[::-1]]
    pq.write_table(pa.table({"request_id": ids, "score": scores}), args.out)
"""
"""A whole pipeline: its score is the feature x plus the number of events, its rows are in reverse order."""


@functools.cache
def full_sandbox() -> tuple[Sandbox | None, str]:
    """The full backend of this machine, found once a process, or why there is none."""
    tried = try_full()
    return tried.sandbox, tried.why_not


def need_sandbox() -> Sandbox:
    """The full backend; without one the test is skipped with the reason, or fails where TAKEHOME_REQUIRE_SANDBOX=1 says it must run."""
    sandbox, why_not = full_sandbox()
    if sandbox is None:
        if os.environ.get("TAKEHOME_REQUIRE_SANDBOX") == "1":
            pytest.fail(f"a full sandbox is required here: {why_not}")
        pytest.skip(f"no full sandbox: {why_not}")
    return sandbox


@functools.cache
def _tried(name: str) -> Tried:
    return WAYS[name]()


def need_backend(name: str) -> Sandbox:
    """One full backend, found by its live self-test once a process; without it the test is skipped with what is in the way.

    TAKEHOME_REQUIRE_SANDBOX=1 makes bubblewrap a must, as for `need_sandbox`.
    """
    tried = _tried(name)
    if tried.sandbox is None:
        if name == "bubblewrap" and os.environ.get("TAKEHOME_REQUIRE_SANDBOX") == "1":
            pytest.fail(f"bubblewrap is required here: {tried.why_not}")
        pytest.skip(f"no {name}: {tried.why_not}")
    return tried.sandbox


def running_runtime(joints: Path) -> Runtime:
    """The environment that runs the tests, as a runtime: it has what a submission needs, and nothing has to be built."""
    return Runtime(folder=Path(sys.prefix), digest="tests", interpreter=of_environment(Path(sys.prefix), joints=joints))


def write_submission(folder: Path, pipeline: str | None = PIPELINE, *, findings: str | None = "", memo: str | None = "Trust it.\n") -> Path:
    """A hand-in as a folder."""
    folder.mkdir()
    (folder / "takehome.json").write_text(json.dumps({"id": "toy-0001"}))
    if pipeline is not None:
        (folder / "pipeline").mkdir()
        (folder / "pipeline" / "__init__.py").write_text("")
        (folder / "pipeline" / "__main__.py").write_text(pipeline)
    if findings is not None:
        (folder / "findings.toml").write_text(findings)
    if memo is not None:
        (folder / "MEMO.md").write_text(memo)
    return folder


def write_form(folder: Path, *, calls: list[dict[str, Any]] | None = None) -> Path:
    """A form as the vault keeps it, as far as collecting reads it: two trainings, one validation, three probes of one batch."""
    for name in ("real", "null"):
        data = folder / "stages" / "data" / name
        data.mkdir(parents=True)
        pd.DataFrame({"row_id": ["r1", "r2"], "x": [1.0, 2.0], "label": [0, 1]}).to_parquet(data / "train.parquet")
    batch = folder / "stages" / "batch" / "p1"
    for name, rows in (("events", 3), ("late", 5)):
        (batch / name).mkdir(parents=True)
        pd.DataFrame({"event_id": np.arange(rows), "recorded_at": [WHEN] * rows}).to_parquet(batch / name / "orders.parquet")
    pd.DataFrame({"entity_id": ["e1"]}).to_parquet(batch / "entities.parquet")
    (batch / "requests").mkdir()
    for number, probe in enumerate(("served", "honest", "late")):
        ids = [f"q_{probe}_{each}" for each in range(REQUESTS)]
        pd.DataFrame({"request_id": ids, "x": np.arange(REQUESTS) / 8 + number}).to_parquet(batch / "requests" / f"{probe}.parquet")
    (folder / "calls.json").write_text(json.dumps({"calls": calls or default_calls()}))
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def default_calls() -> list[dict[str, Any]]:
    """The plan of the tiny form."""
    calls = [
        {"name": "train_real", "command": "train", "data": "real"},
        {"name": "train_again", "command": "train", "data": "real"},
        {"name": "validate_null", "command": "validate", "data": "null"},
    ]
    for model in ("real", "again"):
        for probe in ("served", "honest", "late"):
            name = f"predict_{model}_p1_{probe}"
            calls.append({"name": name, "command": "predict", "model": f"train_{model}", "batch": "p1", "probe": probe, "late": probe == "late"})
    return calls


def outcomes_of(evidence: Path) -> dict[str, str]:
    """Outcome code of each call."""
    calls = json.loads((evidence / "evidence.json").read_text())["calls"]
    found = {name: str(row["outcome"]) for name, row in calls.items()}
    assert set(found.values()) <= set(CALLS)
    return found


def zipped(folder: Path, target: Path) -> Path:
    """The folder as a zip file."""
    return Path(shutil.make_archive(str(target), "zip", folder))
