"""Where the submissions of a study run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from samples import middling

from graders.rubric import DEFAULT, load_rubric
from kit.calibration import seat
from kit.calibration.forms import Number
from kit.calibration.plan import Plan
from kit.calibration.screens import Screens
from kit.calibration.workspace import Workspace, grader_digest
from kit.collect import UNCONTAINED
from kit.personas.gamers import gamers
from kit.runtime import Runtime
from kit.sandbox.interpreter import Interpreter

PLAN = Plan(forms=1, pipelines=1, persons=0, who=("cache",), jobs=1)
NOWHERE = Runtime(folder=Path("nowhere"), digest="", interpreter=Interpreter(inside="python", outside=Path("nowhere"), mounts=()))


@pytest.mark.parametrize(("warm", "contained", "again", "where"), [
    (False, False, False, "a sandbox"),
    (True, False, False, "warm"),
    (True, True, False, "a sandbox"),
    (True, False, True, "a sandbox"),
])  # fmt: skip
def test_only_what_needs_the_sandbox_runs_in_it_when_warm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm: bool, contained: bool, again: bool, where: str
) -> None:
    """What reaches for what is closed there, and what is run a second time."""
    (tmp_path / "sub" / "pipeline").mkdir(parents=True)
    (tmp_path / "sub" / "pipeline" / "__init__.py").touch()
    ran: list[str] = []

    class Enough(Exception):
        """What comes after is not of interest here."""

    def collected(*_: object, sandbox: Any, **__: object) -> None:
        ran.append(sandbox.name)
        raise Enough

    monkeypatch.setattr(seat, "collect", collected)
    monkeypatch.setattr(seat, "intake", lambda *_: None)
    runner = seat.Runner(open=lambda: SimpleNamespace(name="a sandbox"), runtime=NOWHERE, warm=warm)
    work = Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32))
    chair = seat.Seat(work=work, plan=PLAN, number=Number(name="f000", scenario="home_pricing", whole=True), codes={}, runner=runner)
    chair.jobs, chair.progress = 1, lambda *_: None
    chair.made = SimpleNamespace(folder=tmp_path)
    with pytest.raises(Enough):
        chair._graded(tmp_path / "sub", contained=contained, again=again)
    assert ran == [where]


def test_without_a_screen_nobody_accuses_by_one(tmp_path: Path) -> None:
    """With one it takes part, under the number of forms among which screens were fitted."""
    assert "fitted_screen" not in seat.codes()
    assert set(gamers()) - set(seat.codes()) == {"fitted_screen"}
    work = Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32))
    screens = Screens(work, ("f000", "f001", "f002"))
    assert seat.codes(screens)["fitted_screen"].endswith(f"-3-{grader_digest()}")


def test_another_grader_scores_everybody_again_from_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row has another name then, and no pipeline runs that ran before."""
    before = seat.codes()
    monkeypatch.setattr(seat, "grader_digest", lambda: "another")
    after = seat.codes()
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values())

    package = tmp_path / "sub" / "pipeline"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    work = Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32))
    recorded = work.folder / "evidence" / "f000" / seat.package_digest(package)
    recorded.mkdir(parents=True)
    (recorded / "evidence.json").write_text("what was recorded")
    monkeypatch.setattr(seat, "collect", lambda *_, **__: pytest.fail("ran again"))
    monkeypatch.setattr(seat, "keep_documents", lambda *_: None)
    monkeypatch.setattr(seat.Evidence, "load", lambda place: (place / "evidence.json").read_text())
    monkeypatch.setattr(seat, "grade", lambda evidence, key, rubric: evidence)
    runner = seat.Runner(open=lambda: pytest.fail("opened a sandbox"), runtime=NOWHERE)
    chair = seat.Seat(work=work, plan=PLAN, number=Number(name="f000", scenario="home_pricing", whole=True), codes=after, runner=runner)
    chair.key = chair.rubric = None
    assert chair._graded(tmp_path / "sub")[0] == "what was recorded"


def test_a_form_that_lay_there_is_scored_by_the_rubric_of_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed study leaves forms on disk, each with the rubric of the day on which it was made."""
    made = SimpleNamespace(folder=tmp_path / "form", takehome=tmp_path)
    made.folder.mkdir()
    (made.folder / "rubric.toml").write_text(DEFAULT.read_text(encoding="utf-8").replace("sem = 10.0", "sem = 9.0"), encoding="utf-8")
    monkeypatch.setattr(seat.forms, "make", lambda *_, **__: made)
    monkeypatch.setattr(seat.Key, "load", lambda folder: None)
    monkeypatch.setattr(seat.Desk, "open", lambda *_, **__: None)
    work = Workspace.open(tmp_path / "w", PLAN.about, seed=bytes(32))
    work.keep("portrait", "f000", {"records": []})
    chair = seat.Seat(work=work, plan=PLAN, number=Number(name="f000", scenario="home_pricing", whole=False), codes={}, runner=None)
    chair.sit(1, lambda *_: None)
    assert chair.rubric == load_rubric()


def test_who_reaches_for_what_a_sandbox_closes_says_so() -> None:
    """The last step that writes wherever it can belongs to one gamer."""
    assert [id for id, gamer in gamers().items() if gamer.contained] == ["cache"]


def test_graded_again_is_the_same_wherever_it_ran() -> None:
    """Neither where it ran, nor who handed the same package in before, is part of the score; a point is."""
    card = middling()
    there = {"name": "warm", "level": "none", "protections": []}
    elsewhere = replace(card, backend=there, notes=(UNCONTAINED, *card.notes), submission_sha256="another")
    assert seat._scored(elsewhere) == seat._scored(card)
    assert seat._scored(replace(elsewhere, total=card.total - 1)) != seat._scored(card)
