"""Killed at every step: what was issued and graded before stays whole, nothing half-written is seen, and the next run sweeps and succeeds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desks import Desk, by_itself

from kit.vault import Vault

ROOT = Path(__file__).resolve().parents[3]
COMMANDS: dict[str, tuple[str, ...]] = {
    "first": ("issue", "ana"),
    "issue": ("issue", "ana"),
    "again": ("issue", "ben"),
    "grade": ("grade", "{desk}/ben"),
    "regrade": ("regrade", "{id}"),
    "rotate": ("vault", "rotate"),
}
"""What is killed. `first` makes its vault; `again` sends out once more what a candidate has already."""


def prepared(desk: Desk, name: str, to: Path) -> tuple[Desk, tuple[str, ...]]:
    """A desk of its own for one kill, and the command."""
    if name == "first":
        return Desk(to), COMMANDS[name]
    id_ = Vault.open(desk.vault).ids()[0]
    copied = desk.copy(to)
    if name == "again":
        (copied.out / f"{id_}.zip").unlink()
        (copied.out / id_).rename(copied.folder / "begun")
    return copied, tuple(word.replace("{id}", id_) for word in COMMANDS[name])


def survived(desk: Desk, words: tuple[str, ...], before: dict[str, bytes], sent: dict[str, bytes], logged: list[str], at: str) -> None:
    """The promises of a crash, first as a reader finds the desk, then after the same command was run again."""
    if (desk.vault / "vault.json").exists():
        assert before.items() <= desk.sealed().items(), at
        assert desk.sent().items() >= sent.items(), at
        seen = desk.sealed()
    else:
        assert before == {}, at
        seen = {}
    desk.well(*words)
    assert desk.left_over() == [], at
    assert seen.items() <= desk.sealed().items(), at
    assert desk.sent().items() >= sent.items(), at
    assert desk.chained()[: len(logged)] == logged, at


def state(desk: Desk) -> tuple[dict[str, bytes], dict[str, bytes], list[str]]:
    """What must survive."""
    if not (desk.vault / "vault.json").exists():
        return {}, {}, []
    return desk.sealed(), desk.sent(), [entry.subject for entry in Vault.open(desk.vault).log.entries()]


def killed_everywhere(desk: Desk, name: str, tmp_path: Path, kind: str, *, every: int = 1) -> list[str]:
    """Kill the command at each of its steps in turn, on a fresh desk each time; the steps of a run that is not killed."""
    whole, words = prepared(desk, name, tmp_path / "whole")
    code, steps = by_itself(whole, words, **{kind: lambda step: False})
    assert code == 0, words
    survived(*prepared(desk, name, tmp_path / "control"), *state(prepared(desk, name, tmp_path / "fresh")[0]), "not killed")
    for number in range(0, len(steps), every):
        one, words = prepared(desk, name, tmp_path / str(number))
        held = state(one)
        left = iter(range(number, -1, -1))
        code, came = by_itself(one, words, **{kind: lambda step, left=left: next(left) == 0})
        assert code == -9, (steps[number], code)
        assert len(came) == number + 1
        survived(one, words, *held, f"killed at {came[-1]}")
    return steps


@pytest.mark.parametrize("name", list(COMMANDS))
def test_killed_at_every_checkpoint(desk: Desk, tmp_path: Path, name: str) -> None:
    """The places that the kit itself names."""
    assert killed_everywhere(desk, name, tmp_path, "checkpoint") != []


@pytest.mark.parametrize("name", list(COMMANDS))
def test_killed_before_every_change_of_a_file(desk: Desk, tmp_path: Path, name: str) -> None:
    """Every write, rename, removal and new folder below the desk, whether or not a checkpoint stands there."""
    assert len(killed_everywhere(desk, name, tmp_path, "change")) >= 5


def test_every_checkpoint_of_the_kit_is_among_those_killed(desk: Desk, tmp_path: Path) -> None:
    """A checkpoint that none of these commands comes to would promise a test that does not exist."""
    passed: set[str] = set()
    for name in COMMANDS:
        passed |= set(by_itself(*prepared(desk, name, tmp_path / name), checkpoint=lambda step: False)[1])
    written = {
        call
        for file in (ROOT / "kit").rglob("*.py")
        for call in re.findall(r"checkpoint\(f?\"([^\"{]*)", file.read_text(encoding="utf-8"))
        if file.name != "files.py" or call != "name"
    }
    assert {call for call in written if not any(step.startswith(call) for step in passed)} == set()
    assert len(written) >= 15


HALF = {"issue": ("built", "indexed", "renamed"), "grade": ("intake", "renamed"), "regrade": ("renamed",)}
"""Where the first kill falls: before and after what was made exists."""


@pytest.mark.parametrize(("name", "first"), [(name, step) for name, steps in HALF.items() for step in steps])
def test_killed_again_while_setting_things_right(desk: Desk, tmp_path: Path, name: str, first: str) -> None:
    """The sweep itself may be killed before any of its changes; the run after that finishes it."""
    torn, words = prepared(desk, name, tmp_path / "torn")
    held = state(torn)
    assert by_itself(torn, words, checkpoint=lambda step: step == first)[0] == -9
    code, steps = by_itself(torn.copy(tmp_path / "whole"), ("vault", "rotate"), change=lambda step: False)
    assert code == 0
    for number in range(len(steps)):
        one = torn.copy(tmp_path / str(number))
        left = iter(range(number, -1, -1))
        assert by_itself(one, ("vault", "rotate"), change=lambda step, left=left: next(left) == 0)[0] == -9
        survived(one, words, *held, f"killed at {first}, then at {steps[number]}")


def test_a_line_of_the_log_half_written_is_written_again(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed within the one write that is not atomic, after any number of bytes."""
    log = desk.vault / "audit.log"
    for kept in (1, 40, 200):
        one, words = prepared(desk, "grade", tmp_path / str(kept))
        held = state(one)
        assert by_itself(one, words, checkpoint=lambda step: step == "before_log")[0] == -9
        with (one.vault / "audit.log").open("ab") as file:
            file.write(log.read_bytes()[:kept])
        survived(one, words, *held, f"{kept} bytes of a line")
        assert [entry.note for entry in Vault.open(one.vault).log.entries()][-2:] == ["recovered", ""]


