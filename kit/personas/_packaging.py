"""Puts the parts of a repaired pipeline into a copy of the inherited one. Knows nothing of a key: what is repaired is what the settings say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kit.errors import InternalError
from kit.personas.workshop.asof import Definitions
from kit.personas.workshop.definitions import Settings

HERE = Path(__file__).resolve().parent
PARTS = ("asof.py", "definitions.py", "repair.py", "rows.py", "estimate.py")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a persona does to the pipeline."""

    settings: Settings
    finish: str = "finish.py"
    """Which last step is shipped."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further JSON files of the package, by name."""


def start(takehome: Path, out: Path) -> Path:
    """A submission folder that holds the pipeline as received; returns its package."""
    shutil.copytree(takehome / "pipeline", out / "pipeline", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copyfile(takehome / "takehome.json", out / "takehome.json")
    return out / "pipeline"


def rework(package: Path, made: Plan, definitions: Definitions) -> None:
    """Let the package do what the plan says; `definitions` holds at least the columns that the settings work out anew."""
    for name in PARTS:
        shutil.copyfile(HERE / "workshop" / name, package / name)
    shutil.copyfile(HERE / "workshop" / made.finish, package / "finish.py")
    shutil.copyfile(HERE / "templates" / "main.py.txt", package / "__main__.py")
    settings = made.settings
    needed = {*settings.at_training, *settings.at_scoring, *settings.converted}
    features = {name: definitions.features[name] for name in sorted(needed)}
    documents = {"settings.json": asdict(settings), "definitions.json": {"features": features, "constants": definitions.constants}, **made.extra}
    for name, document in documents.items():
        (package / name).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def validate(submission: Path, data: Path) -> dict[str, Any]:
    """What the submission's own `validate` reports on a data folder. Raises InternalError when it fails."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "validation.json"
        command = [sys.executable, "-B", "-m", "pipeline", "validate", "--data", str(data.resolve()), "--out", str(report)]
        done = subprocess.run(command, cwd=submission, env={**os.environ, **threads}, capture_output=True, text=True, check=False)
        if done.returncode or not report.is_file():
            raise InternalError(
                f"a persona's own pipeline must validate on the take-home's data; it ended with {done.returncode}: {done.stderr[-600:]}"
            )
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found
