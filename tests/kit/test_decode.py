"""Predictions through a second sandbox, and validation.json read strictly."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from containment import QUICK, need_sandbox, running_runtime

from kit import decode
from kit.decode import Prediction, decode_predictions, read_validation
from kit.sandbox.model import Run, SandboxError
from kit.sandbox.plain import Plain

IDS = ["q1", "q2", "q3"]
GOOD = {"request_id": IDS[::-1], "score": [0.3, 0.2, 0.1]}


def _prediction(folder: Path, name: str, columns: dict[str, Any] | bytes) -> Prediction:
    path = folder / f"{name}.parquet"
    if isinstance(columns, bytes):
        path.write_bytes(columns)
    else:
        pq.write_table(pa.table(columns), path)
    return Prediction(name=name, parquet=path, ids=IDS)


@pytest.mark.sandbox
def test_many_files_are_decoded_in_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own outcome."""
    sandbox = need_sandbox()
    runs: list[int] = []
    once = decode._one_run
    monkeypatch.setattr(decode, "_one_run", lambda waiting, **options: (runs.append(len(waiting)), once(waiting, **options))[1])
    files = [
        _prediction(tmp_path, "a", GOOD),
        _prediction(tmp_path, "b", b"no parquet"),
        _prediction(tmp_path, "c", {"request_id": IDS, "score": [1.0, 2.0, 3.0]}),
    ]
    found = decode_predictions(files, sandbox=sandbox, runtime=running_runtime(tmp_path / "joints"), limits=QUICK)
    assert {name: row.code for name, row in found.items()} == {"a": "ok", "b": "predictions_unreadable", "c": "ok"}
    assert found["a"].scores is not None
    assert found["a"].scores.tolist() == [0.1, 0.2, 0.3]
    assert found["b"].scores is None
    assert runs == [3]


class Scripted(Plain):
    """Stands for a decoder that was brought down, or taken over, by what it read."""

    def __init__(self, reports: list[tuple[str, dict[str, bytes], int | None, str | None]]) -> None:
        self.reports = reports

    def run(self, *args: Any, output: Path, **options: Any) -> Run:  # type: ignore[override]
        report, files, code, stopped = self.reports.pop(0)
        (output / "report.txt").write_text(report)
        for name, data in files.items():
            (output / name).write_bytes(data)
        return Run(exit=code, stopped=stopped, wall_s=0.1, cpu_s=0.1, starved_s=0.0, rss_bytes=0, stdout=b"", stderr=b"")


RAW = np.array([0.1, 0.2, 0.3]).tobytes()


@pytest.mark.parametrize(("line", "further"), [("0 ok", 0), ("0 ok 2", 2), ("0 ok 9999999", 0), ("0 ok -1", 0), ("0 ok \u0663", 0), ("0 ok 1 1", 0)])
def test_the_number_of_further_columns_is_believed_only_if_it_is_one(tmp_path: Path, line: str, further: int) -> None:
    """The scores stand either way."""
    sandbox = Scripted([(f"ready\n{line}\n", {"0.f64": RAW}, 0, None)])
    found = decode_predictions([_prediction(tmp_path, "a", GOOD)], sandbox=sandbox, runtime=running_runtime(tmp_path / "joints"), limits=QUICK)
    assert (found["a"].code, found["a"].further) == ("ok", further)


def test_a_file_that_brings_the_decoder_down_costs_itself_alone(tmp_path: Path) -> None:
    """The rest is decoded by another run."""
    sandbox = Scripted([("ready\n0 ok\n", {"0.f64": RAW}, 139, None), ("ready\n0 ok\n", {"0.f64": RAW}, 0, None)])
    files = [_prediction(tmp_path, name, GOOD) for name in "abc"]
    found = decode_predictions(files, sandbox=sandbox, runtime=running_runtime(tmp_path / "joints"))
    assert {name: row.code for name, row in found.items()} == {"a": "ok", "b": "predictions_unreadable", "c": "ok"}


@pytest.mark.parametrize(
    ("report", "files", "stopped", "code"),
    [
        ("ready\n", {}, "memory", "predictions_too_costly"),
        ("ready\n0 ok\n", {}, None, "predictions_unreadable"),
        ("ready\n0 ok\n", {"0.f64": RAW[:-1]}, None, "predictions_unreadable"),
        ("ready\n0 ok\n", {"0.f64": RAW + b"\0" * 8}, None, "predictions_unreadable"),
        ("ready\n0 ok\n", {"0.f64": np.array([0.1, np.nan, 0.3]).tobytes()}, None, "predictions_unreadable"),
        ("ready\n0 full marks\n", {"0.f64": RAW}, None, "predictions_unreadable"),
        ("ready\n5 ok\n", {"5.f64": RAW}, None, "predictions_unreadable"),
    ],
)
def test_a_report_is_believed_only_if_it_is_well_formed(tmp_path: Path, report: str, files: dict[str, bytes], stopped: str | None, code: str) -> None:
    """Length, finiteness, code and number are all checked on this side."""
    sandbox = Scripted([(report, files, 0, stopped)])
    found = decode_predictions([_prediction(tmp_path, "a", GOOD)], sandbox=sandbox, runtime=running_runtime(tmp_path / "joints"))
    assert (found["a"].code, found["a"].scores) == (code, None)


def test_a_decoder_that_never_began_is_ours(tmp_path: Path) -> None:
    """A broken runtime must not look like a bad submission."""
    with pytest.raises(SandboxError, match="did not begin"):
        decode_predictions([_prediction(tmp_path, "a", GOOD)], sandbox=Scripted([("", {}, 1, None)]), runtime=running_runtime(tmp_path / "joints"))


VALID = {"metric": "roc_auc", "estimate": 0.7, "low": 0.6, "high": 0.8, "n": 100}


def test_a_validation_is_reduced_to_its_five_fields() -> None:
    """Whole numbers are numbers; anything else is dropped."""
    code, cleaned = read_validation(json.dumps(VALID | {"low": 0, "note": "<script>"}).encode())
    assert (code, cleaned) == ("ok", VALID | {"low": 0.0})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "validation_unreadable"),
        ("[]", "validation_unreadable"),
        (json.dumps(VALID).replace("0.7", "NaN"), "validation_unreadable"),
        ('{"a": 1, "a": 2}', "validation_unreadable"),
        (json.dumps({k: v for k, v in VALID.items() if k != "n"}), "validation_incomplete"),
        (json.dumps(VALID | {"metric": 3}), "validation_incomplete"),
        (json.dumps(VALID | {"metric": "a\u001b[31m"}), "validation_incomplete"),
        (json.dumps(VALID | {"estimate": "0.7"}), "validation_not_numeric"),
        (json.dumps(VALID | {"estimate": True}), "validation_not_numeric"),
        (json.dumps(VALID | {"low": 10**39}), "validation_order"),
        (json.dumps(VALID | {"n": 0}), "validation_not_numeric"),
        (json.dumps(VALID | {"n": 1.5}), "validation_not_numeric"),
        (json.dumps(VALID | {"low": 0.9}), "validation_order"),
    ],
)
def test_a_validation_is_refused_with_its_code(text: str, code: str) -> None:
    """Form, fields, numbers, order."""
    assert read_validation(text.encode()) == (code, None)
