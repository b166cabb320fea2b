"""The order of a study and what it does with forms that fail, on forms that are not really made."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from generators.model import GenerationError
from graders.rubric import load_rubric
from kit.calibration import crew, seat, study
from kit.calibration.plan import Plan
from kit.calibration.workspace import Workspace
from kit.issue import Progress
from kit.runtime import Runtime
from kit.sandbox.choose import choose
from kit.sandbox.interpreter import Interpreter

PLAN = Plan(forms=4, pipelines=1, persons=0, screened=True, who=("expert", "fitted_screen"), jobs=1)
NOWHERE = Runtime(folder=Path("nowhere"), digest="", interpreter=Interpreter(inside="python", outside=Path("nowhere"), mounts=()))


class Studio:
    """Stands in for sitting forms: notes the order, and fails where it is told to."""

    def __init__(self, work: Workspace, patch: pytest.MonkeyPatch) -> None:
        self.work, self.log = work, list[str]()
        self.fails: dict[str, Exception] = {}
        patch.setattr(seat.Seat, "sit", lambda chair, jobs, progress: self.sit(chair))

    def sit(self, chair: seat.Seat) -> None:
        name = chair.number.name
        self.log.append(name if chair.screens is None else f"{name} screened")
        if name in self.fails:
            raise self.fails[name]
        row = {"form": name, "scenario": chair.number.scenario, "form_kind": "standard", "level": "mid", "attempts": []}
        self.work.keep("form", name, {**row, "m_ref": 0.8, "m_base": 0.5, "tau": 0.05, "mechanisms": [], "seconds": 1.0})
        self.work.keep("portrait", name, {"records": []})
        for kind, row_name in chair._rows():
            self.work.keep(kind, row_name, {})

    def run(self, progress: Progress = lambda *_: None) -> list[tuple[str, bool]]:
        """What was told as it ended, and whether it was worked on."""
        ends: list[tuple[str, bool]] = []
        study.run(self.work, PLAN, runner=None, progress=progress, finished=lambda number, worked: ends.append((number.name, worked)))
        return ends


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """An empty study."""
    return Studio(Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32)), monkeypatch)


def meta(work: Workspace, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """What the study says of broken and of unmade forms."""
    monkeypatch.setattr(study, "codes", lambda *_: {"person": ""})  # rows of nobody: these are empty
    found = study.gather(work, PLAN, load_rubric()).meta
    return list(found["broken"]), list(found["unmade"])


def test_screens_come_last(studio: Studio) -> None:
    """Once every form was seen they sit each of them; whole forms go first, and the second time nothing is left to do."""
    names = [f"f{i:03d}" for i in range(4)]
    assert studio.run() == [(name, True) for name in 2 * names]
    assert studio.log == [*names, *(f"{name} screened" for name in names)]
    assert [number.whole for number in PLAN.numbers] == [True, False, False, False]
    assert studio.run() == [(name, False) for name in 2 * names]


def test_a_form_that_cannot_be_made_is_said_and_not_tried_again(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The study goes on with the others, and no screen waits for it."""
    studio.fails = {"f001": GenerationError("no form kept every promise in 30 draws")}
    studio.run()
    assert studio.log == ["f000", "f001", "f002", "f003", "f000 screened", "f002 screened", "f003 screened"]
    studio.run()
    assert studio.log[7:] == []
    assert meta(studio.work, monkeypatch) == ([], ["f001: no form kept every promise in 30 draws"])


def test_a_lost_form_is_said_until_it_is_finished(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of ours costs that form alone, and the next study takes it again."""
    studio.fails = {"f002": OSError("no space left")}
    heard: list[str] = []
    studio.run(lambda what, _: heard.append(what))
    assert heard == ["f002 was lost: OSError: no space left", "no screen is fitted before every form was seen; missing: f002"]
    assert studio.log[-2:] == ["f002", "f003"]
    assert "OSError" in studio.work.read("lost", "f002")["trace"]
    studio.fails = {}
    with monkeypatch.context() as patch:
        assert meta(studio.work, patch) == (["f002: OSError: no space left"], [])
    studio.run()
    assert studio.log[4:] == ["f002", *(f"f{i:03d} screened" for i in range(4))]
    assert meta(studio.work, monkeypatch) == ([], [])


def test_forms_are_worked_on_in_processes(tmp_path: Path) -> None:
    """What is done with a form is sent there with all that it needs; digests are taken once, so no row depends on when a process began."""
    work = Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32))
    runner = seat.Runner(open=partial(choose, wanted="bubblewrap"), runtime=NOWHERE)
    seats = study._Seats(work=work, plan=PLAN, codes=seat.codes(None, PLAN.who), runner=runner)
    assert set(seats.codes) == {"expert", "person"}
    for number in PLAN.numbers:
        work.keep("unmade", number.name, {"error": "so that nothing is left to do"})
    ends: list[tuple[str, crew.Problem | None]] = []
    crew.each(PLAN.numbers, seats, jobs=2, progress=lambda *_: None, ended=lambda number, problem: ends.append((number.name, problem)))
    assert sorted(ends) == [(number.name, None) for number in PLAN.numbers]


def test_whoever_comes_second_finds_the_form_done(studio: Studio) -> None:
    """Two studies in one folder: a form that is done by the time its turn comes is not worked on."""
    number = PLAN.numbers[1]
    seats = study._Seats(work=studio.work, plan=PLAN, codes=seat.codes(None, PLAN.who), runner=None)
    seats(number, 1, lambda *_: None)
    seats(number, 1, lambda *_: None)
    assert studio.log == ["f001"]
