"""A team's own sentences: a draft to begin with, every flaw named before anything is issued, and forms that draw from them."""

from __future__ import annotations

import json
import os
import tomllib

import pytest
from click.testing import CliRunner

from generators.wording import public
from kit import wording
from kit.cli import cli
from kit.errors import InputError
from kit.issue import issue
from kit.vault import Vault

LOST = "of `{type}` something may have gone missing in {period}; the column is older"


def run(vault, *more):
    return CliRunner().invoke(cli, ["vault", "wording", "--vault", str(vault), *more])


def test_a_draft_is_what_the_kit_says_and_is_never_replaced(tmp_path):
    """The command makes the vault and writes the draft once, for its owner's eyes; what stands there is then checked and kept."""
    first = run(tmp_path / "vault", "--json")
    assert first.exit_code == 0, first.output
    path = tmp_path / "vault" / wording.FILE
    told = json.loads(first.stdout)
    assert (told["path"], told["drafted"], told["own"]) == (str(path), True, [])
    assert told["borrowed"] == list(public())
    assert path.stat().st_mode & 0o777 == 0o600
    assert {id: tuple(s) for id, s in tomllib.loads(path.read_text(encoding="utf-8")).items()} == public()
    path.write_text(f"lost_entries = [{json.dumps(LOST)}]\n", encoding="utf-8")
    again = run(tmp_path / "vault", "--json")
    told = json.loads(again.stdout)
    assert (told["drafted"], told["own"]) == (False, ["lost_entries"])
    assert told["borrowed"] == [id for id in public() if id != "lost_entries"]
    assert path.read_text(encoding="utf-8") == f"lost_entries = [{json.dumps(LOST)}]\n"
    assert "1 cause(s) have sentences of your own alone" in run(tmp_path / "vault").output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lost_entries = [", "must be TOML"),
        ("lost_entries = 'x'", "lost_entries: expected a list of sentences, got str"),
        ("lost_entries = ['some of {type}']\nlost = ['x']", "expected {period} and {type}, got {type}\n  lost: expected one of"),
    ],
)
def test_nothing_is_issued_by_sentences_that_cannot_stand(vault, toy, tmp_path, text, said):
    """Every flaw is named, the exit code is that of bad input, and the vault stays empty."""
    (vault.root / wording.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="in the vault must") as caught:
        issue(vault, "ana@example.org", out=tmp_path / "out")
    assert said in str(caught.value)
    assert toy.calls == []
    assert vault.ids() == []
    assert run(vault.root).exit_code == 2


def test_bytes_that_are_no_text_are_said(tmp_path):
    (tmp_path / wording.FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="must be a text file in UTF-8"):
        wording.read(tmp_path)


def test_forms_draw_from_the_teams_sentences(vault, toy, tmp_path):
    """What stands in the vault goes to the build; without a file, nothing. A candidate who has a take-home keeps it as it was."""
    issue(vault, "ana@example.org", out=tmp_path / "out")
    assert toy.wording == {}
    (vault.root / wording.FILE).write_text(f"lost_entries = [{json.dumps(LOST)}]\n", encoding="utf-8")
    assert issue(vault, "ana@example.org", out=tmp_path / "out").again
    assert toy.wording == {}
    issue(vault, "ben@example.org", out=tmp_path / "out")
    assert toy.wording == {"lost_entries": (LOST,)}


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    (tmp_path / wording.FILE).write_text("theirs", encoding="utf-8")
    with pytest.raises(FileExistsError):
        wording.draft(tmp_path)
    assert (tmp_path / wording.FILE).read_text(encoding="utf-8") == "theirs"


def test_a_new_vault_may_begin_with_the_file(tmp_path):
    """It is ours, not a stranger's."""
    (tmp_path / wording.FILE).write_text("", encoding="utf-8")
    os.chmod(tmp_path, 0o700)
    assert Vault.create(tmp_path).ids() == []


def test_issuing_with_public_sentences_says_so(vault, toy, tmp_path):
    """Once the team has any of its own, no more; JSON holds nothing but the result."""
    (tmp_path / "people.csv").write_text("candidate\ncem@example.org\n", encoding="utf-8")
    hint = "`takehome vault wording` makes sentences of yours"
    said = [issued_by_command(vault, tmp_path, who).output for who in (("ana@example.org",), ("--roster", str(tmp_path / "people.csv")))]
    assert all(hint in text for text in said)
    assert hint not in issued_by_command(vault, tmp_path, ("dee@example.org", "--json")).output
    (vault.root / wording.FILE).write_text(f"lost_entries = [{json.dumps(LOST)}]\n", encoding="utf-8")
    assert hint not in issued_by_command(vault, tmp_path, ("ben@example.org",)).output


def issued_by_command(vault, tmp_path, words):
    done = CliRunner().invoke(cli, ["issue", *words, "--vault", str(vault.root), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    return done
