"""A disk that is full at every step, in fact (a small file system) and by the system's word: an error is said, nothing is lost, nothing is half."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import WRITES, Desk
from test_killed import COMMANDS, prepared, state, survived

from kit import files

ROOM_KB = 2048
GROWS = {"os.mkdir", "os.rename"}
FULL_IN_WORDS = ("No space left on device", "File too large")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_KB}k,mode=0700", "tmpfs", str(place)], capture_output=True, text=True, check=False, timeout=30
    )
    if made.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {made.stderr.strip() or made.returncode}")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=30)


def fill(place: Path, *, leave: int) -> Path:
    """A file that leaves so many pages free, and its path."""
    ballast = place / "ballast"
    page = os.sysconf("SC_PAGE_SIZE")
    free = os.statvfs(place)
    pages = free.f_bavail * free.f_frsize // page - leave
    ballast.write_bytes(b"x" * (pages * page))
    return ballast


@pytest.mark.parametrize("name", ["issue", "grade", "regrade"])
def test_a_disk_that_fills_up_while_a_command_works(desk: Desk, small_disk: Path, name: str) -> None:
    """With every number of free pages from none to enough."""
    refused = 0
    for pages in range(400):
        one, words = prepared(desk, name, small_disk / "desk")
        held = state(one)
        ballast = fill(small_disk, leave=pages)
        result = one.run(*words)
        done = result.exit_code == 0
        refused += not done
        assert done or result.exit_code in (1, 3, 4), result.output
        assert done or any(said in result.output for said in FULL_IN_WORDS), (pages, result.output)
        assert held[0].items() <= one.sealed().items()
        assert one.sent().items() >= held[1].items()
        ballast.unlink()
        survived(one, words, *held, f"{pages} pages free")
        subprocess.run(["rm", "-rf", str(one.folder)], check=True, timeout=60)
        if done:
            break
    else:
        pytest.fail("the command must succeed once there is room")
    assert refused >= 5


class NoRoom:
    """Answers the n-th request for room below a folder with ENOSPC, as the system does; once, or from then on."""

    def __init__(self) -> None:
        self.below: str | None = None
        sys.addaudithook(self._seen)

    def start(self, below: Path, at: int, *, once: bool) -> None:
        self.below, self.at, self.once, self.count = str(below), at, once, 0

    def stop(self) -> int:
        self.below = None
        return self.count

    def _seen(self, event: str, args: tuple[Any, ...]) -> None:
        if self.below is None or not (event in GROWS or event == "open" and isinstance(args[2], int) and args[2] & WRITES):
            return
        path = os.fspath(args[0]) if isinstance(args[0], str | os.PathLike) else ""
        if str(path).startswith(self.below):
            self.count += 1
            if self.count == self.at or (self.count > self.at and not self.once):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@pytest.fixture(scope="module")
def no_room() -> NoRoom:
    """One for all tests: a hook of the interpreter cannot be taken off."""
    return NoRoom()


@pytest.mark.parametrize("once", [pytest.param(True, id="once"), pytest.param(False, id="from-then-on", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", list(COMMANDS))
def test_no_room_at_any_step(desk: Desk, tmp_path: Path, no_room: NoRoom, name: str, *, once: bool) -> None:
    """For a new file, a new folder or a new name: an error that says so, and all is as it was or whole."""
    for number in range(1, 400):
        one, words = prepared(desk, name, tmp_path / str(number))
        held = state(one)
        no_room.start(one.folder, number, once=once)
        try:
            result = one.run(*words)
        finally:
            met = no_room.stop() >= number
        if result.exit_code != 0:
            assert result.exit_code in (1, 3, 4), (number, result.output)
            assert "No space left on device" in result.output, (number, result.output)
        survived(one, words, *held, f"no room at step {number}")
        if not met:
            break
    else:
        pytest.fail("the command must come to its end")
    assert number > 5


def test_a_grade_that_found_no_room_for_its_line_is_logged_by_the_next_command(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grade exists from its rename on; the person is told of the error and finds the grade."""
    one, words = prepared(desk, "grade", tmp_path / "one")

    def full(name: str) -> None:
        if name == "before_log":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files, "checkpoint", full)
        result = one.run(*words)
    assert result.exit_code == 1
    problems = json.loads(one.run("vault", "check", "--json").stdout)["problems"]
    assert len(problems) == 1
    assert "is sealed and has no line in audit.log" in problems[0]
    one.well("issue", "ben")
    one.chained()
