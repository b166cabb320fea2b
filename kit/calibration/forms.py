"""The forms of a study: made from its seed by number, kept on disk while they are worked on, and removed when all is known of them."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from generators.build import Certified, make_form, write
from generators.catalog import scenarios
from graders.rubric import DEFAULT as DEFAULT_RUBRIC
from kit.calibration.results import FormRow
from kit.calibration.workspace import Workspace
from kit.files import remove_tree
from kit.issue import TAKEHOME_SCHEMA, TEMPLATE, Progress
from kit.starter import write_takehome
from kit.version import VERSION

UNMADE = "unmade"
"""Kind of the row of a form for which no draw kept every promise: it would come out the same again, so it is not tried again."""

MADE = "made.json"


@dataclass(frozen=True, kw_only=True)
class Number:
    """One form of a study before it is made."""

    name: str
    """What its rows are called: f000, f001, ..."""
    scenario: str
    whole: bool
    """With everything that pipelines are run on, or only with what findings are scored on."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A form on disk."""

    number: Number
    takehome: Path
    """The folder that a candidate gets."""
    folder: Path
    """What a vault would seal."""


def numbers(*, forms: int, whole: int, only: tuple[str, ...] = ()) -> list[Number]:
    """The forms of a study, scenarios in turn; the first `whole` of them can be run on."""
    known = only or tuple(scenarios())
    return [Number(name=f"f{i:03d}", scenario=known[i % len(known)], whole=i < whole) for i in range(forms)]


def make(work: Workspace, number: Number, *, form: str, level: str, jobs: int, progress: Progress) -> Made:
    """The form of that number on disk, made now unless it lies there; its FormRow is kept. Raises GenerationError.

    One that was made to score findings only is made again once pipelines are to run on it.
    """
    place = work.folder / "forms" / number.name
    if not _lies_there(place, number):
        remove_tree(place)
        begin = time.perf_counter()
        known = tuple(work.read("form", number.name)["attempts"]) if work.has("form", number.name) else ()
        made = make_form(
            work.seed, number.name, "study", scenario=number.scenario, form=form, level=level, progress=progress, jobs=jobs, known=known,
            worlds=number.whole,
        )  # fmt: skip
        takehome = _write(made, place, number, jobs, progress)
        if not work.has("form", number.name):
            work.keep("form", number.name, _row(made, number, time.perf_counter() - begin))
        (place / MADE).write_text(json.dumps({"takehome": takehome.name, "whole": number.whole}) + "\n", encoding="utf-8")
    id_ = json.loads((place / MADE).read_text(encoding="utf-8"))["takehome"]
    return Made(number=number, takehome=place / "out" / id_, folder=place / "form")


def _lies_there(place: Path, number: Number) -> bool:
    """Written last, MADE says that the form is complete, and for what."""
    if not (place / MADE).is_file():
        return False
    return bool(json.loads((place / MADE).read_text(encoding="utf-8"))["whole"]) or not number.whole


def remove(work: Workspace, number: Number) -> None:
    """Take the form off the disk; its rows stay, and it can be made again."""
    remove_tree(work.folder / "forms" / number.name)


def _write(made: Certified, place: Path, number: Number, jobs: int, progress: Progress) -> Path:
    folder = place / "form"
    built = write(made, folder, progress, jobs=jobs, stages=number.whole)
    shutil.copyfile(DEFAULT_RUBRIC, folder / "rubric.toml")
    public = {"schema": TAKEHOME_SCHEMA, "id": built.id, "kit_version": VERSION, "commitment": "0" * 64}
    brief = json.loads((folder / "brief.json").read_text(encoding="utf-8"))
    progress("writing the starter", None)
    return write_takehome(brief, folder / "given", template=TEMPLATE, out=place / "out", takehome=public, zip_path=None)


def _row(made: Certified, number: Number, seconds: float) -> dict[str, object]:
    plan, reference = made.case.plan, made.reference
    row = FormRow(
        form=number.name, scenario=number.scenario, form_kind=plan.form, level=plan.level, attempts=made.attempts, m_ref=reference.m_ref,
        m_base=reference.m_base, tau=reference.tau, mechanisms=tuple((f.mechanism, f.level) for f in plan.faults), seconds=round(seconds, 1),
    )  # fmt: skip
    return {**row.__dict__}
