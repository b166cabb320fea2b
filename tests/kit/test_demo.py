from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from kit import demo
from kit.cli import cli
from kit.errors import InputError, InternalError, MachineError
from kit.sandbox.model import SandboxUnavailable

SECRET = "0f" * 32


def persona(memo):
    def write(takehome, form, out):
        assert (form / "key.json").is_file()
        out.mkdir(parents=True)
        (out / "takehome.json").write_bytes((takehome / "takehome.json").read_bytes())
        (out / "MEMO.md").write_text(memo)
        return out

    return SimpleNamespace(write=write)


@pytest.fixture
def personas(toy, grading, monkeypatch, tmp_path):
    """Personas whose scores are given, and a sandbox that is only named."""
    monkeypatch.setattr(demo, "choose", lambda allow_unsandboxed, remark=None: "sandbox")
    monkeypatch.setattr(demo, "runtime_for", lambda sandbox, progress=None: "runtime")
    monkeypatch.setattr("kit.report.summary.print_side_by_side", lambda *args, **options: print("SIDE BY SIDE"))
    monkeypatch.chdir(tmp_path)

    def scores(inherited, careful):
        monkeypatch.setattr(demo, "inherited", persona(str(inherited)))
        monkeypatch.setattr(demo, "careful", persona(str(careful)))

    scores(8, 93)
    return scores


def invoke(*args):
    result = CliRunner().invoke(cli, ["demo", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_demo_leaves_everything_where_it_says(personas, tmp_path):
    code, out, _ = invoke()
    assert code == 0
    assert "SIDE BY SIDE" in out
    places = {line[2:30].strip(): line[30:].strip() for line in out.splitlines() if line.startswith("  ")}
    for name in (
        "take-home folder",
        "take-home zip",
        "vault",
        *(f"{who}: {what}" for who in ("as handed over", "careful") for what in ("scorecard", "report")),
    ):
        assert (tmp_path / places[name]).exists(), name
    assert len(places["secret (to repeat)"]) == 64


def test_a_secret_repeats_a_demo_and_each_run_has_its_own_folder(personas, tmp_path):
    first, second = (json.loads(invoke("--secret", SECRET, "--json")[1]) for _ in range(2))
    assert first["secret"] == second["secret"] == SECRET
    assert first["inherited"]["id"] == second["inherited"]["id"]
    assert first["vault"].endswith("demo-out/run-1/vault")
    assert second["vault"].endswith("demo-out/run-2/vault")
    assert json.loads(invoke("--json")[1])["secret"] != SECRET


@pytest.mark.parametrize(("scores", "message"), [((25, 93), "must score below 25; it scored 25.0"), ((8, 85), "must score above 85; it scored 85.0")])
def test_a_demo_out_of_bounds_fails_and_says_how_to_repeat_it(personas, scores, message):
    personas(*scores)
    code, out, err = invoke("--secret", SECRET)
    assert code == 1
    assert message in err
    assert f"--secret {SECRET}" in err


def test_without_a_sandbox_it_says_so_loudly_before_and_after(personas, monkeypatch):
    def choose(allow_unsandboxed, remark=None):
        if not allow_unsandboxed:
            raise SandboxUnavailable("bubblewrap is missing")
        return "plain"

    monkeypatch.setattr(demo, "choose", choose)
    code, out, err = invoke()
    assert code == 0
    assert "NO SANDBOX" in err
    assert "bubblewrap is missing" in err
    assert "NO SANDBOX" in out
    assert json.loads(invoke("--json")[1])["sandboxed"] is False


def test_a_submission_of_the_demo_that_is_not_graded_is_the_kits_fault(personas, grading):
    grading.errors = {"93": ZeroDivisionError("ours")}
    code, _, err = invoke()
    assert code == 70
    assert "must be graded; it was not: internal error" in err


def test_bad_options_of_a_demo(personas, tmp_path):
    assert invoke("--secret", "0f")[0] == 2
    assert invoke("--scenario", "toy")[0] == 2
    with pytest.raises(InputError, match="short or standard"):
        demo.run(tmp_path, form="long")
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="--out must be"):
        demo.run(tmp_path / "file")


def test_scorecards_are_there_or_it_is_an_error(personas, tmp_path):
    result = demo.run(tmp_path / "out", secret=bytes.fromhex(SECRET))
    assert (result.inherited_card.total, result.careful_card.total) == (8, 93)
    broken = demo.Demo(**{**vars(result), "careful": demo.Graded(source="x", error="no")})
    with pytest.raises(InternalError):
        broken.problems()
