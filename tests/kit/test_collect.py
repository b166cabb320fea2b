"""From a submission to evidence: what is kept, what each failure costs, what a submission can tell from its surroundings."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from containment import PIPELINE, QUICK, REQUESTS, default_calls, need_sandbox, outcomes_of, running_runtime, write_form, write_submission

from kit.collect import collect
from kit.errors import DamagedVault
from kit.sandbox.model import Limits, Run, Sandbox, SandboxError
from kit.sandbox.plain import Plain
from kit.submission import intake

ALL_QUICK = dict.fromkeys(("train", "validate", "predict", "decode"), QUICK)
ONE_PREDICTION = [call for call in default_calls() if call["name"] in {"train_real", "predict_real_p1_served"}]


def _collect(
    tmp_path: Path, pipeline: str | None = PIPELINE, *, sandbox: Sandbox | None = None, calls: list[dict[str, object]] | None = None, **options
) -> Path:  # type: ignore[no-untyped-def]
    form = write_form(tmp_path / "form", calls=calls)
    taken = intake(write_submission(tmp_path / "mine", pipeline, findings="[claim.mine]\npoint = 0.7\n"), tmp_path / "taken")
    options = {"limits": ALL_QUICK} | options
    runtime = running_runtime(tmp_path / "joints")
    return collect(taken, form, sandbox=sandbox or need_sandbox(), runtime=runtime, out=tmp_path / "evidence", **options)


def _branch(command: str, code: str) -> str:
    """A pipeline that runs `code` for one command, and is whole otherwise."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    # What breaks things on purpose never runs outside.
    guard = "if not os.path.exists('/IN_SANDBOX'): sys.exit('only inside a sandbox')"
    return f"import os, sys, time\n{guard}\nif sys.argv[1] == {command!r}:\n{body}    sys.exit(0)\n{PIPELINE}"


@pytest.mark.sandbox
def test_a_whole_submission_leaves_whole_evidence(tmp_path: Path) -> None:
    """Scores in the order of the staged requests, the late events for the late probe alone, documents, and a record that names everything."""
    said: list[tuple[str, float | None]] = []
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "form").rglob("*")}
    evidence = _collect(tmp_path, progress=lambda what, share: said.append((what, share)))
    assert set(outcomes_of(evidence).values()) == {"ok"}
    for number, (probe, events) in enumerate((("served", 3), ("honest", 3), ("late", 5))):
        scores = np.fromfile(evidence / "calls" / f"predict_real_p1_{probe}" / "scores.f64", "<f8")
        assert scores.tolist() == (np.arange(REQUESTS) / 8 + number + events).tolist()
    record = json.loads((evidence / "evidence.json").read_text())
    assert list(record["calls"]) == [call["name"] for call in default_calls()]
    assert record["backend"]["level"] == "full"
    assert record["takehome"] == "toy-0001"
    assert record["documents"]["findings.toml"]["outcome"] == "document_ok"
    assert json.loads((evidence / "calls" / "validate_null" / "validation.json").read_text())["estimate"] == 0.7
    assert (evidence / "calls" / "train_real" / "stdout.txt").read_text() == "running train\n"
    assert (evidence / "submission" / "findings.toml").exists()
    assert said[-2][1] == 1.0
    assert len(said) == 10
    assert before == {path: path.stat().st_mtime_ns for path in before}


