from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from graders.model import Scorecard
from kit.assess import assess, regrade
from kit.errors import DamagedVault, InputError, UnknownTakehome, VaultError
from kit.issue import issue
from kit.sandbox.model import RunCancelled, SandboxError


@pytest.fixture
def issued(vault, toy, tmp_path):
    return issue(vault, "ana", out=tmp_path / "out")


@pytest.fixture
def run(vault, grading):
    return lambda *paths, **options: assess(vault, paths, sandbox=None, runtime=None, **options)


def test_a_grade_is_kept_with_its_evidence_and_pages(vault, issued, run, hand_in):
    (graded,) = run(hand_in(issued.folder, "71"))
    assert (graded.error, graded.id, graded.grade) == (None, issued.id, 1)
    assert graded.folder == vault.root / "forms" / issued.id / "grades" / "1"
    assert sorted(path.name for path in graded.folder.iterdir()) == ["evidence", "grade.json", "manifest.json", "report.html", "scorecard.json"]
    assert Scorecard.from_json((graded.folder / "scorecard.json").read_text()) == graded.scorecard
    assert graded.scorecard.total == 71
    assert (graded.folder / "report.html").read_text() == "<html>71.0</html>"
    assert vault.log.entries()[-1].event == "graded"
    assert graded.to_dict()["report_path"] == str(graded.folder / "report.html")


def test_one_bad_submission_neither_stops_nor_alters_the_others(vault, issued, run, hand_in, grading, tmp_path):
    """Of nine, only the three good ones are graded, and each as when it is graded alone."""
    grading.errors = {"sandbox": SandboxError("bwrap died"), "bug": ZeroDivisionError("ours")}
    stranger = hand_in(issued.folder, "stranger")
    (stranger / "takehome.json").write_text('{"id": "tstranger"}')
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no zip")
    paths = [hand_in(issued.folder, "10"), tmp_path / "nobody.zip", hand_in(issued.folder, "sandbox"), hand_in(issued.folder, "20"), stranger]
    paths += [hand_in(issued.folder, "bug"), tmp_path / "empty", tmp_path / "text.zip", hand_in(issued.folder, "30")]
    seen = []
    results = run(*paths, started=lambda path: seen.append(path.name), finished=lambda graded: seen.append(graded.error is None))
    assert [graded.scorecard.total if graded.scorecard else None for graded in results] == [10, None, None, 20, None, None, None, None, 30]
    assert [graded.grade for graded in results if graded.grade] == [1, 2, 3]
    assert seen[:4] == ["hand-in-10", True, "nobody.zip", False]
    messages = [graded.error or "" for graded in results]
    assert "nobody.zip" in messages[1]
    assert messages[2] == "bwrap died"
    assert "does not know 'tstranger'" in messages[4]
    assert "internal error of the kit, not the submission's: ZeroDivisionError: ours" in messages[5]
    assert "takehome.json" in messages[6]
    (alone,) = run(paths[3])
    assert alone.scorecard == results[3].scorecard
    assert list((vault.root / "incoming").iterdir()) == []


def test_nothing_is_left_outside_the_vault(vault, issued, run, hand_in, grading, tmp_path, monkeypatch):
    stage = tmp_path / "stage"
    stage.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(stage))
    grading.errors = {"bad": SandboxError("died")}
    run(hand_in(issued.folder, "10"), hand_in(issued.folder, "bad"))
    assert list(stage.iterdir()) == []


def test_a_damaged_form_is_not_graded_with(vault, issued, run, hand_in, grading):
    (vault.root / "forms" / issued.id / "honest" / "train.parquet").write_bytes(b"changed")
    (graded,) = run(hand_in(issued.folder, "10"))
    assert "honest/train.parquet differs from what was sealed" in (graded.error or "")
    assert grading.collected == []


def test_stopping_at_the_keyboard_stops_all(issued, run, hand_in, grading):
    grading.errors = {"stop": RunCancelled("stopped")}
    with pytest.raises(RunCancelled):
        run(hand_in(issued.folder, "stop"), hand_in(issued.folder, "10"))
    assert grading.collected == ["stop"]


def test_regrading_runs_nothing_and_appends(vault, issued, run, hand_in, grading, snapshot):
    run(hand_in(issued.folder, "50"), hand_in(issued.folder, "60"))
    before = snapshot(vault.root / "forms")
    collected = list(grading.collected)
    again = regrade(vault, issued.id)
    assert (again.grade, again.scorecard.total, again.changed) == (3, 60, False)
    grading.bonus = 5
    changed = regrade(vault, issued.id, grade=1)
    assert (changed.grade, changed.scorecard.total, changed.changed) == (4, 55, True)
    assert json.loads((changed.folder / "grade.json").read_text())["evidence_of"] == 1
    assert grading.collected == collected
    assert before.items() <= snapshot(vault.root / "forms").items()
    assert [entry.event for entry in vault.log.entries()] == ["issued", "graded", "graded", "regraded", "regraded"]


def test_what_cannot_be_regraded_says_why(vault, issued, run, hand_in):
    with pytest.raises(UnknownTakehome, match="Did you mean"):
        regrade(vault, issued.id[:-1])
    with pytest.raises(VaultError, match="has no grade yet"):
        regrade(vault, issued.id)
    (graded,) = run(hand_in(issued.folder, "50"))
    with pytest.raises(VaultError, match="a grade 2 for this; it has 1"):
        regrade(vault, issued.id, grade=2)
    (graded.folder / "evidence" / "evidence.json").write_text("{}")
    with pytest.raises(DamagedVault, match="evidence/evidence.json differs"):
        regrade(vault, issued.id)


def test_a_grade_without_evidence_is_not_regraded(vault, issued, grading):
    with vault.incoming() as work:
        (work / "grade").mkdir()
        (work / "grade" / "scorecard.json").write_text("{}")
        vault.seal_grade(vault.form(issued.id), work / "grade", event="graded")
    with pytest.raises(InputError, match="must hold evidence"):
        regrade(vault, issued.id)


def test_a_name_of_a_person_is_in_no_path_of_the_stage(issued, run, hand_in, grading, monkeypatch):
    """Paths of binds can be seen from inside a sandbox."""
    from kit import assess as module

    places = []
    monkeypatch.setattr(module, "intake", lambda path, into: places.append(into) or (_ for _ in ()).throw(InputError("stop here")))
    run(Path("ana-smith.zip"))
    assert "ana" not in str(places[0]).removeprefix(tempfile.gettempdir())
