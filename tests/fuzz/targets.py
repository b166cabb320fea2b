"""The parsers that read what a submission wrote, each as a function of bytes that fails only when a promise is broken.

An error that the kit declares is a proper answer. Anything else that escapes is a bug, and so is an accepted input that does not keep what the parser
promises. The property tests, the replay of the corpus and the coverage-guided fuzzer all judge by these functions.
"""

from __future__ import annotations

import json
import math
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graders.findings import FAMILIES, Findings, read_findings
from graders.rubric import DEFAULT, load_rubric
from graders.strict import Unreadable
from kit import archive
from kit.bounded import MAX_DEPTH, read_json
from kit.decode import COSTLY, Prediction, _collected, read_validation
from kit.decode_inside import Fault, read
from kit.documents import keep_documents
from kit.names import fault_of
from kit.outcomes import CALLS, DOCUMENTS, INTAKE
from kit.sandbox.model import SandboxError
from kit.sandbox.outputs import remove_tree
from kit.submission import ID, SubmissionRefused, intake

LIMITS = load_rubric(DEFAULT).limits
IDS = ["q1", "q2", "q3"]
"""The requests that fuzzed predictions answer."""
ROWS = "rows.csv"
FINDING_WITH_ROWS = f"""[[finding]]
locus = {{ kind = "rows", table = "holdout", file = "{ROWS}" }}
family = "contamination"
confidence = 0.5
action = "drop"
"""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One parser."""

    check: Callable[[bytes], bool]
    """Whether the parser took the input. Raises whatever escapes from it, and AssertionError for a broken promise."""
    words: tuple[str, ...] = ()
    """What such inputs are made of, for a fuzzer that puts words in."""
    native: bool = False
    """Whether a library in C++ does the reading, inside a sandbox: it may die there, and costs that file alone."""


@contextmanager
def place() -> Iterator[Path]:
    """A folder for one input."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))
    try:
        yield folder
    finally:
        remove_tree(folder)


def check_archive(data: bytes) -> bool:
    """A hand-in as a zip: refused by a known code and gone again, or a read-only tree of plain files within the limits and nowhere else."""
    with place() as folder:
        source = folder / "hand-in.zip"
        source.write_bytes(data)
        try:
            taken = intake(source, folder / "taken")
        except SubmissionRefused as error:
            refused = error
        else:
            refused = None
        if refused is not None:
            assert refused.code in INTAKE
            assert sorted(os.listdir(folder)) == ["hand-in.zip"]
            str(refused).encode()
            return False
        assert sorted(os.listdir(folder)) == ["hand-in.zip", "taken"]
        assert ID.fullmatch(taken.takehome_id)
        total = entries = 0
        for path in (folder / "taken" / "received").rglob("*"):
            found = path.lstat()
            assert stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
            assert found.st_mode & 0o7222 == 0
            assert fault_of(path.relative_to(folder / "taken" / "received").as_posix()) is None
            entries += 1
            total += found.st_size if stat.S_ISREG(found.st_mode) else 0
        assert total <= archive.MAX_BYTES
        assert entries <= archive.MAX_ENTRIES * 12
        return True


def check_json(data: bytes) -> bool:
    """JSON: unreadable, or a value of bounded depth in which every number is finite."""
    try:
        value = read_json(data)
    except Unreadable as error:
        str(error)
        return False
    json.dumps(value, allow_nan=False)
    assert deep(value) <= MAX_DEPTH
    return True


def deep(value: Any) -> int:
    """How many lists and objects lie in each other."""
    if not isinstance(value, dict | list):
        return 0
    return 1 + max((deep(inner) for inner in (value.values() if isinstance(value, dict) else value)), default=0)


def check_validation(data: bytes) -> bool:
    """What `validate` wrote: a known code, or five fields that are what they should be."""
    code, fields = read_validation(data)
    assert CALLS[code].side in ("ok", "submission")
    assert (fields is None) == (code != "ok")
    if fields is None:
        return False
    assert list(fields) == ["metric", "estimate", "low", "high", "n"]
    metric, low, high, n = fields["metric"], fields["low"], fields["high"], fields["n"]
    assert isinstance(metric, str)
    assert metric.isprintable()
    assert len(metric) <= 64
    assert all(isinstance(fields[name], float) and math.isfinite(fields[name]) for name in ("estimate", "low", "high"))  # type: ignore[arg-type]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low <= high
    assert isinstance(n, int)
    assert n > 0
    json.dumps(fields, allow_nan=False)
    return True


def check_findings(data: bytes) -> bool:
    """findings.toml: whatever could be read is what it should be, and the rest has become notes."""
    return _found(data, b"row_id\nr_1\nr_2\n")


def check_rows(data: bytes) -> bool:
    """The table of rows that a finding names."""
    return _found(FINDING_WITH_ROWS.encode(), data)


