"""Run a study: simulated candidates and gaming strategies on forms of a seed, each through the real grader, every row kept at once.

    form number -> form on disk -> findings of everybody, scored -> pipelines of some, run in the sandbox and graded -> form removed
    portraits of all forms -> screens, each fitted on the other forms -> findings and pipelines of whoever accuses by one

Findings are cheap and are scored on every form. Pipelines are run on the first forms only; equal packages on one form are run once, and
whoever handed in the same package shares what was recorded. Forms are worked on in processes of their own, as many at once as the plan says;
no row depends on that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generators.model import GenerationError
from graders.rubric import Rubric
from kit.calibration import crew, forms
from kit.calibration.classifier import classify
from kit.calibration.plan import Plan
from kit.calibration.results import PERSON, FindingsRow, FormRow, PipelineRow, StudyResults
from kit.calibration.screens import Screens
from kit.calibration.seat import PEOPLE, Runner, Seat, codes
from kit.calibration.tables import nearest_level
from kit.calibration.totals import total
from kit.calibration.workspace import Workspace, engine_digest
from kit.files import locked
from kit.issue import Progress
from kit.personas.skilled import skilled

LOST = "lost"
"""Kind of the row of a form that was not finished, by a fault of ours; taken back once it is."""
Finished = Callable[[forms.Number, bool], None]
"""Told of each form as it ends, and whether it was worked on now."""


def run(work: Workspace, plan: Plan, *, runner: Runner | None, progress: Progress, finished: Finished = lambda number, worked: None) -> None:
    """Whatever of the plan is not in the workspace yet. Without a `runner` no pipeline is run.

    Where screens are asked for they come last, since each is fitted on the other forms. A candidate that breaks on a form is kept as an
    instrument fault (a row of the kind `broken`), never as a zero; a form whose process dies, or that meets an error of ours, is kept as `lost`.
    Both are tried again next time. A form that cannot be made is kept as `unmade`, and the study goes on without it.
    """
    seats = _Seats(work=work, plan=plan, codes=codes(None, plan.who), runner=runner)
    _all(seats, progress=progress, finished=finished)
    if plan.screened and (screens := _screens(work, plan, progress)) is not None:
        _all(replace(seats, codes=codes(screens, plan.who), screens=screens), progress=progress, finished=finished)


def _screens(work: Workspace, plan: Plan, progress: Progress) -> Screens | None:
    """None until every form that can be made has been seen: fitted on fewer, they would all have to sit again."""
    missing = [n.name for n in plan.numbers if not work.has("portrait", n.name) and not work.has(forms.UNMADE, n.name)]
    if missing:
        progress(f"no screen is fitted before every form was seen; missing: {', '.join(missing)}", None)
        return None
    return Screens.among(work)


@dataclass(frozen=True, kw_only=True)
class _Seats:
    """What one process does with one form: everybody sits it."""

    work: Workspace
    plan: Plan
    codes: Mapping[str, str]
    runner: Runner | None
    screens: Screens | None = None

    def seat(self, number: forms.Number) -> Seat:
        """The form, for everybody of these."""
        return Seat(work=self.work, plan=self.plan, number=number, codes=self.codes, runner=self.runner, screens=self.screens)

    def __call__(self, number: forms.Number, jobs: int, progress: Progress) -> None:
        place = self.work.folder / "forms"
        place.mkdir(exist_ok=True)
        # Another study in this folder may be at this form, or a process of one that was killed just now: whoever comes second finds it done.
        with locked(place / f"{number.name}.lock", waiting=lambda: progress("waiting for another process at this form", None)):
            seat = self.seat(number)
            if seat.done():
                return
            try:
                seat.sit(jobs, progress)
            except GenerationError as error:
                self.work.keep(forms.UNMADE, number.name, {"error": str(error)})


def _all(seats: _Seats, *, progress: Progress, finished: Finished) -> None:
    """Every form that is not done yet; one that is need not lie there any more."""
    work = seats.work
    todo = []
    for number in seats.plan.numbers:
        seat = seats.seat(number)
        if seat.done():
            seat.leave()
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

    crew.each(todo, seats, jobs=seats.plan.jobs, progress=progress, ended=ended)


def gather(work: Workspace, plan: Plan, rubric: Rubric) -> StudyResults:
    """All rows of a workspace that belong to the candidates as they are now. Persons get the total of the nearest level's pipeline on the form."""
    screens = Screens.among(work)
    now = codes(screens)

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
            "about": plan.about, "engine": engine_digest(),
            "persons": plan.persons, "people": {"mean": PEOPLE.mean, "sd": PEOPLE.stdev}, "broken": _broken(work),
            "screens_fitted_on": screens.fitted_on if screens else 0,
            "unmade": [f"{name}: {row['error']}" for name, row in work.rows(forms.UNMADE)],
        },
    )  # fmt: skip


def _borrowed(rubric: Rubric, row: Mapping[str, Any], whole: Mapping[str, Any]) -> float:
    return total(rubric, findings=row["fraction"], behaviour=whole["behaviour"], claims=whole["claims"], skill=whole["skill"])


def _broken(work: Workspace) -> list[str]:
    """Candidates of ours that broke and have no row since, and forms that were lost."""
    broke = [f"{name}: {row['error']}" for name, row in work.rows("broken") if not work.has(row["kind"], name)]
    return broke + [f"{name}: {row['error']}" for name, row in work.rows(LOST)]
