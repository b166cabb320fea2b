"""Run a study: simulated candidates and gaming strategies on forms of a seed, each through the real grader, every row kept at once.

    form number -> form on disk -> findings of everybody, scored -> pipelines of some, run in the sandbox and graded -> form removed

Findings are cheap and are scored on every form. Pipelines are run on the first forms only; equal packages on one form are run once, and
whoever handed in the same package shares what was recorded.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd

from graders.evidence import Evidence
from graders.findings import read_findings
from graders.findings_score import Scored, score_findings
from graders.key import Key
from graders.model import Scorecard
from graders.probes import units
from graders.rubric import Rubric, load_rubric
from graders.scoring import grade
from kit.calibration import forms
from kit.calibration.classifier import classify
from kit.calibration.portrait import portraits
from kit.calibration.results import SCREEN, FindingsRow, FormRow, PipelineRow, StudyResults
from kit.calibration.totals import total
from kit.calibration.workspace import Workspace, candidate_digest
from kit.collect import collect
from kit.documents import keep_documents
from kit.files import files_digest, remove_tree, walk_files, write_durably
from kit.issue import Progress
from kit.personas._writing import Accusation, Promise, findings_toml
from kit.personas.gamers import Gamer, _screen, gamers
from kit.personas.gamers import write as write_gamer
from kit.personas.gamers._desk import Desk
from kit.personas.skilled import Skilled, skilled
from kit.personas.skilled._judgement import judge, known
from kit.personas.skilled._submission import write as write_skilled
from kit.runtime import Runtime
from kit.sandbox.model import Sandbox
from kit.scratch import STAGE, scratch
from kit.submission import intake

PEOPLE = NormalDist(0.8, 1.3)
"""Assumed skill of those who apply, on the scale of the item difficulties; the persons of a study are its even quantiles."""
NO_CLAIM = Promise(point=0.5, low=0.4, high=0.6)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a study is to run."""

    forms: int
    """Forms on which findings are scored."""
    pipelines: int
    """Of these, the first so many on which pipelines are run as well."""
    persons: int
    """Simulated persons whose findings are scored."""
    twice: int = 1
    """Forms on which one submission is run and graded a second time."""
    form: str = "standard"
    level: str = "mid"
    scenarios: tuple[str, ...] = ()
    """Empty: all."""
    who: tuple[str, ...] = ()
    """Candidates that take part, skilled and gamers; empty: all."""
    jobs: int = 2
    screen_forms: int = 0
    """Further forms, made only for a screen to be fitted on."""

    @property
    def about(self) -> dict[str, Any]:
        """What must stay the same in one workspace."""
        return {"form": self.form, "level": self.level, "scenarios": list(self.scenarios)}


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Where submissions are run."""

    sandbox: Sandbox
    runtime: Runtime


def run(work: Workspace, plan: Plan, *, runner: Runner | None, progress: Progress, finished: Callable[[str], None] = lambda name: None) -> None:
    """Whatever of the plan is not in the workspace yet. Without a `runner` no pipeline is run. `finished` is told of each form.

    A candidate that breaks on a form is kept as an instrument fault (a row of the kind `broken`), never as a zero, and tried again next time.
    """
    levels = {id: level for id, level in skilled().items() if not plan.who or id in plan.who}
    others = {id: gamer for id, gamer in gamers().items() if not plan.who or id in plan.who}
    for number in forms.numbers(forms=plan.screen_forms, whole=0, prefix="s", only=plan.scenarios):
        if not work.has("portrait", number.name):
            made = forms.make(work, number, form=plan.form, level=plan.level, jobs=plan.jobs, progress=_named(progress, number.name))
            _portray(work, number, _desk(work, made), Key.load(made.folder))
            forms.remove(work, number)
        finished(number.name)
    screen = fitted_screen(work)
    for number in forms.numbers(forms=plan.forms, whole=plan.pipelines if runner else 0, only=plan.scenarios):
        seat = _Seat(
            work=work, plan=plan, number=number, levels=levels, gamers=others, runner=runner, screen=screen, progress=_named(progress, number.name)
        )
        if not seat.done():
            seat.sit()
        finished(number.name)


def _named(progress: Progress, name: str) -> Progress:
    return lambda what, fraction: progress(f"{name}: {what}", fraction)


def _desk(work: Workspace, made: forms.Made, screen: Path | None = None) -> Desk:
    return Desk.open(made.takehome, kept=work.folder / "desks" / made.number.name, screen=screen)


def _portray(work: Workspace, number: forms.Number, desk: Desk, key: Key) -> None:
    """Keep what a program sees of the form's columns, with the truth beside it: for screens and classifiers to be fitted on."""
    guilty = sorted(str(fault.locus.column) for fault in key.truth.faults if fault.locus.kind == "column")
    seen = _screen.features(desk)
    work.keep("portrait", number.name, {"records": portraits(desk, key), "guilty": guilty, "seen": json.loads(seen.to_json(orient="split"))})


