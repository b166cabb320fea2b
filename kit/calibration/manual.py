"""The technical manual: a text whose every number comes from a study's calibration.json and from the rubric."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from graders.findings_score import gain, loss
from graders.rubric import Rubric, load_rubric
from kit.calibration.results import PERSON, FormRow, StudyResults
from kit.calibration.totals import total
from kit.calibration.workspace import engine_digest
from kit.errors import InputError

SEM = "Standard error of measurement"
KINDS = {"measured": "on forms", "design check": "design check"}
VERDICTS = {True: "holds", False: "**missed**"}


def manual(template: str, document: Mapping[str, Any], rubric: Rubric, *, engine: str = "") -> str:
    """The manual as Markdown. `document` is calibration.json; `engine` the digest of what makes forms now, so that a study of another is said to be
    one. Raises InputError when the document holds no study."""
    try:
        promises, results = list(document["promises"]), StudyResults.from_json(json.dumps(document["results"]))
        meta = results.meta
    except (KeyError, TypeError) as error:
        raise InputError(f"calibration.json must hold promises and results as `takehome calibrate` writes them; {error} is missing.") from error
    f, milder = ((6 * gain(0.9) - loss(blamed)) / 8 for blamed in (0.9, 0.5))
    measured = next((p["value"] for p in promises if p["name"] == SEM), None)
    sem = rubric.total.sem if measured is None else float(measured)
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=False, keep_trailing_newline=True)  # Markdown, our own text
    return environment.from_string(template).render(
        floor=_number(rubric.total.skill_low + rubric.total.skill_span), skill_low=_number(rubric.total.skill_low),
        knock_out=_number(rubric.knock_outs.findings), gain=_number(gain(0.9)), loss=_number(loss(0.9)), example_f=_number(f),
        example_t=_example(rubric, f), milder_f=_number(milder), milder_t=_example(rubric, milder), loss_none=_number(rubric.claims.loss_none),
        promises=[_row(p) for p in promises], draws=_draws(results.forms, meta.get("unmade", ())), run=_run(results), people=_people(meta),
        earlier=meta.get("engine", "") != engine,
        sem=f"{sem:.0f}" + ("" if measured is not None else " (the design's bound; not measured)"), sem_low=f"{70 - sem:.0f}",
        sem_high=f"{70 + sem:.0f}", difference=f"{1.96 * 2**0.5 * sem:.0f}",
    )  # fmt: skip


def _example(rubric: Rubric, findings: float) -> str:
    """Total of the worked example."""
    return f"{total(rubric, findings=findings, behaviour=0.86, claims=0.7, skill=0.95):.1f}"


def _row(promise: Mapping[str, Any]) -> dict[str, str]:
    value, low, high, unit = promise["value"], promise["low"], promise["high"], promise["unit"]
    ends = [("" if end is None else _number(end)) for end in (low, high)]
    return {
        "name": promise["name"], "shown": "–" if value is None else f"{_number(value)} {unit}".strip(),
        "interval": f"{ends[0]} to {ends[1]}" if all(ends) else f"from {ends[0]}" if ends[0] else f"up to {ends[1]}" if ends[1] else "–",
        "sense": promise["sense"], "bar": _number(promise["bar"]), "kind": KINDS[promise["kind"]], "detail": promise["detail"],
        "verdict": VERDICTS.get(promise["holds"]) or ("not measured" if value is None else "not decided"),
    }  # fmt: skip


def _draws(forms: Sequence[FormRow], unmade: Sequence[str]) -> str:
    refused = sum(len(form.attempts) for form in forms)
    beside = f", and {len(unmade)} more could not be made" if unmade else ""
    return f"{len(forms)} forms took {len(forms) + refused} draws{beside}" if forms else "no form was drawn"


def _run(results: StudyResults) -> str:
    findings, pipelines = results.findings, results.pipelines
    persons = {row.person for row in findings if row.who == PERSON}
    candidates = {row.who for row in findings if row.who != PERSON}
    runs = {(row.form, row.pipeline) for row in pipelines}
    bare = sum(row.ran_in == "warm" for row in pipelines)
    where = f"graded, from {len(runs)} runs of pipelines{f' ({bare} submissions without the sandbox)' if bare else ' in the sandbox'}"
    return (
        f"{len(results.forms)} forms; findings of {len(persons)} simulated persons and {len(candidates)} further candidates (skill levels and "
        f"gaming strategies); {len(pipelines)} whole submissions {where}. A promise without data is *not measured*, one with too little data "
        "*not decided*."
    )


def _people(meta: Mapping[str, Any]) -> str:
    people = meta["people"]
    return f"skill is spread normally, mean {people['mean']:g} and standard deviation {people['sd']:g} on the scale of the difficulties (−1.5 to 1.5)"


def _number(value: float) -> str:
    """Three figures, without zeros that say nothing."""
    return f"{value:.3g}"


def write(folder: Path) -> Path:
    """`manual.md` of a docs folder, from its `manual.md.j2` and `calibration.json`."""
    document = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    out = folder / "manual.md"
    out.write_text(manual((folder / "manual.md.j2").read_text(encoding="utf-8"), document, load_rubric(), engine=engine_digest()), encoding="utf-8")
    return out


if __name__ == "__main__":
    print(write(Path(__file__).resolve().parents[2] / "docs"))
