"""A vault that cannot be written: everything that only reads works, everything that writes says why not, and nothing changes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest
from desks import Desk
from test_killed import state

from kit.vault import Vault


@pytest.fixture
def closed(desk: Desk) -> Iterator[Desk]:
    """The desk with its vault read-only: mounted so for root, whom modes do not stop, and by its modes for anybody else."""
    if os.geteuid() == 0:
        for step in (["mount", "--bind", str(desk.vault), str(desk.vault)], ["mount", "-o", "remount,ro,bind", str(desk.vault)]):
            done = subprocess.run(step, capture_output=True, text=True, check=False, timeout=30)
            if done.returncode != 0:
                subprocess.run(["umount", str(desk.vault)], capture_output=True, check=False, timeout=30)
                pytest.skip(f"no read-only mount can be made here: {done.stderr.strip()}")
        yield desk
        subprocess.run(["umount", str(desk.vault)], check=True, timeout=30)
        return
    folders = [desk.vault, *(path for path in desk.vault.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    for path in desk.vault.rglob("*"):
        if path.is_file():
            path.chmod(0o400)
    yield desk
    for folder in folders:
        folder.chmod(0o700)


WRITING = [("issue", "ana"), ("issue", "ben"), ("grade", "{desk}/ben"), ("regrade", "{id}"), ("vault", "rotate")]


@pytest.mark.parametrize("words", WRITING, ids=" ".join)
def test_what_writes_says_why_not_and_changes_nothing(closed: Desk, words: tuple[str, ...]) -> None:
    before = state(closed)
    result = closed.run(*(word.replace("{id}", Vault.open(closed.vault).ids()[0]) for word in words))
    assert result.exit_code == 3
    assert "must be a folder that can be written" in result.output
    assert "--vault" in result.output
    assert "Traceback" not in result.output
    assert state(closed) == before
    assert closed.left_over() == []


def test_what_only_reads_works(closed: Desk) -> None:
    id_ = Vault.open(closed.vault).ids()[0]
    assert id_ in closed.well("vault", "list").output
    assert "0 problem(s)" in closed.well("vault", "check").output
    assert "Calls counted past the decision" in closed.well("key", id_).output
