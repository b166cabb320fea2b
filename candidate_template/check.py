"""Are the files and commands of this project in the right form? python run.py check

Looks at format, run time and environment only. It is no score: it does not know what is right.

    --documents   only findings.toml, the claims and MEMO.md
    --full        run the pipeline on the whole of data/ instead of a small cut
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

import pack
import run
from check_documents import METRIC, Marks, check_documents, is_number

ROOT = Path(__file__).resolve().parent
LIMITS = {"train": 300, "validate": 600, "predict": 120}
CUT_ROWS = 2500


def check_environment(marks: Marks) -> None:
    print("Environment")
    differing = []
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        pin = re.match(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", line)
        if pin:
            try:
                found = metadata.version(pin[1])
            except metadata.PackageNotFoundError:
                found = "not installed"
            if found != pin[2]:
                differing.append(f"{pin[1]} {found} (pinned {pin[2]})")
    version = sys.version.split()[0]
    if differing:
        marks.note(f"Python {version}; other versions than requirements.txt, which is what your pipeline is run with: {', '.join(differing)}")
    else:
        marks.ok(f"Python {version} with the packages of requirements.txt")


def cut(source: Path, target: Path) -> None:
    """A smaller copy of data/: whole entities, with their rows, events and amendments."""
    train = pd.read_parquet(source / "train.parquet", columns=["entity_id"])["entity_id"]
    entities = np.sort(train.unique())
    kept = set(entities[: max(1, math.ceil(len(entities) * min(1.0, CUT_ROWS / len(train))))])
    (target / "events").mkdir(parents=True)
    seen: dict[str, set[str]] = {}
    for path in sorted(source.rglob("*.parquet")):
        if path.stem == "amendments":
            continue
        table = pd.read_parquet(path)
        if "entity_id" in table:
            table = table[table["entity_id"].isin(kept)]
        if path.parent.name == "events":
            seen[path.stem] = set(table["event_id"])
        table.to_parquet(target / path.relative_to(source), index=False)
    amendments = source / "events" / "amendments.parquet"
    if amendments.exists():
        table = pd.read_parquet(amendments)
        mask = [event in seen.get(stream, ()) for stream, event in zip(table["stream"], table["event_id"], strict=True)]
        table[np.array(mask, dtype=bool)].to_parquet(target / "events" / "amendments.parquet", index=False)


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def command(project: Path, name: str, *arguments: str, marks: Marks) -> float | None:
    """Run one command of the pipeline from a copy of what you hand in; its seconds, or None with the reason printed."""
    started = time.monotonic()
    shown = f"python -m pipeline {name}"
    environment = {**run.environment(), "PYTHONPATH": ""}
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pipeline", name, *arguments],
            cwd=project,
            env=environment,
            timeout=LIMITS[name],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except subprocess.TimeoutExpired:
        marks.mend(f"{shown}: stopped after {LIMITS[name]} s, the limit")
        return None
    if done.returncode:
        marks.mend(f"{shown}: ended with exit code {done.returncode} on a copy of what submit packs (no data/ or model/ beside it). Its last words:")
        for line in done.stdout.decode(errors="replace").splitlines()[-8:]:
            print(f"            | {line[:200]}")
        return None
    return time.monotonic() - started


def validation_error(path: Path) -> str | None:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "wrote no JSON to --out"
    if not isinstance(report, dict) or report.get("metric") != METRIC:
        return f"metric must be {METRIC!r}"
    values = [report.get(key) for key in ("low", "estimate", "high")]
    if not all(is_number(value) for value in values) or not values[0] <= values[1] <= values[2]:
        return "low, estimate and high must be numbers with low <= estimate <= high"
    if not isinstance(report.get("n"), int) or report["n"] < 1:
        return "n must be the number of rows that were scored"
    return None


def prediction_error(path: Path, batch: Path) -> str | None:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError):
        return "wrote no Parquet file to --out"
    if not {"request_id", "score"} <= set(table.columns):
        return "the columns request_id and score are expected"
    requests = pd.read_parquet(batch / "requests.parquet", columns=["request_id"])["request_id"]
    if len(table) != len(requests) or set(table["request_id"]) != set(requests):
        return f"each of the {len(requests)} requests is expected once; got {len(table)} rows"
    if not pd.api.types.is_numeric_dtype(table["score"]) or not np.isfinite(table["score"].to_numpy(dtype=float, na_value=np.nan)).all():
        return "every score must be a finite number"
    return None


def check_hand_in(marks: Marks) -> None:
    """What submit would refuse, said while there is time to mend it."""
    print("What submit packs")
    found = pack.hand_in(ROOT)
    problems = pack.problems(found)
    for problem in problems:
        marks.mend(pack.plain(problem))
    if not problems:
        marks.ok(f"{len(found.files):,} files, {pack.mib(found.size)}")


def check_pipeline(marks: Marks, *, full: bool) -> None:
    print(f"Pipeline, on {'all of data/' if full else 'a small cut of data/'} and the two sample batches")
    with tempfile.TemporaryDirectory(prefix="check-") as scratch:
        work = Path(scratch)
        project, model, data = work / "project", work / "model", ROOT / "data"
        for path in pack.hand_in(ROOT).files:
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_bytes((ROOT / path).read_bytes())
        if not full:
            data = work / "data"
            cut(ROOT / "data", data)
        before = listing(project)
        report = work / "validation.json"
        seconds = command(project, "validate", "--data", str(data), "--out", str(report), marks=marks)
        if seconds is not None:
            result(marks, "validate", seconds, validation_error(report))
        seconds = command(project, "train", "--data", str(data), "--model", str(model), marks=marks)
        trained = seconds is not None
        if seconds is not None:
            result(marks, "train", seconds, None if model.is_dir() and os.listdir(model) else "wrote nothing into the --model folder")
        for batch in sorted((ROOT / "samples").iterdir()) if trained and model.is_dir() else ():
            fitted, out = listing(model), work / f"{batch.name}.parquet"
            seconds = command(project, "predict", "--data", str(batch), "--model", str(model), "--out", str(out), marks=marks)
            if seconds is not None:
                result(marks, "predict", seconds, prediction_error(out, batch), f" samples/{batch.name}")
                if listing(model) != fitted:
                    marks.mend("predict changed the model folder, which is read-only when you are graded")
        if listing(project) != before:
            marks.mend("a command wrote into the project folder, which is read-only when you are graded; write only to --out and --model")


def result(marks: Marks, name: str, seconds: float, error: str | None, suffix: str = "") -> None:
    if error:
        marks.mend(f"python -m pipeline {name}{suffix}: {error}")
    else:
        marks.ok(f"{name}{suffix}: {seconds:.1f} s (limit {LIMITS[name]} s)")


def main() -> int:
    parser = argparse.ArgumentParser(prog="check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", action="store_true", help="only the documents")
    parser.add_argument("--full", action="store_true", help="run the pipeline on the whole of data/")
    options = parser.parse_args()
    marks = Marks()
    if not options.documents:
        check_environment(marks)
    check_documents(marks)
    if not options.documents:
        check_hand_in(marks)
        check_pipeline(marks, full=options.full)
    print()
    print("Everything is in the right form." if not marks.open else f"{marks.open} thing{'s' * (marks.open > 1)} to see to before you hand in.")
    print("This was a check of form, run time and environment only. It is no score and says nothing about right or wrong.")
    return 1 if marks.open else 0


if __name__ == "__main__":
    sys.exit(main())
