"""One form of a study with everybody who sits before it: findings of all, scored; pipelines of all where it is whole, run and graded."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import NormalDist
from typing import Any

from graders.evidence import Evidence
from graders.findings import read_findings
from graders.findings_score import Scored, score_findings
from graders.key import Key
from graders.model import Scorecard
from graders.probes import units
from graders.rubric import load_rubric
from graders.scoring import grade
from kit.calibration import forms
from kit.calibration.plan import Plan
from kit.calibration.results import PERSON, SCREEN
from kit.calibration.screens import Screens, portray
from kit.calibration.workspace import Workspace, candidate_digest, grader_digest
from kit.collect import UNCONTAINED, collect
from kit.documents import keep_documents
from kit.files import files_digest, remove_tree, walk_files
from kit.issue import Progress
from kit.personas._writing import Accusation, Promise, findings_toml
from kit.personas.gamers import Gamer, gamers
from kit.personas.gamers import write as write_gamer
from kit.personas.gamers._desk import Desk
from kit.personas.skilled import Skilled, skilled
from kit.personas.skilled._judgement import judge, known
from kit.personas.skilled._submission import write as write_skilled
from kit.runtime import Runtime
from kit.sandbox.model import Sandbox
from kit.sandbox.warm import Warm
from kit.scratch import STAGE, scratch
from kit.submission import intake

PEOPLE = NormalDist(0.8, 1.3)
"""Assumed skill of those who apply, on the scale of the item difficulties; the persons of a study are its even quantiles."""
NO_CLAIM = Promise(point=0.5, low=0.4, high=0.6)


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Where submissions are run."""

    open: Callable[[], Sandbox]
    """Called once in each process: a sandbox has locks and handles that no other process can use."""
    runtime: Runtime
    warm: bool = False
    """Whether what may run without a sandbox does, from a process that has the libraries loaded (docs/design/warm.md)."""