def _found(findings: bytes, rows: bytes) -> bool:
    with place() as folder:
        submission = folder / "submission"
        submission.mkdir()
        (submission / "findings.toml").write_bytes(findings)
        (submission / ROWS).write_bytes(rows)
        kept, _ = keep_documents(submission, folder / "kept")
        assert {row["outcome"] for row in kept.values()} <= set(DOCUMENTS)
        assert sorted(path.name for path in folder.iterdir()) == ["kept", "submission"]
        json.dumps(kept)
        return _kept_promises(read_findings(submission / "findings.toml", LIMITS))


def _kept_promises(found: Findings) -> bool:
    assert len(found.findings) <= LIMITS.findings_read
    for one in found.findings:
        assert 0.0 <= one.confidence <= 1.0
        assert one.family in FAMILIES
        assert one.action in ("drop", "fix", "keep")
        assert len(one.why) <= LIMITS.text
        assert one.locus.kind != "rows" or 0 < len(set(one.locus.ids)) == len(one.locus.ids) <= LIMITS.row_ids
        assert one.locus.kind != "column" or one.locus.column
        assert one.statistic is None or math.isfinite(one.statistic.value)
        assert all(math.isfinite(cell) for c in one.citations for cell in (c.value, c.should_be) if isinstance(cell, float))
        one.locus.words().encode()
    for name in ("mine", "inherited"):
        assert (name in found.claims) != (name in found.problems)
    for claim in found.claims.values():
        assert all(math.isfinite(end) for end in (claim.point, claim.low, claim.high))
        assert claim.low <= claim.high
    json.dumps([*found.notes, *found.problems.values()])
    return bool(found.findings or found.claims)


def check_predictions(data: bytes) -> bool:
    """A Parquet file as the reader inside the sandbox takes it: a known code, or one finite number a request."""
    with place() as folder:
        (folder / "predictions.parquet").write_bytes(data)
        try:
            scores = read(str(folder / "predictions.parquet"), pa.array(IDS, pa.string()))
            code = "ok"
        except Fault as fault:
            code = str(fault)
        except MemoryError:  # as main() of the reader says it
            code = COSTLY
    if code != "ok":
        assert CALLS[code].side == "submission"
        return False
    assert scores.dtype == np.dtype("<f8")
    assert scores.shape == (len(IDS),)
    assert np.isfinite(scores).all()
    return True


def check_report(data: bytes) -> bool:
    """What a decoder that was taken over may leave: the report up to the first NUL, then the numbers of the first file."""
    report, _, raw = data.partition(b"\0")
    with place() as folder:
        output, stage = folder / "out", folder / "stage"
        output.mkdir()
        stage.mkdir()
        (output / "report.txt").write_bytes(report)
        (output / "0.f64").write_bytes(raw)
        waiting = [Prediction(name=name, parquet=folder / "none", ids=IDS) for name in ("a", "b")]
        try:
            found = _collected(waiting, output, stage)
        except SandboxError:
            assert not report.startswith(b"ready\n")
            return False
        for row in found.values():
            assert row.code in CALLS
            assert (row.scores is not None) == (row.code == "ok")
            assert row.scores is None or (row.scores.shape == (len(IDS),) and np.isfinite(row.scores).all())
        return any(row.code == "ok" for row in found.values())


TOML_WORDS = (
    "[[finding]]", "[finding.locus]", "[claim.mine]", "[claim.inherited]", "locus", "kind", "column", "rows", "split", "table", "file", "ids",
    "family", "target_leakage", "contamination", "confidence", "action", "keep", "why", "citations", "pairs", "statistic", "name", "value",
    "should_be", "point", "low", "high", '"""', "'''", " = ", "{ ", " }", "nan", "0x", "1e999", "1979-05-27T07:32:00Z", "true", "a.b.c", "\\u0000",
    "\r\n",
)  # fmt: skip
JSON_WORDS = (
    '"metric"',
    '"estimate"',
    '"low"',
    '"high"',
    '"n"',
    '"id"',
    "NaN",
    "Infinity",
    "-0.0",
    "1e999",
    "[",
    "{",
    "}",
    ":",
    ",",
    "\\ud800",
    "true",
)

TARGETS = {
    "archive": Target(check=check_archive, words=("PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x06", "../", "takehome.json", "\x01\x00")),
    "json": Target(check=check_json, words=JSON_WORDS),
    "validation": Target(check=check_validation, words=JSON_WORDS),
    "findings": Target(check=check_findings, words=TOML_WORDS),
    "rows": Target(check=check_rows, words=("row_id", ",", '"', '""', "\x00", "\r\n", "r_1")),
    "predictions": Target(check=check_predictions, words=("PAR1", "request_id", "score", "ARROW:schema"), native=True),
    "report": Target(check=check_report, words=("ready", "ok", "0 ", "1 ", "predictions_count", "\x00")),
}
