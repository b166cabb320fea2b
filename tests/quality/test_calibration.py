"""A small study from end to end: two short forms, every gamer, three levels of skill, findings only.

The seed is fixed, so the forms and what is drawn are the same each time: no false alarm by chance. The promises themselves are for long
studies (`make calibrate`); here nobody who games may reach the pass mark, and skill must stand in order.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from graders.rubric import load_rubric
from kit.calibration import forms, seat, study
from kit.calibration.plan import Plan
from kit.calibration.promises import promises
from kit.calibration.results import StudyResults
from kit.calibration.workspace import Workspace
from kit.cli import cli
from kit.commands import calibrate
from kit.commands.calibrate import laid_out
from kit.personas.gamers import gamers

SEED = b"a small study of two forms n 002"  # both kept every promise at the first draw: others take up to three times as long
LEVELS = ("novice", "able", "expert")
PLAN = Plan(forms=2, pipelines=0, persons=12, form="short", who=(*LEVELS, *gamers()), jobs=1, screened=True)
GAMERS = set(gamers())


def silent(what: str, fraction: float | None) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Broken:
    """A study in which one candidate of ours broke on one form, as it then stood; that form is still on disk, as a killed study leaves it."""

    work: Workspace
    said: tuple[str, ...]
    rows: dict[Path, int]
    """When each row was written."""


def rows(work: Workspace) -> dict[Path, int]:
    """Every row and when it was written."""
    return {f: f.stat().st_mtime_ns for f in (work.folder / "rows").rglob("*.json")}


@contextmanager
def second_form_stays() -> Iterator[pytest.MonkeyPatch]:
    """The second form is left on disk, as by a killed study, and need not be made again."""
    remove = forms.remove

    def stays(work: Workspace, number: forms.Number) -> None:
        if number.name != "f001":
            remove(work, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "remove", stays)
        yield patch


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Broken:
    """The study, run once, but for an expert who breaks on the second form."""
    place = Workspace.open(tmp_path_factory.mktemp("study") / "work", PLAN.about, seed=SEED)
    found = seat.Seat._found

    def breaks(self: seat.Seat, id: str) -> dict[str, object]:
        if (self.number.name, id) == ("f001", "expert"):
            raise RuntimeError("no luck")
        return found(self, id)

    with second_form_stays() as patch:
        patch.setattr(seat.Seat, "_found", breaks)
        study.run(place, PLAN, runner=None, progress=silent)
    return Broken(place, tuple(study.gather(place, PLAN, load_rubric()).meta["broken"]), rows(place))


@pytest.fixture(scope="module")
def lost(broken: Broken) -> bytes:
    """What the study, gone on with, says of that expert; the row is lost after it."""
    with second_form_stays():
        study.run(broken.work, PLAN, runner=None, progress=silent)
    (row,) = (broken.work.folder / "rows" / "found").glob("f001.expert.*.json")
    text = row.read_bytes()
    row.unlink()
    return text


@pytest.fixture(scope="module")
def work(broken: Broken, lost: bytes) -> Workspace:
    """The same study gone on with to its end."""
    study.run(broken.work, PLAN, runner=None, progress=silent)
    return broken.work


@pytest.fixture(scope="module")
def results(work: Workspace) -> StudyResults:
    """What it saw."""
    return study.gather(work, PLAN, load_rubric())


def test_everybody_sat_both_forms(results: StudyResults) -> None:
    """No candidate of ours broke, and none was counted twice."""
    assert results.meta["broken"] == []
    rows = [(row.form, row.person) for row in results.findings]
    assert len(rows) == len(set(rows)) == 2 * (len(LEVELS) + len(GAMERS) + PLAN.persons)
    assert {form.scenario for form in results.forms} == {"home_pricing", "subscription_churn"}


def fractions(results: StudyResults) -> dict[str, list[float]]:
    """F of each gamer on each form."""
    found: dict[str, list[float]] = defaultdict(list)
    for row in results.findings:
        if row.group == "gamer":
            found[row.who].append(row.fraction)
    return found


def test_no_gamer_passes(results: StudyResults) -> None:
    """Whatever the pipeline would earn: by findings below the knock-out on the mean of both forms."""
    found = fractions(results)
    assert set(found) == GAMERS
    assert {who: f for who, f in found.items() if np.mean(f) >= 0.4} == {}


def test_skill_stands_in_order(results: StudyResults) -> None:
    """Levels by name, and persons by the correlation of skill and findings."""
    by_level = {who: np.mean([row.fraction for row in results.findings if row.who == who]) for who in LEVELS}
    assert by_level["novice"] < by_level["able"] < by_level["expert"]
    persons = [(row.level, row.fraction) for row in results.findings if row.who == "person"]
    assert np.corrcoef(np.array(persons, dtype=float).T)[0, 1] > 0.6


def test_what_was_not_run_is_not_said_to_hold(results: StudyResults) -> None:
    """No pipeline ran: totals are not measured; a screen that saw one form decides nothing."""
    held = {p.name: p for p in promises(results, draws=50)}
    assert held["Standard error of measurement"].holds is None
    assert held["Same submission graded twice, identical"].holds is None


def test_a_second_run_does_nothing(work: Workspace) -> None:
    """Every row stays as it was, and no form is made again."""
    before = rows(work)
    study.run(work, PLAN, runner=None, progress=lambda what, fraction: pytest.fail(f"worked on {what}"))
    assert rows(work) == before
    assert not (work.folder / "forms" / "f000").exists()
    assert not (work.folder / "forms" / "f001").exists()


def test_a_study_that_goes_on_takes_what_is_missing(broken: Broken, lost: bytes, work: Workspace) -> None:
    """A candidate that broke is our fault and no zero: said the first time, taken the second; a lost row is made again, the same to the last
    byte; nothing else is written again."""
    (said,) = broken.said
    name, _, why = said.partition(": ")
    assert (name.split(".")[:2], why) == (["f001", "expert"], "RuntimeError: no luck")
    after = rows(work)
    assert {f.relative_to(work.folder / "rows").as_posix() for f in after.keys() - broken.rows.keys()} == {f"found/{name}.json"}
    assert {f: after[f] for f in broken.rows} == broken.rows
    assert (work.folder / "rows" / "found" / f"{name}.json").read_bytes() == lost
    assert study.gather(work, PLAN, load_rubric()).meta["broken"] == []


def test_the_command_writes_what_the_study_saw(work: Workspace) -> None:
    """On a finished study it only gathers: a promise a row, the page, nothing that is not there said to hold."""
    arguments = ["calibrate", "--work", str(work.folder), "--forms", "2", "--pipelines", "0", "--persons", "12", "--form", "short", "--json"]
    done = CliRunner().invoke(cli, [*arguments, *(a for who in PLAN.who for a in ("--personas", who))])
    assert done.exit_code == 0, done.output
    document = json.loads((work.folder / "calibration.json").read_text())
    assert document["promises"] == json.loads(done.stdout)["promises"]
    assert StudyResults.from_json(json.dumps(document["results"])).findings
    assert "<h1" in (work.folder / "calibration.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--personas", "expret"), r"--personas must be one of .* Did you mean 'expert'"),
        (("--seed", "12"), r"--seed must be 64 hexadecimal digits; got '12'"),
        (("--scenario", "home_prices"), r"--scenario must be one of"),
        (("--form", "shrot"), r"--form must be one of"),
        (("--screen", "--forms", "1"), r"--screen needs --forms 2 or more"),
    ],
)
def test_wrong_arguments_are_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Before anything is written."""
    done = CliRunner().invoke(cli, ["calibrate", "--work", str(tmp_path / "work"), *arguments])
    assert done.exit_code == 2
    assert re.search(said, done.stderr)
    assert not (tmp_path / "work").exists()


