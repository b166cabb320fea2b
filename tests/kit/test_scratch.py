"""Folders to work in: gone at the end, swept once their process is dead, left alone while it lives and when they are not ours."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from kit.scratch import scratch, sweep


def test_it_is_private_and_gone_at_the_end(tmp_path: Path) -> None:
    def failing() -> None:
        with scratch(tmp_path, kind="stage-") as folder:
            assert folder.stat().st_mode & 0o777 == 0o700
            (folder / "closed").mkdir(mode=0o000)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_live_work_is_not(tmp_path: Path) -> None:
    """Of two kinds, each sweeps its own."""
    child = os.fork()
    if child == 0:
        with scratch(tmp_path, kind="stage-") as folder, scratch(tmp_path, kind="check-"):
            (folder / "half").write_text("x")
            os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = sorted(tmp_path.iterdir())
    assert len(left) == 4
    with scratch(tmp_path, kind="stage-") as live:
        assert [path.name[:6] for path in sorted(tmp_path.iterdir())] == ["check-", "check-", "stage-", "stage-"]
        assert sweep(tmp_path, kind="stage-") == []
        assert live.is_dir()
        assert len(sweep(tmp_path, kind="check-")) == 1
    assert list(tmp_path.iterdir()) == []


def test_links_and_names_of_others_are_left_alone(tmp_path: Path) -> None:
    """The place may be /tmp, where anybody can make names."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("x")
    name = "stage-" + "0" * 24
    (tmp_path / f"{name}.lock").touch()
    (tmp_path / name).symlink_to(tmp_path / "mine")
    (tmp_path / f"stage-{'1' * 24}.lock").symlink_to(tmp_path / "mine" / "thesis")
    for other in ("stage-notes", "stage-" + "z" * 24):
        (tmp_path / other).mkdir()
        (tmp_path / f"{other}.lock").touch()
    assert sweep(tmp_path, kind="stage-") == [name]
    assert (tmp_path / "mine" / "thesis").read_text() == "x"
    assert (tmp_path / name).is_symlink()
    assert (tmp_path / "stage-notes").is_dir()
    assert (tmp_path / ("stage-" + "z" * 24)).is_dir()


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), scratch(tmp_path / "nowhere", kind="stage-"):
        pass
