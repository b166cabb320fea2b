"""Many processes give what one gives; whatever ends one of them costs its form and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import crew_tasks
import pytest
from crew_tasks import Piece, Rows, alive, until

from kit.calibration import crew
from kit.calibration.workspace import Workspace

PIECES = [Piece(name=f"f{i:03d}") for i in range(6)]
Said = list[tuple[str, crew.Problem | None]]


def open_study(place: Path) -> Workspace:
    """A study of a fixed seed."""
    return Workspace.open(place, {}, seed=bytes(range(32)))


def worked(work: Rows, *, jobs: int = 2) -> Said:
    """All pieces, and how each ended."""
    said: Said = []
    crew.each(PIECES, work, jobs=jobs, progress=lambda *_: None, ended=lambda piece, problem: said.append((piece.name, problem)))
    return said


def rows(work: Workspace) -> dict[str, bytes]:
    """Every row, to the last byte."""
    return {f.relative_to(work.folder).as_posix(): f.read_bytes() for f in (work.folder / "rows").rglob("*.json") if f.parent.name != "killed"}


def log(work: Workspace) -> list[str]:
    """Rows in the order in which they were made, those made twice twice."""
    return (work.folder / "log").read_text().splitlines()


def test_results_do_not_depend_on_jobs(tmp_path: Path) -> None:
    """One process, two, or more than there are pieces."""
    seen = []
    for jobs in (1, 2, 8):
        work = open_study(tmp_path / str(jobs))
        assert sorted(worked(Rows(work=work), jobs=jobs)) == [(piece.name, None) for piece in PIECES]
        seen.append(rows(work))
    assert len(seen[0]) == 2 * len(PIECES)
    assert seen[0] == seen[1] == seen[2]


def test_progress_is_told(tmp_path: Path) -> None:
    """By the name of the piece, from every process."""
    heard: list[str] = []
    crew.each(PIECES, Rows(work=open_study(tmp_path / "w")), jobs=2, progress=lambda what, _: heard.append(what), ended=lambda *_: None)
    assert sorted(heard) == [f"{piece.name}: the {kind} row" for piece in PIECES for kind in ("first", "second")]


def test_a_process_that_dies_costs_its_piece_alone(tmp_path: Path) -> None:
    """It is tried twice, then said; the others are all there, and the next study takes what is missing and nothing twice."""
    work = open_study(tmp_path / "w")
    said = dict(worked(Rows(work=work, killed="f001")))
    problem = said.pop("f001")
    assert set(said.values()) == {None}
    assert len(said) == 5
    assert problem is not None
    assert problem.said == "the process that worked on it was ended by signal 9 (Killed). Run again to go on with this form."
    assert work.has("first", "f001")
    assert not work.has("second", "f001")
    assert dict(worked(Rows(work=work))) == {piece.name: None for piece in PIECES}
    other = open_study(tmp_path / "other")
    worked(Rows(work=other), jobs=1)
    assert rows(work) == rows(other)
    assert len(log(work)) == len(set(log(work))) == 2 * len(PIECES)


def test_a_process_that_dies_once_costs_nothing(tmp_path: Path) -> None:
    """Its piece is begun again once the others have begun: of two jobs, the other may still be at the last of them."""
    work = open_study(tmp_path / "w")
    said = worked(Rows(work=work, killed="f000", once=True))
    assert sorted(said) == [(piece.name, None) for piece in PIECES]
    assert [name for name, _ in said].index("f000") >= len(PIECES) - 2
    assert len(rows(work)) == 2 * len(PIECES)


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_costs_its_piece_alone(tmp_path: Path, jobs: int) -> None:
    """It is said in words and with where it came from; it is not tried again."""
    work = open_study(tmp_path / "w")
    said = dict(worked(Rows(work=work, wrong="f002"), jobs=jobs))
    problem = said.pop("f002")
    assert problem is not None
    assert problem.said == "RuntimeError: no luck"
    assert "crew_tasks.py" in problem.trace
    assert set(said.values()) == {None}
    assert log(work).count("first f002") == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_study_that_is_stopped_leaves_nobody_behind(tmp_path: Path, sign: signal.Signals) -> None:
    """By Ctrl-C or killed: its processes put away what they run and are gone."""
    path = os.pathsep.join(p for p in sys.path if p)
    study = subprocess.Popen(
        [sys.executable, crew_tasks.__file__, str(tmp_path)], env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in a shell's background ignores Ctrl-C, and so would this
    )  # fmt: skip
    places = [tmp_path / f"{piece.name}.pids" for piece in PIECES[:2]]
    try:
        until(lambda: all(place.exists() and len(place.read_text().split()) == 2 for place in places))
        pids = [int(pid) for place in places for pid in place.read_text().split()]
        study.send_signal(sign)
        _, errors = study.communicate(timeout=30)
        until(lambda: not any(map(alive, pids)))
    finally:
        study.kill()
    assert {f.name for f in tmp_path.glob("*.left")} == {"f000.left", "f001.left"}
    assert b"ForkServerProcess" not in errors, "its processes end in silence"