def test_time_left_is_told_by_what_was_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that were there already do not count, and whole ones count for more."""
    said: list[str] = []
    clock = iter([0.0, 60.0, 960.0])
    monkeypatch.setattr(calibrate.time, "monotonic", lambda: next(clock))
    display = SimpleNamespace(item=said.append, item_done=lambda: None)
    plan = Plan(forms=2, pipelines=1, persons=0, screened=True)
    pace = calibrate._Pace(display, plan)  # type: ignore[arg-type]
    whole, other = plan.numbers
    pace(whole, False)
    assert said == []
    pace(other, True)
    pace(whole, True)
    assert said == ["2 of 4 turns, about 0 min left", f"3 of 4 turns, about {960 / 60 / 1.1 * 0.1:.0f} min left"]


def test_equal_packages_have_one_name(tmp_path: Path) -> None:
    """By name and content, wherever they lie."""
    for name in ("one", "two"):
        (tmp_path / name / "pipeline").mkdir(parents=True)
        (tmp_path / name / "pipeline" / "__main__.py").write_text("print(1)")
    one, two = (seat.package_digest(tmp_path / name / "pipeline") for name in ("one", "two"))
    assert one == two
    (tmp_path / "two" / "pipeline" / "__main__.py").write_text("print(2)")
    assert seat.package_digest(tmp_path / "two" / "pipeline") != one


def test_rows_of_a_study_stand_on_lines_of_their_own() -> None:
    """So that two studies can be compared line by line; nothing is lost, and no number that is none gets in."""
    document = {"schema": 1, "promises": [{"b": 1, "a": None}], "results": {"forms": [{"x": [1, 2]}, {"x": []}], "meta": {"seed": "ä"}, "none": []}}
    text = laid_out(document)
    assert json.loads(text) == document
    assert '\n{"a": null, "b": 1}\n' in text
    assert '\n{"x": [1, 2]},\n{"x": []}\n' in text
    with pytest.raises(ValueError, match="Out of range"):
        laid_out({"a": float("nan")})
