"""The log through the commands that a person has: an edited, dropped, reordered, added or cut line never goes unseen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from desks import Desk

Lines = list[str]


def edited(lines: Lines) -> Lines:
    return [lines[0].replace('"at": "2', '"at": "1'), *lines[1:]]


def edited_with_its_hash(lines: Lines) -> Lines:
    """By somebody who knows how the hash is made."""
    from kit.audit import Entry

    changed = Entry(**{**json.loads(lines[0]), "digest": "0" * 64})
    return [json.dumps({**json.loads(lines[0]), "digest": "0" * 64, "hash": changed.expected_hash()}, sort_keys=True) + "\n", *lines[1:]]


CHANGES: dict[str, Callable[[Lines], Lines]] = {
    "edited": edited,
    "edited with its hash": edited_with_its_hash,
    "first dropped": lambda lines: lines[1:],
    "middle dropped": lambda lines: lines[:1] + lines[2:],
    "last dropped": lambda lines: lines[:-1],
    "two dropped at the end": lambda lines: lines[:-2],
    "all dropped": lambda lines: [],
    "last cut short": lambda lines: [*lines[:-1], lines[-1][:50]],
    "reordered": lambda lines: [lines[1], lines[0], *lines[2:]],
    "one twice": lambda lines: [*lines, lines[-1]],
    "one made up": lambda lines: [*lines, "{}\n"],
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_changed_log_is_named_and_nothing_is_written_on_top(desk: Desk, name: str) -> None:
    """`takehome vault check` says so with exit code 3, and so does every command that would write."""
    desk.well("issue", "ana")
    path = desk.vault / "audit.log"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert len(lines) == 3
    path.write_text("".join(CHANGES[name](lines)), encoding="utf-8")
    changed = path.read_bytes()
    for words in (("vault", "check"), ("issue", "cat"), ("grade", "{desk}/ben"), ("vault", "rotate")):
        result = desk.run(*words)
        assert result.exit_code == 3, (words, result.output)
        assert "audit.log" in result.output
        assert "Restore" in result.output
    assert path.read_bytes() == changed


def test_a_log_and_a_head_cut_together_show_in_what_was_added(desk: Desk) -> None:
    """Whoever cuts both leaves sealed folders without a line; once they are logged again, the note stays."""
    for name in ("audit.log", "audit.head"):
        (desk.vault / name).unlink()
    said = desk.run("vault", "check")
    assert said.exit_code == 1
    assert said.output.count("is sealed and has no line in audit.log") == 2
    desk.well("issue", "ben")
    assert "2 line(s) of the log were added after the fact" in desk.well("vault", "check").output