def fitted_screen(work: Workspace) -> Path | None:
    """A screen fitted on all forms that were made for it, in a file of the workspace; None without any."""
    rows = [row for name, row in work.rows("portrait") if name.startswith("s")]
    if not rows:
        return None
    frames = [pd.DataFrame(**row["seen"]) for row in rows]
    guilty = [pd.Series([name in row["guilty"] for name in frame.index], index=frame.index) for row, frame in zip(rows, frames, strict=True)]
    model = _screen.fit(frames, guilty)
    place = work.folder / f"screen-{len(rows)}.json"
    write_durably(place, json.dumps(model, sort_keys=True) + "\n")
    return place


@dataclass(kw_only=True)
class _Seat:
    """One form of a study with everybody who sits before it."""

    work: Workspace
    plan: Plan
    number: forms.Number
    levels: Mapping[str, Skilled]
    gamers: Mapping[str, Gamer]
    runner: Runner | None
    screen: Path | None
    progress: Progress

    def done(self) -> bool:
        """Is every row of this form there?"""
        return self.work.has("form", self.number.name) and all(self.work.has(kind, name) for kind, name in self._rows())

    def _rows(self) -> Iterable[tuple[str, str]]:
        for package, ids in (("skilled", self.levels), ("gamers", self.gamers)):
            for id in ids:
                yield "found", self._name(package, id)
                if self._runs:
                    yield "ran", self._name(package, id)
        if self.plan.persons:
            yield "persons", self._persons
        if self.plan.twice > int(self.number.name[1:]) and self._runs:
            yield "twice", self.number.name

    @property
    def _runs(self) -> bool:
        return self.runner is not None and self.number.whole

    @property
    def _persons(self) -> str:
        return f"{self.number.name}.{self.plan.persons}.{candidate_digest('skilled', '__init__')}"

    def _name(self, package: str, id: str) -> str:
        return f"{self.number.name}.{id}.{candidate_code(package, id, self.screen)}"

    def sit(self) -> None:
        """Make the form, take what is missing, remove the form."""
        plan = self.plan
        made = forms.make(self.work, self.number, form=plan.form, level=plan.level, jobs=plan.jobs, progress=self.progress)
        self.key, self.rubric, self.made = Key.load(made.folder), load_rubric(made.folder / "rubric.toml"), made
        self.desk = _desk(self.work, made, self.screen)
        if not self.work.has("portrait", self.number.name):
            _portray(self.work, self.number, self.desk, self.key)
        if plan.persons and not self.work.has("persons", self._persons):
            self.progress("findings of persons", None)
            self.work.keep("persons", self._persons, self._all_persons())
        for package, ids in (("skilled", self.levels), ("gamers", self.gamers)):
            for id in ids:
                self._take("found", package, id, self._found)
        if self._runs:
            for package, ids in (("skilled", self.levels), ("gamers", self.gamers)):
                for id in ids:
                    self._take("ran", package, id, self._ran)
            if plan.twice > int(self.number.name[1:]) and not self.work.has("twice", self.number.name):
                self.work.keep("twice", self.number.name, self._twice())
        forms.remove(self.work, self.number)

    def _take(self, kind: str, package: str, id: str, make: Callable[[str, str], dict[str, Any]]) -> None:
        name = self._name(package, id)
        if self.work.has(kind, name):
            return
        self.progress(f"{'findings' if kind == 'found' else 'pipeline'} of {id}", None)
        try:
            row = make(package, id)
        except Exception as error:  # a candidate of ours that breaks is our fault: it is said, and the others go on
            self.work.keep("broken", name, {"kind": kind, "who": id, "error": f"{type(error).__name__}: {error}"})
            return
        self.work.keep(kind, name, row)

    def _rng_name(self, id: str) -> str:
        return f"{self.number.name}/{id}"

    def _found(self, package: str, id: str) -> dict[str, Any]:
        """The findings of one candidate, scored without its pipeline."""
        if package == "gamers":
            return self._row(id, "gamer", None, self._score(self.gamers[id].findings(self.desk)))
        level = self.levels[id]
        judged = judge(self.key, level.theta, self.work.stream.child("skilled", self._rng_name(id)).rng(), known(self.key))
        return self._row(id, "skilled", level.theta, self._score(judged.accusations))

    def _all_persons(self) -> list[dict[str, Any]]:
        of = known(self.key)
        rows = []
        for person, theta in enumerate(people(self.plan.persons)):
            name = f"p{person:03d}"
            judged = judge(self.key, theta, self.work.stream.child("person", self._rng_name(name)).rng(), of)
            rows.append(self._row("person", "skilled", theta, self._score(judged.accusations), person=name))
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

    def _ran(self, package: str, id: str) -> dict[str, Any]:
        """One whole submission: written, run (or looked up), graded."""
        with tempfile.TemporaryDirectory(prefix="sub-") as place:
            submission = Path(place) / "hand-in"
            self._write(package, id, submission)
            card, digest = self._graded(submission)
        return {
            "form": self.number.name, "scenario": self.number.scenario, "who": id, "pipeline": digest[:12], "behaviour": card.behaviour.fraction,
            "claims": card.claims.fraction, "skill": card.production_skill, "total": card.total, "verdict": card.verdict,
            "claim_errors": self._claim_errors(card),
        }  # fmt: skip

    def _write(self, package: str, id: str, out: Path) -> None:
        if package == "gamers":
            write_gamer(self.gamers[id], self.desk, out)
        else:
            rng = self.work.stream.child("skilled", self._rng_name(id)).rng()
            write_skilled(self.levels[id], self.made.takehome, self.made.folder, out, rng=rng)

    def _claim_errors(self, card: Scorecard) -> dict[str, float | None]:
        """Claimed minus delivered, in skill units."""
        return {
            c.id: None if c.point is None or c.truth is None else round(units(self.key, c.point) - units(self.key, c.truth), 6)
            for c in card.claim_results
        }

    def _graded(self, submission: Path, *, again: bool = False) -> tuple[Scorecard, str]:
        """The scorecard of a submission, from evidence of the same package on this form if there is any."""
        digest = package_digest(submission / "pipeline")
        evidence = self._evidence(digest + ("-again" if again else ""))
        if not (evidence / "evidence.json").is_file():
            self._collect(submission, evidence)
        with tempfile.TemporaryDirectory(prefix="grade-") as place:
            own = Path(place) / "evidence"
            own.mkdir()
            shutil.copyfile(evidence / "evidence.json", own / "evidence.json")
            os.symlink(evidence / "calls", own / "calls")
            keep_documents(submission, own / "submission")
            return grade(Evidence.load(own), self.key, rubric=self.rubric), digest

    def _evidence(self, digest: str) -> Path:
        return self.work.folder / "evidence" / self.number.name / digest

    def _collect(self, submission: Path, evidence: Path) -> None:
        assert self.runner is not None
        remove_tree(evidence)
        evidence.parent.mkdir(parents=True, exist_ok=True)
        with scratch(Path(tempfile.gettempdir()), kind=STAGE) as stage:
            taken = intake(submission, stage / "submission")
            collect(
                taken, self.made.folder, sandbox=self.runner.sandbox, runtime=self.runner.runtime, out=evidence, progress=self.progress,
                jobs=self.plan.jobs,
            )  # fmt: skip

    def _twice(self) -> dict[str, int]:
        """One submission run and graded a second time from the start: is the scorecard the same?"""
        with tempfile.TemporaryDirectory(prefix="sub-") as place:
            submission = Path(place) / "hand-in"
            ids = sorted(self.levels, key=lambda id: self.levels[id].theta)
            self._write("skilled", ids[-1], submission)
            first, second = (self._graded(submission, again=again)[0] for again in (False, True))
        same = replace(first, calls=()).to_json() == replace(second, calls=()).to_json()  # seconds of a call differ, and cost nobody anything
        return {"compared": 1, "identical": int(same)}


