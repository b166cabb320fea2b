from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kit.cli import cli
from kit.sandbox.model import SandboxError, SandboxUnavailable


@pytest.fixture
def run(toy, grading, tmp_path, monkeypatch):
    """The command line in an empty folder, with a sandbox and a runtime that are only named."""
    asked = {}

    def choose(allow_unsandboxed=False, wanted=None, remark=None):
        asked.update(allow_unsandboxed=allow_unsandboxed, wanted=wanted)
        return "sandbox"

    monkeypatch.setattr("kit.sandbox.choose.choose", choose)
    monkeypatch.setattr("kit.runtime.runtime_for", lambda sandbox, progress=None: "runtime")
    monkeypatch.setattr("kit.report.summary.print_summary", lambda card, **options: print(f"TOTAL {card.total}"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAKEHOME_VAULT", raising=False)

    def run(*args):
        result = CliRunner().invoke(cli, [str(arg) for arg in args])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    run.asked = asked
    return run


@pytest.fixture
def takehome(run):
    return Path(json.loads(run("issue", "ana", "--json")[1])["folder"])


def test_grading_says_the_score_and_where_the_pages_are(run, takehome, hand_in, tmp_path):
    code, out, err = run("grade", hand_in(takehome, "71"))
    assert code == 0, err
    assert "TOTAL 71.0" in out
    assert run.asked == {"allow_unsandboxed": False, "wanted": None}
    report = next(line.split()[1] for line in out.splitlines() if line.strip().startswith("report"))
    assert (tmp_path / report).read_text() == "<html>71.0</html>"


def test_a_sandbox_can_be_asked_for_by_option_or_variable(run, takehome, hand_in, monkeypatch):
    assert run("grade", hand_in(takehome, "71"), "--sandbox", "container")[0] == 0
    assert run.asked["wanted"] == "container"
    monkeypatch.setenv("TAKEHOME_SANDBOX", "bubblewrap")
    assert run("grade", hand_in(takehome, "72"))[0] == 0
    assert run.asked["wanted"] == "bubblewrap"
    code, _, err = run("grade", hand_in(takehome, "73"), "--sandbox", "none")
    assert code == 2
    assert "'none' is not one of 'bubblewrap', 'container'" in err


def test_json_holds_every_submission_and_the_exit_code_says_if_any_failed(run, takehome, hand_in):
    code, out, err = run("grade", hand_in(takehome, "71"), "nobody.zip", hand_in(takehome, "30"), "--json")
    assert code == 1
    results = json.loads(out)
    assert [result["error"] is None for result in results] == [True, False, True]
    assert [result["scorecard"]["total"] for result in results if result["scorecard"]] == [71, 30]
    assert "nobody.zip" in err


def test_several_submissions_end_with_a_list(run, takehome, hand_in):
    code, out, err = run("grade", hand_in(takehome, "71"), "nobody.zip")
    assert code == 1
    assert " 71.0  pass" in out
    assert "not graded (see below)" in out
    assert "Error: nobody.zip: " in err
    assert "Traceback" not in err


def test_debug_shows_where_a_submission_failed(run, takehome, hand_in, grading):
    grading.errors = {"bad": SandboxError("bwrap died")}
    code, _, err = run("grade", hand_in(takehome, "bad"), "--debug")
    assert code == 1
    assert "Traceback" in err
    assert "bwrap died" in err


def test_pages_can_be_copied_out(run, takehome, hand_in, tmp_path):
    code, out, _ = run("grade", hand_in(takehome, "71"), "--out", "pages")
    assert code == 0
    target = tmp_path / "pages" / f"{takehome.name}-1"
    assert sorted(path.name for path in target.iterdir()) == ["report.html", "scorecard.json"]
    assert f"pages/{takehome.name}-1/report.html" in out
    code, _, err = run("grade", tmp_path / "hand-in-71", "--out", "/dev/null/x")
    assert code == 4
    assert "--out must be a folder that can be written" in err


def test_without_a_sandbox_it_refuses_and_names_the_fix(run, takehome, hand_in, monkeypatch):
    def none(**options):
        raise SandboxUnavailable("no full sandbox works on this machine: install bubblewrap")

    monkeypatch.setattr("kit.sandbox.choose.choose", none)
    code, _, err = run("grade", hand_in(takehome, "71"))
    assert code == 4
    assert "install bubblewrap" in err


def test_regrading_says_whether_anything_changed(run, takehome, hand_in, grading):
    run("grade", hand_in(takehome, "71"))
    code, out, _ = run("regrade", takehome.name)
    assert code == 0
    assert "TOTAL 71.0" in out
    assert "is the same as the one scored before" in out
    grading.bonus = 1
    code, out, _ = run("regrade", takehome.name, "--grade", "1", "--json")
    assert code == 0
    assert [(result["grade"], result["changed"], result["scorecard"]["total"]) for result in json.loads(out)] == [(3, True, 72)]
    code, _, err = run("regrade", takehome.name, "--grade", "9")
    assert code == 3
    assert "it has 1, 2, 3" in err


def test_grading_needs_a_submission_and_a_vault(run, tmp_path):
    assert run("grade")[0] == 2
    code, _, err = run("grade", tmp_path)
    assert code == 3
    assert "expected a vault" in err
