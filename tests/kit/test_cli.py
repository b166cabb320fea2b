from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kit import cli as module
from kit.cli import cli
from kit.commands import catalog, common, key

DOCS = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


@pytest.fixture
def run(toy, tmp_path, monkeypatch):
    """Run a command in an empty folder; returns exit code, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TAKEHOME_VAULT", raising=False)

    def run(*args):
        result = CliRunner().invoke(cli, [str(arg) for arg in args])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run


def commands(group=cli, path=("takehome",)):
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_a_command_runs_one_thread_a_process_by_itself():
    """Without make's settings too: numbers would depend on a machine's cores, and threads would wait for one another. Who asks for more has it."""
    code = "import kit.cli, os, generators.baseline; from threadpoolctl import threadpool_info; print({p['num_threads'] for p in threadpool_info()})"
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    for asked, threads in ((bare, {1}), ({**bare, **{f"{name}_NUM_THREADS": "2" for name in ("OMP", "OPENBLAS", "MKL")}}, {2})):
        said = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=True).stdout
        assert said.strip() == str(threads)


def test_every_command_and_option_is_documented_and_nothing_else_is():
    """docs/commands.md has one section a command, and its table names exactly the options that the command has."""
    sections = {title: body for title, body in re.findall(r"^## (takehome [\w ]+)\n(.*?)(?=^## |\Z)", DOCS.read_text(), re.M | re.S)}
    assert set(sections) == {path for path, _ in commands()}
    for path, command in commands():
        rows = "\n".join(line.split("|")[1] for line in sections[path].replace(r"\|", "/").splitlines() if line.startswith("|"))
        written = set(re.findall(r"--[a-z][\w-]*", rows))
        assert written == {name for option in command.params if isinstance(option, click.Option) for name in option.opts if name.startswith("--")}, (
            path
        )


def test_every_command_has_json_and_debug():
    for path, command in commands():
        assert {"as_json", "debug"} <= {option.name for option in command.params}, path


def test_exit_codes_are_documented():
    from kit import errors

    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", DOCS.read_text(), re.M)}
    assert documented == {0, 130} | {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.KitError)}


def test_issue_says_where_things_are_and_again_that_it_is_the_same(run, tmp_path):
    code, out, err = run("issue", "ana", "--form", "short")
    assert code == 0, err
    id_ = re.search(r"Issued: (\w+) for ana, round 1 \(subscription_churn, short, mid\)", out).group(1)
    assert (tmp_path / "takehomes" / id_ / "README.md").is_file()
    assert f"takehomes/{id_}.zip" in out
    assert (tmp_path / "vault" / "vault.json").is_file()
    code, out, _ = run("issue", "ana")
    assert code == 0
    assert out.startswith(f"Issued already: the same take-home as before: {id_}")


def test_json_is_alone_on_standard_output(run):
    code, out, err = run("issue", "ana", "--json")
    issued = json.loads(out)
    assert code == 0
    assert (issued["candidate"], issued["again"], issued["form"]) == ("ana", False, "standard")
    assert Path(issued["zip"]).is_file()
    assert "making the world" in err
    code, out, err = run("issue", "ana", "--form", "short", "--json")
    assert code == 2
    assert json.loads(out)["error"]["kind"] == "InputError"
    assert "form is 'standard', not 'short'" in json.loads(out)["error"]["message"]
    assert "form is 'standard', not 'short'" in err


def test_the_vault_can_come_from_the_environment(run, tmp_path, monkeypatch):
    monkeypatch.setenv("TAKEHOME_VAULT", str(tmp_path / "elsewhere"))
    assert run("issue", "ana")[0] == 0
    assert (tmp_path / "elsewhere" / "forms").is_dir()
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["issue"], 2, "issue needs a CANDIDATE or --roster people.csv, one of the two; got neither"),
        (["issue", "ana", "--roster", "x.csv"], 2, "got both"),
        (["issue", "ana", "--scenario", "toyshop"], 2, "Did you mean 'toy_shop'?"),
        (["issue", "ana", "--vault", "s3://b/v"], 2, "Object stores are not offered yet"),
        (["issue", "ana", "--vault", "/dev/null/vault"], 3, "must be a folder that can be written"),
        (["issue", "ana", "--out", "/dev/null/out"], 4, "--out must be a folder that can be written"),
        (["issue", "--roster", "nobody.csv"], 2, "--roster must be a CSV file that can be read"),
        (["key", "t123"], 3, "expected a vault in"),
        (["vault", "list"], 3, "expected a vault in"),
        (["isue", "ana"], 2, "Did you mean 'issue'?"),
    ],
)
def test_bad_input_is_a_message_and_a_code_never_a_traceback(run, tmp_path, args, code, message):
    got, out, err = run(*args)
    assert got == code, err
    assert message in err
    assert "Traceback" not in out + err


def test_an_unknown_choice_makes_no_vault(run, tmp_path):
    run("issue", "ana", "--scenario", "toyshop")
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_where_an_error_came_from(run, toy):
    def bug():
        raise ZeroDivisionError("a bug")

    toy.on_build = bug
    code, _, err = run("issue", "ana")
    assert code == 70
    assert "internal error of the kit: ZeroDivisionError: a bug" in err
    assert "Traceback" not in err
    code, _, err = run("issue", "ana", "--debug")
    assert code == 70
    assert "Traceback" in err


def test_a_roster_is_issued_row_by_row(run, toy, tmp_path):
    (tmp_path / "people.csv").write_text("candidate,form\nana,short\nben,\ncat,\n")
    toy.fail_for.add("ben")
    code, out, err = run("issue", "--roster", "people.csv", "--level", "junior")
    assert code == 1
    assert "2 of 3 issued" in out
    assert "row 3, ben: no standard form" in err
    toy.fail_for.clear()
    code, out, _ = run("issue", "--roster", "people.csv", "--json")
    assert code == 0
    assert [(row["candidate"], row["row"], row["again"], row["level"]) for row in json.loads(out)] == [
        ("ana", 2, True, "junior"),
        ("ben", 3, False, "junior"),
        ("cat", 4, True, "junior"),
    ]


def test_a_malformed_roster_issues_nothing(run, tmp_path):
    (tmp_path / "people.csv").write_text("candidate,scenario\nana,toy_shop\nben,toy\n")
    code, _, err = run("issue", "--roster", "people.csv")
    assert code == 2
    assert "row 3, column scenario" in err
    assert not (tmp_path / "vault").exists()


def test_key_shows_the_truth_and_suggests_for_a_mistyped_id(run):
    id_ = json.loads(run("issue", "ana", "--json")[1])["id"]
    code, out, _ = run("key", id_)
    assert code == 0
    for words in (
        "Calls counted past the decision",
        "target_leakage / toy_leak, level 2",
        "column calls_28d of train",
        "When is a call known?",
        "d1  Visits",
    ):
        assert words in out
    key = run("key", id_, "--json")[1]
    assert json.loads(key)["faults"][0]["id"] == "f1"
    commitment, nonce = re.search(r"Commitment (\w+), with nonce (\w+):", out).groups()
    canonical = json.dumps(json.loads(key), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(bytes.fromhex(nonce) + canonical).hexdigest() == commitment, "the check that docs/vault.md shows"
    code, _, err = run("key", id_[:-2])
    assert code == 3
    assert f"Did you mean '{id_}'?" in err


def test_catalog_lists_everything_with_a_line(run):
    code, out, _ = run("catalog")
    assert code == 0
    assert re.search(r"mechanisms \(1\)\n  toy_leak +\[target_leakage\] Counts past the decision", out)
    assert json.loads(run("catalog", "--json")[1]) == {
        "scenarios": {"subscription_churn": {"title": "People who may leave"}, "toy_shop": {"title": "A toy shop"}},
        "mechanisms": {"toy_leak": {"title": "Counts past the decision", "family": "target_leakage"}},
        "decoys": {"toy_twin": {"title": "Looks guilty, is honest"}},
    }


def test_vault_list_is_blind_unless_asked(run, tmp_path):
    id_ = json.loads(run("issue", "ana", "--json")[1])["id"]
    code, out, _ = run("vault", "list")
    assert code == 0
    assert id_ in out
    assert "ana" not in out
    assert "ana" in run("vault", "list", "--names")[1]
    assert json.loads(run("vault", "list", "--json")[1])[0]["grades"] == []


def test_vault_check_finds_what_was_changed(run, tmp_path):
    id_ = json.loads(run("issue", "ana", "--json")[1])["id"]
    run("issue", "ben")
    code, out, _ = run("vault", "check")
    assert (code, out) == (0, "2 sealed folders and 2 lines of the log checked; 0 problem(s)\n")
    (tmp_path / "vault" / "forms" / id_ / "key.json").write_text("{}")
    code, out, err = run("vault", "check", "--json")
    assert code == 1
    assert json.loads(out)["checked"] == 1
    assert "key.json differs from what was sealed" in json.loads(out)["problems"][0]
    assert run("key", id_)[0] == 3


def test_vault_rotate_makes_a_generation(run):
    run("issue", "ana")
    assert json.loads(run("vault", "rotate", "--json")[1]) == {"generation": 2}
    assert "generation 3" in run("vault", "rotate")[1]
    assert run("vault", "check")[0] == 0


def test_what_is_printed_cannot_move_the_cursor_or_turn_the_text():
    assert common.plain("a\x1b[31mb\u202ec\td\n") == "a\\x1b[31mb\\u202ec\td\n"


def test_json_on_a_terminal_moves_no_cursor_either_and_says_the_same(capsys):
    """A control character of the second kind, a direction override and a tag beyond the first plane, in a value and in a name."""
    value = {"Zo\u00eb \u009b31m": ["a\u202eb", "\U000e0041", "\x1b[2J\n\t"]}
    common.emit(value)
    said = capsys.readouterr().out
    assert json.loads(said) == value
    assert [mark for mark in said if not mark.isprintable() and mark != "\n"] == []
    assert "Zo\u00eb" in said


def test_a_locus_in_words():
    assert key.locus_words({"kind": "rows", "table": "holdout"}) == "rows of holdout"
    assert key.locus_words({"kind": "split", "table": "holdout"}) == "the split of holdout"


def test_the_real_catalogue_is_described_by_each_declaration():
    from generators.catalog import decoys, mechanisms, scenarios

    for item in (*mechanisms().values(), *decoys().values()):
        assert catalog._about(item)["title"] == item.summary
    assert {catalog._about(s)["title"] for s in scenarios().values()} == {s.title for s in scenarios().values()}


@pytest.mark.parametrize(("raised", "code"), [(KeyboardInterrupt(), 130), (click.UsageError("no"), 2), (None, 0)])
def test_the_entry_point_ends_with_the_documented_codes(monkeypatch, raised, code):
    def invoke(ctx):
        if raised is not None:
            raise raised

    monkeypatch.setattr("sys.argv", ["takehome"])
    monkeypatch.setattr(module.cli, "invoke", invoke)
    monkeypatch.setattr(module.cli, "parse_args", lambda ctx, args: args)
    with pytest.raises(SystemExit) as caught:
        module.main()
    assert caught.value.code == code


def test_lists_and_json_cannot_steer_a_terminal(run, tmp_path):
    """A name with direction marks, an 8-bit escape or a formula is shown as escapes in both; the JSON still holds the very name."""
    name = "=HYPERLINK(1) \u202eeve\u2066 \x9b2Jx\x7f é"
    (tmp_path / "people.csv").write_text(f"candidate\n{name}\nana\n", encoding="utf-8")
    for words in (["issue", "--roster", "people.csv"], ["issue", "--roster", "people.csv", "--json"], ["vault", "list"], ["vault", "list", "--json"]):
        _, out, err = run(*words)
        assert not [mark for mark in out + err if not mark.isprintable() and mark not in "\n\t"], words


def test_json_escapes_what_is_not_printed_and_nothing_else(capsys):
    """Read back it is the same text, lone surrogates and characters beyond the first plane included."""
    text = "é 漢 \u202e \x9b \x7f \x1b \U000e0001 \ud800"
    common.emit([text])
    said = capsys.readouterr().out
    assert json.loads(said) == [text]
    assert "é 漢" in said
    assert not [mark for mark in said if not mark.isprintable() and mark != "\n"]
