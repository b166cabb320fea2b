"""The candidate's page of a sealed grade: where it is written, what it never replaces, and that nothing of the key is in it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from samples import poor
from small_form import FOOLED, inherited, make_evidence, make_form
from written import claims, true_findings

from graders.key import Key
from kit import assess
from kit.cli import cli
from kit.record import Record

RUBRIC = Path(__file__).resolve().parents[3] / "graders" / "rubric.toml"
ID = "th_small"


@pytest.fixture
def run(vault, tmp_path, monkeypatch):
    """The command line in an empty folder beside the vault."""
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("TAKEHOME_VAULT", str(vault.root))

    def run(*args):
        result = CliRunner().invoke(cli, [str(arg) for arg in args])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture
def graded(vault, tmp_path, monkeypatch):
    """The small form of the grading tests, sealed, with two grades scored by the real scoring: everything found, then nothing."""
    with vault.incoming() as work:
        form = make_form(work / "form")
        shutil.copyfile(RUBRIC, form / "rubric.toml")
        about = {"candidate": "ana", "round": "1", "scenario": "toy", "form": "short", "level": "mid", "issued_at": "2029-01-01T00:00:00+00:00"}
        record = Record(**about, generation=1, commitment="ab" * 32, nonce="cd" * 32, kit_version="0.1.0")
        sealed = vault.seal_form(ID, form, record)
    submission = tmp_path / "hand-in"
    (submission / "pipeline").mkdir(parents=True)
    (submission / "pipeline" / "__main__.py").write_text("")
    (submission / "takehome.json").write_text(json.dumps({"id": ID}))
    key = Key.load(sealed.folder)
    hand_ins = {"findings": "\n".join(true_findings(key, 0.9)) + claims()}, {"scores": inherited, "validations": FOOLED}
    for arranged in hand_ins:

        def collect(taken, folder, *, out, arranged=arranged, **_):
            out.mkdir()
            return make_evidence(out, folder, **arranged)

        monkeypatch.setattr(assess, "collect", collect)
        (result,) = assess.assess(vault, [submission], sandbox=None, runtime=None)
        assert result.error is None, result.trace
    return key


def test_the_page_is_written_and_said_to_be_safe(run, graded, tmp_path):
    """The latest grade by default, another by number; the file is named after the take-home and its place is said."""
    code, out, err = run("feedback", ID)
    assert code == 0, err
    assert f"Written: feedback-{ID}.html (take-home {ID}, grade 2)." in out
    assert "It holds no key and may be sent to the candidate." in out
    page = (tmp_path / "desk" / f"feedback-{ID}.html").read_text()
    assert "Feedback on your take-home" in page
    assert run("feedback", ID, "--grade", "1", "--out", "first.html")[0] == 0
    assert (tmp_path / "desk" / "first.html").read_text() != page


def test_nothing_of_the_key_is_on_the_page(run, graded, tmp_path):
    """No column, mechanism, family, id or text of a fault or twin, for a grade that found all and one that found none."""
    key = json.loads((graded.folder / "key.json").read_text())
    report = (graded.folder / "grades" / "1" / "report.html").read_text()
    secret = {name for fault in key["faults"] for name in (fault["mechanism"], fault["family"], fault["id"], fault["twin"], *fault["changed"])}
    secret |= {each["locus"]["column"] for each in (*key["faults"], *key["decoys"]) if "column" in each["locus"]}
    secret |= {fault[name] for fault in key["faults"] for name in ("title", "explanation", "trail", "price", "question")}
    secret |= {decoy["title"] for decoy in key["decoys"]}
    assert {"calls_28d", "price", "window_past_decision", "copied_rows", "visits"} <= secret
    assert "calls_28d" in report
    for grade in (1, 2):
        assert run("feedback", ID, "--grade", grade, "--out", f"{grade}.html")[0] == 0
        text = (tmp_path / "desk" / f"{grade}.html").read_text()
        body = text[text.index("<body>") :]
        assert [word for word in sorted(secret) if re.search(rf"\b{re.escape(word)}\b", body)] == []


def test_nothing_is_replaced_but_the_same_page_is_no_error(run, graded, tmp_path):
    """Again is said; another grade's page, somebody's file and a folder are left as they are."""
    assert json.loads(run("feedback", ID, "--json")[1])["again"] is False
    path = tmp_path / "desk" / f"feedback-{ID}.html"
    before = path.read_bytes()
    code, out, _ = run("feedback", ID)
    assert code == 0
    assert out.startswith("There already, unchanged: ")
    assert json.loads(run("feedback", ID, "--json")[1]) == {"id": ID, "grade": 2, "path": str(path), "again": True}
    code, _, err = run("feedback", ID, "--grade", "1")
    assert code == 2
    assert "is there already and is not this page" in err
    assert run("feedback", ID, "--out", ".")[0] == 2
    assert path.read_bytes() == before


def test_what_cannot_be_told_says_why(run, graded, vault, tmp_path):
    """An unknown id, a grade that is not there, a place that cannot be written, a damaged grade: a message and a code."""
    for arguments, code, words in (
        (("feedback", "th_smal"), 3, f"Did you mean '{ID}'?"),
        (("feedback", ID, "--grade", "9"), 3, "it has 1, 2"),
        (("feedback", ID, "--out", "nowhere/x.html"), 4, "--out must be a file that can be written"),
    ):
        got, out, err = run(*arguments, "--json")
        assert (got, json.loads(out)["error"]["message"] in err) == (code, True)
        assert words in err
    (vault.root / "forms" / ID / "grades" / "2" / "scorecard.json").write_text("{}")
    code, _, err = run("feedback", ID)
    assert code == 3
    assert "scorecard.json differs from what was sealed" in err
    assert list((tmp_path / "desk").iterdir()) == []


def test_a_scorecard_of_another_layout_is_named(run, graded, vault, tmp_path):
    """One that this kit cannot read, sealed by another, is no mistake of the kit."""
    form = vault.form(ID)
    with vault.incoming() as work:
        (work / "grade").mkdir()
        (work / "grade" / "scorecard.json").write_text('{"schema": 99}')
        vault.seal_grade(form, work / "grade", event="graded")
    code, _, err = run("feedback", ID)
    assert code == 3
    assert f"grade 3 of {ID} must have a scorecard.json that this kit can read" in err


def test_what_is_to_be_settled_first_is_said_beside_it(run, graded, vault):
    """A grade that a person must look at: the page is written, the warning stands on standard error, without a word of the key."""
    form = vault.form(ID)
    with vault.incoming() as work:
        (work / "grade").mkdir()
        (work / "grade" / "scorecard.json").write_text(poor().to_json())
        vault.seal_grade(form, work / "grade", event="graded")
    code, out, err = run("feedback", ID)
    assert code == 0
    assert "Before you send it: A person must look at this." in err
    assert "Before" not in out