@pytest.mark.sandbox
def test_a_training_that_fails_loses_its_predictions_and_no_more(tmp_path: Path) -> None:
    """The other model and the validation are judged."""
    code = "if not os.path.exists('/in/train.parquet'): sys.exit(3)\nprint('no way'); raise SystemExit(9)"
    evidence = _collect(tmp_path, _branch("train", code))
    found = outcomes_of(evidence)
    assert found["train_real"] == "crashed"
    assert found["validate_null"] == "ok"
    assert {found[name] for name in found if name.startswith("predict")} == {"not_run"}
    row = json.loads((evidence / "evidence.json").read_text())["calls"]["predict_real_p1_late"]
    assert row["side"] == "submission"
    assert "train_real" in row["message"]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("command", "code", "outcome"),
    [
        ("predict", "pass", "output_missing"),
        ("predict", "os.symlink('/etc/passwd', '/out/predictions.parquet')", "output_not_file"),
        ("predict", "os.mkfifo('/out/predictions.parquet')", "output_not_file"),
        ("predict", "open('/out/predictions.parquet', 'w').write('SCORE: 100')", "predictions_unreadable"),
        ("predict", "raise RuntimeError('broken')", "crashed"),
        ("predict", "while True: pass", "timeout_cpu"),
        ("predict", "x = bytearray(b'1') * (5 << 30)", "memory"),
        ("predict", "open('/model/more', 'w')", "crashed"),
        ("predict", "open('/in/requests.parquet', 'r+b')", "crashed"),
        ("train", "pass", "output_missing"),
        ("train", "os.symlink('/in', '/out/model/link')", "output_not_file"),
        ("train", "os.rmdir('/out/model'); open('/out/model', 'w').close()", "output_not_file"),
        ("train", "for n in range(300): open(f'/out/model/{n}', 'w').close()", "output_too_large"),
    ],
)
def test_a_broken_call_has_its_code(tmp_path: Path, command: str, code: str, outcome: str) -> None:
    """Each on the submission's side."""
    limits = ALL_QUICK | {"predict": replace(QUICK, wall_s=10.0, cpu_s=1)}
    evidence = _collect(tmp_path, _branch(command, code), calls=ONE_PREDICTION, limits=limits)
    name = "train_real" if command == "train" else "predict_real_p1_served"
    assert outcomes_of(evidence)[name] == outcome
    assert json.loads((evidence / "evidence.json").read_text())["calls"][name]["side"] == "submission"


@pytest.mark.sandbox
def test_validations_are_checked_by_form(tmp_path: Path) -> None:
    """A file that is no estimate is not kept."""
    evidence = _collect(tmp_path, _branch("validate", "open('/out/validation.json', 'w').write('{\"estimate\": NaN}')"), calls=default_calls()[:3])
    assert outcomes_of(evidence)["validate_null"] == "validation_unreadable"
    assert not (evidence / "calls" / "validate_null" / "validation.json").exists()


@pytest.mark.sandbox
def test_columns_that_nobody_asked_for_are_passed_over_and_noted(tmp_path: Path) -> None:
    """One note for all calls, with the widest; the scores are those of the column that was asked for."""
    code = """
import pyarrow as pa, pyarrow.parquet as pq
ids = pq.read_table("/in/requests.parquet").column("request_id")
pq.write_table(pa.table({"request_id": ids, "y": [1.0] * len(ids), "score": [0.5] * len(ids), "rank": ids}), "/out/predictions.parquet")
"""
    evidence = _collect(tmp_path, _branch("predict", code), calls=ONE_PREDICTION)
    assert outcomes_of(evidence)["predict_real_p1_served"] == "ok"
    assert set(np.fromfile(evidence / "calls" / "predict_real_p1_served" / "scores.f64", "<f8")) == {0.5}
    assert json.loads((evidence / "evidence.json").read_text())["notes"] == [
        "predictions.parquet held columns beside request_id and score in 1 of 1 calls (up to 2); they were passed over."
    ]


