"""Which rows of a study a number rests on: complete tables of totals, and the grades of gaming strategies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from graders.rubric import load_rubric
from kit.calibration.intervals import Floats
from kit.calibration.results import PERSON, FindingsRow, StudyResults
from kit.calibration.totals import total


class Missing(Exception):
    """The study holds nothing that a promise could be measured on; the message says what."""


@dataclass(frozen=True)
class Block:
    """A complete persons x forms table of totals; forms that not everyone sat are left out."""

    totals: Floats
    """Points, persons x forms."""
    levels: Floats
    """Skill of each person, logits."""
    persons: tuple[str, ...]
    forms: tuple[str, ...]
    left_out: int
    """Forms left out."""

    @property
    def words(self) -> str:
        """On how much a number rests."""
        left = f" ({self.left_out} that not everyone sat left out)" if self.left_out else ""
        return f"{len(self.persons)} simulated persons × {len(self.forms)} forms{left}"


def population(results: StudyResults) -> Block:
    """Totals of the persons sampled from the assumed population, or of all skilled candidates where none were sampled. Raises Missing."""
    return block(_population(results))


def _population(results: StudyResults) -> list[FindingsRow]:
    rows = [row for row in results.findings if row.group == "skilled"]
    return [row for row in rows if row.who == PERSON] or rows


def findings_points(results: StudyResults) -> Block:
    """The points for findings of the same persons, from where they are lowest, on every form whose findings were scored. Raises Missing."""
    rubric = load_rubric()
    return block([replace(row, total=rubric.total.findings * (row.fraction - rubric.findings.floor)) for row in _population(results)])


def sharers(results: StudyResults) -> Block:
    """The mean totals of those sampled persons whose totals rest on one pipeline, that of the nearest named level; without sampled persons the
    population itself. Raises Missing.

    What that pipeline's luck on a form adds is theirs together: it would pass for difficulty of the form if each of them counted as one more
    witness.
    """
    everybody = population(results)
    named = {row.who: row.level for row in results.findings if row.group == "skilled" and row.who != PERSON and row.level is not None}
    if not named or not any(row.who == PERSON for row in results.findings):
        return everybody
    whose = [nearest_level(named, float(level)) for level in everybody.levels]
    owners = tuple(sorted(set(whose), key=lambda who: named[who]))
    if len(owners) < 2:
        raise Missing("Needs persons whose totals rest on two pipelines at least.")
    totals = np.array([everybody.totals[[who == owner for who in whose]].mean(axis=0) for owner in owners])
    return Block(totals, np.array([named[owner] for owner in owners]), owners, everybody.forms, everybody.left_out)


def nearest_level(levels: Mapping[str, float], skill: float) -> str:
    """The named level whose pipeline a person of that skill hands in."""
    return min(levels, key=lambda who: abs(levels[who] - skill))


def named_levels(results: StudyResults) -> Block:
    """Totals of the candidates of the named levels. Raises Missing."""
    return block([row for row in results.findings if row.group == "skilled" and row.who != PERSON])


def block(rows: Iterable[FindingsRow]) -> Block:
    """The totals of these rows on the forms that all of their persons sat.

    Raises Missing when that leaves fewer than two persons or forms, ValueError when a person has two totals on one form, or two levels.
    """
    cells: dict[tuple[str, str], float] = {}
    levels: dict[str, float] = {}
    for row in rows:
        if row.total is None or row.level is None:
            continue
        if (row.person, row.form) in cells or levels.setdefault(row.person, row.level) != row.level:
            raise ValueError(f"a person must sit a form once, at one level; got {row.person!r} on form {row.form!r} again, or at another level")
        cells[row.person, row.form] = row.total
    persons, seen = tuple(sorted(levels)), sorted({form for _, form in cells})
    forms = tuple(form for form in seen if all((person, form) in cells for person in persons))
    if len(persons) < 2 or len(forms) < 2:
        raise Missing(f"Needs totals of two skilled persons on the same two forms; {len(persons)} person(s) share {len(forms)} form(s).")
    totals = np.array([[cells[person, form] for form in forms] for person in persons])
    return Block(totals, np.array([levels[person] for person in persons]), persons, forms, len(seen) - len(forms))


def gamers(results: StudyResults) -> dict[str, list[FindingsRow]]:
    """The findings rows of each gaming strategy."""
    found: dict[str, list[FindingsRow]] = defaultdict(list)
    for row in results.findings:
        if row.group == "gamer":
            found[row.who].append(row)
    return dict(sorted(found.items()))


def gaming_totals(results: StudyResults) -> dict[str, list[tuple[str, float]]]:
    """(form, total) of every whole grade of each gaming strategy, from findings rows and, for forms they lack, from pipeline rows."""
    totals: dict[str, list[tuple[str, float]]] = {}
    for who, rows in gamers(results).items():
        known = [(row.form, row.total) for row in rows if row.total is not None]
        forms = {form for form, _ in known}
        totals[who] = known + [(row.form, row.total) for row in results.pipelines if row.who == who and row.form not in forms]
    return totals


def ungraded(results: StudyResults) -> list[tuple[float, str]]:
    """(most that it could reach, strategy) of each set of a gaming strategy's findings that was not graded with a pipeline.

    The most is the total of those findings with the best behaviour, claims and skill that the strategy's pipelines earned on any form; with all of
    them in full where it has no pipeline.
    """
    rubric = load_rubric()
    measured = gaming_totals(results)
    found = []
    for who, rows in gamers(results).items():
        whole = {form for form, _ in measured[who]}
        own = [pipeline for pipeline in results.pipelines if pipeline.who == who]
        skills = [pipeline.skill for pipeline in own if pipeline.skill is not None]
        behaviour = max((pipeline.behaviour for pipeline in own), default=1.0)
        claims = max((pipeline.claims for pipeline in own), default=1.0)
        skill = max(skills) if skills and len(skills) == len(own) else None
        for row in rows:
            if row.form not in whole:
                found.append((total(rubric, findings=row.fraction, behaviour=behaviour, claims=claims, skill=skill), who))
    return found
