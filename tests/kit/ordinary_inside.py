"""Runs as an ordinary user: the self-check of one backend, then the collection of a small submission in it. Prints one JSON object.

python ordinary_inside.py BACKEND PACKAGES FOLDER
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from containment import REQUESTS, default_calls, outcomes_of, write_form, write_submission

from kit.collect import collect
from kit.runtime import Runtime
from kit.sandbox.choose import WAYS
from kit.sandbox.interpreter import of_base
from kit.sandbox.model import Mount
from kit.submission import intake

CALLS = ("train_real", "validate_null", "predict_real_p1_late")
"""One of each command: enough to see that all of it works."""


def main(backend: str, packages: Path, folder: Path) -> dict[str, object]:
    """What became of it, and what was seen."""
    tried = WAYS[backend]()
    seen: dict[str, object] = {"user": os.geteuid(), "why_not": tried.why_not}
    if tried.sandbox is None:
        return seen
    base = of_base(joints=folder / "joints")
    mounts = (*base.mounts, Mount(source=packages, target="/packages"))
    runtime = Runtime(folder=folder, digest="tests", interpreter=replace(base, mounts=mounts, env={**base.env, "PYTHONPATH": "/packages"}))
    submission = intake(write_submission(folder / "hand-in"), folder / "taken")
    form = write_form(folder / "form", calls=[call for call in default_calls() if call["name"] in CALLS])
    evidence = collect(submission, form, sandbox=tried.sandbox, runtime=runtime, out=folder / "evidence", jobs=2)
    scores = np.fromfile(evidence / "calls" / "predict_real_p1_late" / "scores.f64", dtype="<f8")
    expected = np.arange(REQUESTS) / 8 + 2 + 5
    return {
        **seen,
        "outcomes": outcomes_of(evidence),
        "right": bool(np.array_equal(scores, expected)),
        "backend": json.loads((evidence / "evidence.json").read_text())["backend"],
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