@dataclass(kw_only=True)
class Seat:
    """One form of a study with everybody who sits before it."""

    work: Workspace
    plan: Plan
    number: forms.Number
    codes: Mapping[str, str]
    """Who takes part, with the digest that their rows are named by (`codes`)."""
    runner: Runner | None
    screens: Screens | None = None
    """For whoever accuses by one; None until every form has its portrait."""

    def done(self) -> bool:
        """Is every row of this form there? A form that cannot be made has none."""
        if self.work.has(forms.UNMADE, self.number.name):
            return True
        return self.work.has("form", self.number.name) and all(self.work.has(kind, name) for kind, name in self._rows())

    def _rows(self) -> Iterable[tuple[str, str]]:
        for id in self.codes:
            if id != PERSON:
                yield "found", self._name(id)
                if self._runs:
                    yield "ran", self._name(id)
        if self.plan.persons:
            yield "persons", self._persons
        if self._is_run_twice:
            yield "twice", self._name(self._best)

    @property
    def _runs(self) -> bool:
        return self.runner is not None and self.number.whole

    @property
    def _is_run_twice(self) -> bool:
        return self._runs and bool(self._levels) and self.plan.twice > int(self.number.name[1:])

    @property
    def _persons(self) -> str:
        return f"{self.number.name}.{self.plan.persons}.{self.codes[PERSON]}"

    @property
    def _best(self) -> str:
        """The level whose submission is run twice."""
        return max(self._levels, key=lambda id: self._levels[id].theta)

    def _name(self, id: str) -> str:
        return f"{self.number.name}.{id}.{self.codes[id]}"

    @cached_property
    def _levels(self) -> dict[str, Skilled]:
        return {id: level for id, level in skilled().items() if id in self.codes}

    @cached_property
    def _gamers(self) -> dict[str, Gamer]:
        return {id: gamer for id, gamer in gamers().items() if id in self.codes}

    @cached_property
    def _sandbox(self) -> Sandbox:
        assert self.runner is not None
        return self.runner.open()

    @cached_property
    def _warm(self) -> Sandbox:
        return Warm()

    def sit(self, jobs: int, progress: Progress) -> None:
        """Make the form with so many jobs, take what is missing, remove the form unless screens are still to come.

        Raises GenerationError when it cannot be made.
        """
        plan, self.jobs, self.progress = self.plan, jobs, progress
        made = forms.make(self.work, self.number, form=plan.form, level=plan.level, jobs=jobs, progress=progress)
        # the rubric of now, not of when a form that still lies there was made
        self.key, self.rubric, self.made = Key.load(made.folder), load_rubric(), made
        # Goes with the form, and by the code: what another version of a recount worked out is not taken for this one's.
        drawer = made.folder.parent / f"desk-{candidate_digest('gamers', '__init__')}"
        screen = None if self.screens is None else self.screens.of(self.number.name)
        self.desk = Desk.open(made.takehome, kept=drawer, screen=screen)
        if not self.work.has("portrait", self.number.name):
            progress("portraits", None)
            portray(self.work, self.number.name, self.desk, self.key)
        if plan.persons and not self.work.has("persons", self._persons):
            progress("findings of persons", None)
            self.work.keep("persons", self._persons, self._all_persons())
        everybody = (*self._levels, *self._gamers)
        for id in everybody:
            self._take("found", id, self._found)
        if self._runs:
            for id in everybody:
                self._take("ran", id, self._ran)
            if self._is_run_twice and not self.work.has("twice", self._name(self._best)):
                self.work.keep("twice", self._name(self._best), self._twice())
        self.leave()

    def leave(self) -> None:
        """Remove the form, unless screens are still to come."""
        if self.screens is not None or not self.plan.screened:
            forms.remove(self.work, self.number)

    def _take(self, kind: str, id: str, make: Callable[[str], dict[str, Any]]) -> None:
        name = self._name(id)
        if self.work.has(kind, name):
            return
        self.progress(f"{'findings' if kind == 'found' else 'pipeline'} of {id}", None)
        try:
            row = make(id)
        except Exception as error:  # a candidate of ours that breaks is our fault: it is said, and the others go on
            self.work.keep("broken", name, {"kind": kind, "who": id, "error": f"{type(error).__name__}: {error}"})
            return
        self.work.keep(kind, name, row)

    def _rng_name(self, id: str) -> str:
        return f"{self.number.name}/{id}"

    def _found(self, id: str) -> dict[str, Any]:
        """The findings of one candidate, scored without its pipeline."""
        if id in self._gamers:
            return self._row(id, "gamer", None, self._score(self._gamers[id].findings(self.desk)))
        level = self._levels[id]
        judged = judge(self.key, level.theta, self.work.stream.child("skilled", self._rng_name(id)).rng(), known(self.key))
        return self._row(id, "skilled", level.theta, self._score(judged.accusations))

    def _all_persons(self) -> list[dict[str, Any]]:
        of = known(self.key)
        rows = []
        for person, theta in enumerate(people(self.plan.persons)):
            name = f"p{person:03d}"
            judged = judge(self.key, theta, self.work.stream.child("person", self._rng_name(name)).rng(), of)
            rows.append(self._row(PERSON, "skilled", theta, self._score(judged.accusations), person=name))
        return rows

    def _score(self, accusations: Sequence[Accusation]) -> Scored:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "findings.toml"
            file.write_text(findings_toml(accusations, {"mine": NO_CLAIM, "inherited": NO_CLAIM}, Path(place)), encoding="utf-8")
            return score_findings(read_findings(file, self.rubric.limits), self.key, self.rubric)

    def _row(self, who: str, group: str, level: float | None, scored: Scored, *, person: str = "") -> dict[str, Any]:
        kinds = {fault.id: fault.mechanism for fault in self.key.truth.faults}
        return {
            "form": self.number.name, "scenario": self.number.scenario, "who": who, "level": level, "group": group, "person": person or who,
            "fraction": round(scored.fraction, 6), "hits": len(scored.credits), "alarms": len(scored.losses),
            "found": sorted(kinds[id] for id in scored.credits), "total": None,
        }  # fmt: skip

    def _ran(self, id: str) -> dict[str, Any]:
        """One whole submission: written, run (or looked up), graded."""
        with tempfile.TemporaryDirectory(prefix="sub-") as place:
            submission = Path(place) / "hand-in"
            self._write(id, submission)
            gamer = self._gamers.get(id)
            card, digest = self._graded(submission, contained=gamer is not None and gamer.contained)
        return {
            "form": self.number.name, "scenario": self.number.scenario, "who": id, "pipeline": digest[:12], "behaviour": card.behaviour.fraction,
            "claims": card.claims.fraction, "skill": card.production_skill, "total": card.total, "verdict": card.verdict,
            "claim_errors": self._claim_errors(card), "ran_in": str(card.backend.get("name", "")),
        }  # fmt: skip

    def _write(self, id: str, out: Path) -> None:
        if id in self._gamers:
            write_gamer(self._gamers[id], self.desk, out)
        else:
            rng = self.work.stream.child("skilled", self._rng_name(id)).rng()
            write_skilled(self._levels[id], self.made.takehome, self.made.folder, out, rng=rng)

    def _claim_errors(self, card: Scorecard) -> dict[str, float | None]:
        """Claimed minus delivered, in skill units."""
        return {
            c.id: None if c.point is None or c.truth is None else round(units(self.key, c.point) - units(self.key, c.truth), 6)
            for c in card.claim_results
        }

    def _graded(self, submission: Path, *, contained: bool = False, again: bool = False) -> tuple[Scorecard, str]:
        """The scorecard of a submission, from evidence of the same package on this form if there is any; `again` is always contained."""
        digest = package_digest(submission / "pipeline")
        evidence = self._evidence(digest + ("-again" if again else ""))
        if not (evidence / "evidence.json").is_file():
            self._collect(submission, evidence, contained=contained or again)
        with tempfile.TemporaryDirectory(prefix="grade-") as place:
            own = Path(place) / "evidence"
            own.mkdir()
            shutil.copyfile(evidence / "evidence.json", own / "evidence.json")
            os.symlink(evidence / "calls", own / "calls")
            keep_documents(submission, own / "submission")
            return grade(Evidence.load(own), self.key, rubric=self.rubric), digest

    def _evidence(self, digest: str) -> Path:
        return self.work.folder / "evidence" / self.number.name / digest

    def _collect(self, submission: Path, evidence: Path, *, contained: bool) -> None:
        assert self.runner is not None
        sandbox = self._warm if self.runner.warm and not contained else self._sandbox
        remove_tree(evidence)
        evidence.parent.mkdir(parents=True, exist_ok=True)
        with scratch(Path(tempfile.gettempdir()), kind=STAGE) as stage:
            taken = intake(submission, stage / "submission")
            collect(
                taken, self.made.folder, sandbox=sandbox, runtime=self.runner.runtime, out=evidence, progress=self.progress,
                jobs=self.jobs,
            )  # fmt: skip

    def _twice(self) -> dict[str, int]:
        """One submission run and graded a second time from the start: is the scorecard the same? The second time is in the sandbox, always."""
        with tempfile.TemporaryDirectory(prefix="sub-") as place:
            submission = Path(place) / "hand-in"
            self._write(self._best, submission)
            first, second = (self._graded(submission, again=again)[0] for again in (False, True))
        return {"compared": 1, "identical": int(_scored(first) == _scored(second))}


