"""Grading: from submissions to sealed grades, one after the other, none able to stop or alter another.

    intake -> (form from the vault, verified) -> collect in the sandbox -> grade, pure -> report -> sealed under grades/<n>

A grade holds the evidence it was scored from, so that `regrade` scores again without running anything. Nothing is overwritten: each grading and each
regrading appends a grade.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graders.evidence import Evidence, EvidenceFault
from graders.key import Key, VaultFault
from graders.model import Scorecard
from graders.rubric import load_rubric
from graders.scoring import grade as score
from kit import files
from kit.collect import collect
from kit.errors import InputError, KitError
from kit.issue import Progress
from kit.report.page import render_report
from kit.runtime import Runtime
from kit.sandbox.model import RunCancelled, Sandbox, SandboxError
from kit.scratch import STAGE, scratch
from kit.submission import intake
from kit.vault import SealedForm, Vault, writing
from kit.version import VERSION

GRADE_SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Graded:
    """What became of one submission: a sealed grade, or an error in words."""

    source: str
    """The submission as it was named, or the take-home id for a regrade."""
    id: str | None = None
    """Take-home id, once it is known."""
    grade: int | None = None
    """Number of the sealed grade."""
    folder: Path | None = None
    """The sealed grade: scorecard.json, report.html, evidence/."""
    scorecard: Scorecard | None = None
    changed: bool | None = None
    """For a regrade: whether the scorecard differs from the one that was scored before."""
    error: str | None = None
    trace: str = ""
    """Where an error came from, for --debug."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        card = self.scorecard
        return {
            "submission": self.source,
            "id": self.id,
            "grade": self.grade,
            "folder": None if self.folder is None else str(self.folder),
            "scorecard_path": None if self.folder is None else str(self.folder / "scorecard.json"),
            "report_path": None if self.folder is None else str(self.folder / "report.html"),
            "changed": self.changed,
            "error": self.error,
            "scorecard": None if card is None else json.loads(card.to_json()),
        }


def assess(
    vault: Vault,
    submissions: Sequence[Path],
    *,
    sandbox: Sandbox,
    runtime: Runtime,
    jobs: int = 1,
    progress: Progress | None = None,
    started: Callable[[Path], None] | None = None,
    finished: Callable[[Graded], None] | None = None,
) -> list[Graded]:
    """Grade each submission; results in the order given. A failure is reported in its own result and costs the others nothing.

    `sandbox` comes from `kit.sandbox.choose.choose`, `runtime` from `kit.runtime.runtime_for`; `jobs` calls of a submission run at once.
    """
    results = []
    for path in submissions:
        if started is not None:
            started(path)
        graded = _guarded(str(path), lambda path=path: _assess_one(vault, path, sandbox=sandbox, runtime=runtime, jobs=jobs, progress=progress))  # type: ignore[misc]
        results.append(graded)
        if finished is not None:
            finished(graded)
    return results


def _guarded(source: str, work: Callable[[], Graded]) -> Graded:
    try:
        return work()
    except RunCancelled:
        raise
    except (KitError, SandboxError, EvidenceFault, VaultFault) as error:
        return Graded(source=source, error=str(error), trace=traceback.format_exc())
    except Exception as error:  # a bug of ours with one submission must not cost the others their grade
        words = f"internal error of the kit, not the submission's: {type(error).__name__}: {error}. Run again with --debug and report it."
        return Graded(source=source, error=words, trace=traceback.format_exc())


def _assess_one(vault: Vault, path: Path, *, sandbox: Sandbox, runtime: Runtime, jobs: int, progress: Progress | None) -> Graded:
    # Never beside the vault: paths of binds can be seen from inside.
    with scratch(Path(tempfile.gettempdir()), kind=STAGE) as stage:
        submission = intake(path, stage / "submission")
        files.checkpoint("intake")
        form = vault.form(submission.takehome_id)
        if progress is not None:
            progress("checking the sealed form", None)
        form.verify()
        evidence = collect(submission, form.folder, sandbox=sandbox, runtime=runtime, out=stage / "evidence", progress=progress, jobs=jobs)
        files.checkpoint("collected")
        number, folder, card = _seal(vault, form, evidence, event="graded")
    return Graded(source=str(path), id=form.id, grade=number, folder=folder, scorecard=card)


def regrade(vault: Vault, id_: str, *, grade: int | None = None) -> Graded:
    """Score kept evidence again, the latest grade's by default, and append the result as a new grade. Runs nothing of the submission."""
    form = vault.form(id_)
    form.verify()
    source, before = form.grade(grade)
    if not (before / "evidence").is_dir():
        raise InputError(f"grade {source} of {id_} must hold evidence to be scored again; it holds none. Choose another with --grade.")
    number, folder, card = _seal(vault, form, before / "evidence", event="regraded", source=source)
    changed = (folder / "scorecard.json").read_bytes() != (before / "scorecard.json").read_bytes()
    return Graded(source=id_, id=id_, grade=number, folder=folder, scorecard=card, changed=changed)


def _seal(vault: Vault, form: SealedForm, evidence: Path, *, event: str, source: int | None = None) -> tuple[int, Path, Scorecard]:
    """Score, render and seal as the form's next grade."""
    with vault.incoming() as work, writing(vault.root):
        made = work / "grade"
        made.mkdir(mode=0o700)
        shutil.copytree(evidence, made / "evidence")
        files.checkpoint("evidence")
        card = score(Evidence.load(made / "evidence"), Key.load(form.folder), rubric=load_rubric(form.folder / "rubric.toml"))
        (made / "scorecard.json").write_text(card.to_json(), encoding="utf-8")
        (made / "report.html").write_text(render_report(card), encoding="utf-8")
        about = {
            "schema": GRADE_SCHEMA,
            "event": event,
            "evidence_of": source,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "kit_version": VERSION,
        }
        (made / "grade.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        files.checkpoint("scored")
        number, folder = vault.seal_grade(form, made, event=event)
    return number, folder, card
