"""Run a study: simulated candidates and gaming strategies on forms of a seed, each through the real grader, every row kept at once.

    form number -> form on disk -> findings of everybody, scored -> pipelines of some, run in the sandbox and graded -> form removed

Findings are cheap and are scored on every form. Pipelines are run on the first forms only; equal packages on one form are run once, and
whoever handed in the same package shares what was recorded. Forms are worked on in processes of their own, as many at once as the plan says;
no row depends on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.model import GenerationError
from graders.key import Key
from graders.rubric import Rubric
from kit.calibration import crew, forms
from kit.calibration.classifier import classify
from kit.calibration.plan import Plan
from kit.calibration.results import PERSON, FindingsRow, FormRow, PipelineRow, StudyResults
from kit.calibration.screens import fitted_screen, portray
from kit.calibration.seat import PEOPLE, Runner, Seat, codes
from kit.calibration.tables import nearest_level
from kit.calibration.totals import total
from kit.calibration.workspace import Workspace
from kit.files import locked
from kit.issue import Progress
from kit.personas.gamers._desk import Desk
from kit.personas.skilled import skilled

LOST = "lost"
"""Kind of the row of a form that was not finished, by a fault of ours; taken back once it is."""
Finished = Callable[[forms.Number, bool], None]
"""Told of each form as it ends, and whether it was worked on now."""


def run(work: Workspace, plan: Plan, *, runner: Runner | None, progress: Progress, finished: Finished = lambda number, worked: None) -> None:
    """Whatever of the plan is not in the workspace yet. Without a `runner` no pipeline is run.

    The forms for a screen come first, and it is fitted once on all of them. A candidate that breaks on a form is kept as an instrument fault
    (a row of the kind `broken`), never as a zero; a form whose process dies, or that meets an error of ours, is kept as `lost`. Both are tried
    again next time. A form that cannot be made is kept as `unmade`, and the study goes on without it.
    """
    _all(work, plan.screen_numbers, _Portrait(work=work, plan=plan), jobs=plan.jobs, progress=progress, finished=finished)
    screen = fitted_screen(work)
    seats = _Seats(work=work, plan=plan, codes=codes(screen, plan.who), runner=runner, screen=screen)
    _all(work, plan.numbers, seats, jobs=plan.jobs, progress=progress, finished=finished)


@dataclass(frozen=True, kw_only=True)
class _Portrait:
    """A form that is made for a screen only."""

    work: Workspace
    plan: Plan

    def done(self, number: forms.Number) -> bool:
        return self.work.has("portrait", number.name) or self.work.has(forms.UNMADE, number.name)

    def take(self, number: forms.Number, jobs: int, progress: Progress) -> None:
        made = forms.make(self.work, number, form=self.plan.form, level=self.plan.level, jobs=jobs, progress=progress)
        progress("portraits", None)
        portray(self.work, number.name, Desk.open(made.takehome), Key.load(made.folder))
        forms.remove(self.work, number)


@dataclass(frozen=True, kw_only=True)
class _Seats:
    """A form that everybody sits."""

    work: Workspace
    plan: Plan
    codes: Mapping[str, str]
    runner: Runner | None
    screen: Path | None

    def _seat(self, number: forms.Number) -> Seat:
        return Seat(work=self.work, plan=self.plan, number=number, codes=self.codes, runner=self.runner, screen=self.screen)

    def done(self, number: forms.Number) -> bool:
        return self._seat(number).done()

    def take(self, number: forms.Number, jobs: int, progress: Progress) -> None:
        self._seat(number).sit(jobs, progress)


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """What one process does with one form."""

    work: Workspace
    task: _Portrait | _Seats

    def __call__(self, number: forms.Number, jobs: int, progress: Progress) -> None:
        place = self.work.folder / "forms"
        place.mkdir(exist_ok=True)
        # Another study in this folder may be at this form, or a process of one that was killed just now: whoever comes second finds it done.
        with locked(place / f"{number.name}.lock", waiting=lambda: progress("waiting for another process at this form", None)):
            if self.task.done(number):
                return
            try:
                self.task.take(number, jobs, progress)
            except GenerationError as error:
                self.work.keep(forms.UNMADE, number.name, {"error": str(error)})


def _all(work: Workspace, numbers: Sequence[forms.Number], task: _Portrait | _Seats, *, jobs: int, progress: Progress, finished: Finished) -> None:
    """Every form that is not done yet."""
    todo = []
    for number in numbers:
        if task.done(number):
            finished(number, False)
        else:
            todo.append(number)

    def ended(number: forms.Number, problem: crew.Problem | None) -> None:
        if problem is None:
            work.drop(LOST, number.name)
        else:
            work.keep(LOST, number.name, {"error": problem.said, "trace": problem.trace})
            progress(f"{number.name} was lost: {problem.said}", None)
        finished(number, True)

    crew.each(todo, _Turn(work=work, task=task), jobs=jobs, progress=progress, ended=ended)


def gather(work: Workspace, plan: Plan, rubric: Rubric) -> StudyResults:
    """All rows of a workspace that belong to the candidates as they are now. Persons get the total of the nearest level's pipeline on the form."""
    screen = fitted_screen(work)
    now = codes(screen)

    def mine(name: str) -> bool:
        _, who, code = name.split(".")
        return now.get(who) == code

    ran = [row for name, row in work.rows("ran") if mine(name)]
    totals = {(row["form"], row["who"]): row for row in ran}
    levels = {id: level.theta for id, level in skilled().items()}
    found = []
    for name, row in work.rows("found"):
        if mine(name):
            whole = totals.get((row["form"], row["who"]))
            found.append(FindingsRow(**{**row, "total": None if whole is None else whole["total"]}))
    for name, rows in work.rows("persons"):
        if name.rsplit(".", 1)[1] != now[PERSON]:
            continue
        for row in rows:
            whole = totals.get((row["form"], nearest_level(levels, row["level"])))
            found.append(FindingsRow(**{**row, "total": None if whole is None else _borrowed(rubric, row, whole)}))
    twice = [row for name, row in work.rows("twice") if mine(name)]
    return StudyResults(
        forms=tuple(FormRow(**row) for _, row in work.rows("form")),
        findings=tuple(found),
        pipelines=tuple(PipelineRow(**row) for row in ran),
        classifier=classify([(name, row["records"]) for name, row in work.rows("portrait")]),
        twice={k: sum(row[k] for row in twice) for k in ("compared", "identical")} if twice else None,
        meta={
            "about": plan.about, "persons": plan.persons, "people": {"mean": PEOPLE.mean, "sd": PEOPLE.stdev}, "broken": _broken(work),
            "unmade": [f"{name}: {row['error']}" for name, row in work.rows(forms.UNMADE)],
        },
    )  # fmt: skip


def _borrowed(rubric: Rubric, row: Mapping[str, Any], whole: Mapping[str, Any]) -> float:
    return total(rubric, findings=row["fraction"], behaviour=whole["behaviour"], claims=whole["claims"], skill=whole["skill"])


def _broken(work: Workspace) -> list[str]:
    """Candidates of ours that broke and have no row since, and forms that were lost."""
    broke = [f"{name}: {row['error']}" for name, row in work.rows("broken") if not work.has(row["kind"], name)]
    return broke + [f"{name}: {row['error']}" for name, row in work.rows(LOST)]