def test_a_regrade_that_a_crash_kept_out_of_the_log_is_logged_as_one(desk: Desk, tmp_path: Path) -> None:
    """And the rotation of a secret likewise."""
    one, words = prepared(desk, "regrade", tmp_path / "one")
    assert by_itself(one, words, checkpoint=lambda step: step == "renamed")[0] == -9
    lines = iter(["of the regrade", "of the rotation"])
    code, _ = by_itself(one, ("vault", "rotate"), checkpoint=lambda step: step == "before_log" and next(lines) == "of the rotation")
    assert code == -9
    one.well("vault", "rotate")
    logged = [(entry.event, entry.subject, entry.note) for entry in Vault.open(one.vault).log.entries()[2:]]
    assert logged == [("regraded", f"{words[1]}/2", "recovered"), ("rotated", "generation 2", "recovered"), ("rotated", "generation 3", "")]
    assert "2 line(s) of the log were added after the fact" in one.well("vault", "check").output


def test_a_roster_killed_in_the_middle_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    """Those who had theirs keep it, the one under way and the rest get theirs, and a bad person stops nobody."""
    (desk.folder / "people.csv").write_text("candidate\nana\ncat\ndan\n", encoding="utf-8")
    words = ("issue", "--roster", "{desk}/people.csv")
    seals = iter(range(10))
    code, _ = by_itself(desk, words, checkpoint=lambda step: step == "sealed" and next(seals) == 1)
    assert code == -9
    before, sent = desk.sealed(), desk.sent()
    assert len(Vault.open(desk.vault).ids()) == 2
    desk.well(*words)
    assert before.items() <= desk.sealed().items()
    assert sent.items() <= desk.sent().items()
    assert len(Vault.open(desk.vault).ids()) == 4
    assert desk.left_over() == []
    desk.chained()
