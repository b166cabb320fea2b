"""What a submission wrote, as numbers the grader may use: predictions through a second sandbox, `validation.json` read strictly.

The grader itself never opens a stranger's Parquet file. A small script does, inside a sandbox of its own, and leaves raw float64 of a length that is
known beforehand; those bytes, and an outcome code from a fixed list, are all that comes back.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graders.strict import Unreadable
from kit.bounded import read_json
from kit.outcomes import CALLS
from kit.runtime import Runtime
from kit.sandbox.model import INPUTS, LIMITS, OUTPUT, SUBMISSION, Limits, Run, Sandbox, SandboxError
from kit.sandbox.outputs import BadOutput, copy_file, opened
from kit.scratch import STAGE, scratch

SCRIPT = Path(__file__).with_name("decode_inside.py")
COSTLY = "predictions_too_costly"
VALIDATION_FIELDS = ("metric", "estimate", "low", "high", "n")
MAX_REPORT_BYTES = 65536


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """One file of predictions to be decoded."""

    name: str
    """Name of the call."""
    parquet: Path
    """Our copy of the stranger's file."""
    ids: Sequence[str]
    """The staged requests, in their order."""


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What became of one file of predictions."""

    code: str
    """`ok` or the outcome code."""
    scores: npt.NDArray[np.float64] | None
    """In the order of the staged requests; None unless `ok`."""
    further: int = 0
    """Columns beside `request_id` and `score`, which were passed over."""


def decode_predictions(
    predictions: Sequence[Prediction], *, sandbox: Sandbox, runtime: Runtime, limits: Limits | None = None, cancel: threading.Event | None = None
) -> dict[str, Decoded]:
    """Decode many files in as few sandbox runs as possible: one, unless a file brings the decoder down, which then costs that file alone.

    Raises SandboxError when the sandbox itself fails.
    """
    decoded: dict[str, Decoded] = {}
    waiting = list(predictions)
    bounds = limits or LIMITS["decode"]
    while waiting:
        found, run = _one_run(waiting, sandbox=sandbox, runtime=runtime, limits=bounds, cancel=cancel)
        if len(found) < len(waiting):
            # Files are taken in order: the first without a verdict is the one that ended the run.
            culprit = waiting[len(found)]
            found[culprit.name] = Decoded(code=COSTLY if run.stopped or _out_of_memory(run) else "predictions_unreadable", scores=None)
        decoded |= found
        waiting = waiting[len(found) :]
    return decoded


def _one_run(
    waiting: Sequence[Prediction], *, sandbox: Sandbox, runtime: Runtime, limits: Limits, cancel: threading.Event | None
) -> tuple[dict[str, Decoded], Run]:
    with scratch(Path(tempfile.gettempdir()), kind=STAGE) as stage:
        script, inputs, output = stage / "script", stage / "in", stage / "out"
        for folder in (script, inputs, output):
            folder.mkdir()
        shutil.copyfile(SCRIPT, script / SCRIPT.name)
        for number, prediction in enumerate(waiting):
            place = inputs / str(number)
            place.mkdir()
            shutil.copyfile(prediction.parquet, place / "predictions.parquet")
            (place / "ids.txt").write_text("".join(f"{each}\n" for each in prediction.ids), encoding="utf-8")
        for path in (script, *script.iterdir(), inputs, *inputs.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o444)
        run = sandbox.run(
            [runtime.python, "-s", "-B", f"{SUBMISSION}/{SCRIPT.name}", INPUTS, OUTPUT, str(len(waiting))],
            submission=script,
            inputs=inputs,
            model=None,
            output=output,
            limits=limits,
            env=runtime.env,
            mounts=runtime.mounts,
            cancel=cancel,
        )
        return _collected(waiting, output, stage), run


def _collected(waiting: Sequence[Prediction], output: Path, stage: Path) -> dict[str, Decoded]:
    """The verdicts as far as the report goes, each believed only if it is well-formed. Raises SandboxError when the decoder never began."""
    found: dict[str, Decoded] = {}
    with opened(output) as folder:
        try:
            copy_file(folder, "report.txt", stage / "report.txt", limit=MAX_REPORT_BYTES)
            lines = (stage / "report.txt").read_bytes().decode("ascii", "replace").splitlines()
        except BadOutput:
            lines = []
        if lines[:1] != ["ready"]:
            raise SandboxError("the decoder of predictions did not begin in the runtime environment; delete that environment and grade again")
        for number, (line, prediction) in enumerate(zip(lines[1:], waiting, strict=False)):
            said, _, rest = line.partition(" ")
            code, _, further = rest.partition(" ")
            if said != str(number) or (code not in CALLS):
                break
            scores = _raw(folder, number, len(prediction.ids), stage) if code == "ok" else None
            found[prediction.name] = Decoded(
                code="predictions_unreadable" if code == "ok" and scores is None else code,
                scores=scores,
                further=int(further) if scores is not None and re.fullmatch("[0-9]{1,6}", further) else 0,
            )
    return found


def _raw(folder: int, number: int, rows: int, stage: Path) -> npt.NDArray[np.float64] | None:
    copied = stage / f"{number}.f64"
    try:
        size = copy_file(folder, f"{number}.f64", copied, limit=8 * rows)
    except BadOutput:
        return None
    values = np.fromfile(copied, dtype="<f8").astype(np.float64)
    return values if size == 8 * rows and bool(np.isfinite(values).all()) else None


def _out_of_memory(run: Run) -> bool:
    return run.exit == 137 or b"MemoryError" in run.stderr[-4000:] or b"bad_alloc" in run.stderr[-4000:]


def read_validation(data: bytes) -> tuple[str, dict[str, object] | None]:
    """Outcome code and, where it is `ok`, the five fields of a `validation.json`: `metric` text, `n` whole, the rest finite numbers."""
    try:
        raw = read_json(data)
    except Unreadable:
        return "validation_unreadable", None
    if not isinstance(raw, dict):
        return "validation_unreadable", None
    if any(name not in raw for name in VALIDATION_FIELDS):
        return "validation_incomplete", None
    metric = raw["metric"]
    if not isinstance(metric, str) or not metric.isascii() or not metric.isprintable() or len(metric) > 64:
        return "validation_incomplete", None
    numbers = {name: _number(raw[name]) for name in ("estimate", "low", "high")}
    n = _number(raw["n"])
    if any(value is None for value in numbers.values()) or n is None or n != int(n) or n <= 0:
        return "validation_not_numeric", None
    cleaned: Mapping[str, float] = {name: value for name, value in numbers.items() if value is not None}
    if cleaned["low"] > cleaned["high"]:
        return "validation_order", None
    return "ok", {"metric": metric, **cleaned, "n": int(n)}


def _number(value: object) -> float | None:
    # True is an int to Python; to a reader it is no estimate.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def ids_of(requests: Path) -> list[str]:
    """The `request_id` column of a requests table of ours, in its order."""
    import pyarrow.parquet as pq

    return [str(value) for value in pq.read_table(os.fspath(requests), columns=["request_id"]).column("request_id").to_pylist()]