def _scored(card: Scorecard) -> str:
    """What must be the same when a submission is graded again: all but the seconds of a call, where it ran, and whose package that was."""
    return replace(card, calls=(), backend={}, submission_sha256="", notes=tuple(note for note in card.notes if note != UNCONTAINED)).to_json()


def codes(screens: Screens | None = None, who: Collection[str] = ()) -> dict[str, str]:
    """Digest of each candidate as it takes part, and of PERSON: its code, for one that uses a fitted screen among how many forms that was fitted,
    and the grader's.

    Without screens whoever accuses by one does not take part: it would report nothing, and its promises would seem to hold.
    """
    found = {
        id: candidate_digest(package, id) for package, ids in (("skilled", skilled()), ("gamers", gamers())) for id in ids if not who or id in who
    }
    fitted = {id: found.pop(id) for id in list(found) if id.startswith(SCREEN)}
    if screens is not None:
        found |= {id: f"{code}-{len(screens.forms)}" for id, code in fitted.items()}
    grader = grader_digest()
    return {id: f"{code}-{grader}" for id, code in {**found, PERSON: candidate_digest("skilled", "__init__")}.items()}


def people(count: int) -> list[float]:
    """The skills of so many persons: even quantiles of the assumed population."""
    return [round(PEOPLE.inv_cdf((i + 0.5) / count), 4) for i in range(count)]


def package_digest(package: Path) -> str:
    """SHA-256 of a package's files by name and content."""
    return files_digest(package, walk_files(package))