def candidate_code(package: str, id: str, screen: Path | None) -> str:
    """Digest of a candidate as it takes part: its code, and for one that uses a fitted screen how many forms that has seen."""
    code = candidate_digest(package, id)
    return f"{code}-{screen.stem.removeprefix('screen-')}" if screen is not None and id.startswith(SCREEN) else code


def people(count: int) -> list[float]:
    """The skills of so many persons: even quantiles of the assumed population."""
    return [round(PEOPLE.inv_cdf((i + 0.5) / count), 4) for i in range(count)]


def package_digest(package: Path) -> str:
    """SHA-256 of a package's files by name and content."""
    return files_digest(package, walk_files(package))


def gather(work: Workspace, plan: Plan, rubric: Rubric) -> StudyResults:
    """All rows of a workspace that belong to the candidates as they are now. Persons get the total of the nearest level's pipeline on the form."""
    screen = fitted_screen(work)
    codes = {id: candidate_code(package, id, screen) for package, ids in (("skilled", skilled()), ("gamers", gamers())) for id in ids}

    def mine(name: str) -> bool:
        _, who, code = name.split(".")
        return codes.get(who) == code

    ran = [row for name, row in work.rows("ran") if mine(name)]
    totals = {(row["form"], row["who"]): row for row in ran}
    levels = {id: level.theta for id, level in skilled().items()}
    found = []
    for name, row in work.rows("found"):
        if mine(name):
            whole = totals.get((row["form"], row["who"]))
            found.append(FindingsRow(**{**row, "total": None if whole is None else whole["total"]}))
    for name, rows in work.rows("persons"):
        if name.rsplit(".", 1)[1] != candidate_digest("skilled", "__init__"):
            continue
        for row in rows:
            nearest = min(levels, key=lambda id: abs(levels[id] - row["level"]))
            whole = totals.get((row["form"], nearest))
            found.append(FindingsRow(**{**row, "total": None if whole is None else _borrowed(rubric, row, whole)}))
    twice = [row for _, row in work.rows("twice")]
    return StudyResults(
        forms=tuple(FormRow(**row) for _, row in work.rows("form")),
        findings=tuple(found),
        pipelines=tuple(PipelineRow(**row) for row in ran),
        classifier=classify([(name, row["records"]) for name, row in work.rows("portrait")]),
        twice={k: sum(row[k] for row in twice) for k in ("compared", "identical")} if twice else None,
        meta={"about": plan.about, "persons": plan.persons, "people": {"mean": PEOPLE.mean, "sd": PEOPLE.stdev}, "broken": _broken(work)},
    )


def _borrowed(rubric: Rubric, row: Mapping[str, Any], whole: Mapping[str, Any]) -> float:
    return total(rubric, findings=row["fraction"], behaviour=whole["behaviour"], claims=whole["claims"], skill=whole["skill"])


def _broken(work: Workspace) -> list[str]:
    """Candidates of ours that broke, and have no row since."""
    return [f"{name}: {row['error']}" for name, row in work.rows("broken") if not work.has(row["kind"], name)]