@pytest.mark.sandbox
def test_a_hang_is_tried_again_once_and_then_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waited both times; after some such calls (here one) the rest of that command is not run, the other commands are."""
    monkeypatch.setattr("kit.collect.PATIENCE", 1)
    limits = ALL_QUICK | {"predict": Limits(wall_s=1.5, cpu_s=1)}
    found = outcomes_of(_collect(tmp_path, _branch("predict", "time.sleep(60)"), limits=limits, jobs=1))
    predictions = [found[name] for name in found if name.startswith("predict")]
    assert predictions == ["hung"] + ["stopped_early"] * 5
    assert found["validate_null"] == "ok"


LOOK = """
import hashlib, json
seen = []
for root in ("/in", "/sub", "/model", "/out"):
    for folder, _, files in sorted(os.walk(root)):
        for name in [".", *sorted(files)]:
            s = os.stat(os.path.join(folder, name))
            seen.append([folder, name, s.st_mode, s.st_nlink, int(s.st_mtime) if root == "/in" else 0])
print(json.dumps([seen, sorted(os.environ.items()), os.getcwd(), sys.argv, os.uname().nodename]))
import pyarrow as pa, pyarrow.parquet as pq
ids = pq.read_table("/in/requests.parquet").column("request_id")
pq.write_table(pa.table({"request_id": ids, "score": [0.5] * len(ids)}), "/out/predictions.parquet")
"""


@pytest.mark.sandbox
def test_every_probe_looks_the_same(tmp_path: Path) -> None:
    """Names, modes, link counts, times, environment, command line and folder do not tell one batch call from another."""
    evidence = _collect(tmp_path, _branch("predict", LOOK))
    assert set(outcomes_of(evidence).values()) == {"ok"}
    said = {
        (evidence / "calls" / f"predict_{model}_p1_{probe}" / "stdout.txt").read_text()
        for model in ("real", "again")
        for probe in ("served", "honest", "late")
    }
    assert len(said) == 1


def test_without_a_pipeline_nothing_is_run(tmp_path: Path) -> None:
    """And everything says so."""
    evidence = _collect(tmp_path, None, sandbox=Plain())
    assert set(outcomes_of(evidence).values()) == {"no_pipeline"}
    assert json.loads((evidence / "evidence.json").read_text())["notes"] == [
        "pipeline/__main__.py is missing: no command of it can be run.",
        "The submission was run without a sandbox.",
    ]


class Failing(Plain):
    """A sandbox that does not start."""

    def run(self, *args: object, **options: object) -> Run:
        raise SandboxError("no more user namespaces")


def test_a_sandbox_that_fails_is_ours(tmp_path: Path) -> None:
    """Every outcome is on the instrument's side, the reason is kept for us alone."""
    evidence = _collect(tmp_path, sandbox=Failing())
    record = json.loads((evidence / "evidence.json").read_text())
    assert {row["side"] for row in record["calls"].values()} == {"instrument"}
    assert outcomes_of(evidence)["predict_real_p1_served"] == "needed_call_failed"
    assert "no more user namespaces" in (evidence / "calls" / "train_real" / "instrument.txt").read_text()
    assert "namespaces" not in json.dumps(record["calls"])


class Interrupted(Plain):
    """The person at the terminal presses Ctrl-C."""

    def run(self, *args: object, **options: object) -> Run:
        raise KeyboardInterrupt


def test_an_interrupt_leaves_no_stage_and_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence exists only once evidence.json does."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(KeyboardInterrupt):
        _collect(tmp_path, sandbox=Interrupted())
    assert not list(tmp_path.glob("stage-*"))
    assert not (tmp_path / "evidence" / "evidence.json").exists()


def test_a_form_that_lacks_a_file_stops_before_anything_is_run(tmp_path: Path) -> None:
    """A damaged vault is not the submission's doing."""
    taken = intake(write_submission(tmp_path / "mine"), tmp_path / "taken")
    form = write_form(tmp_path / "form")
    os.unlink(form / "stages" / "batch" / "p1" / "requests" / "honest.parquet")
    with pytest.raises(DamagedVault, match=r"honest\.parquet"):
        collect(taken, form, sandbox=Plain(), runtime=running_runtime(tmp_path / "joints"), out=tmp_path / "evidence")
    assert not (tmp_path / "evidence").exists()
