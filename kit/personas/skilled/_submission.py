"""The submission of a person of some skill: repairs what it understood, validates and promises as its habits have it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kit.errors import InputError
from kit.personas._backtest import inherited_estimate
from kit.personas._form import Form
from kit.personas._packaging import Plan, rework, start, validate
from kit.personas._submission import CAREFUL, REBUILT_ERROR, chance, claim, plan
from kit.personas._writing import Promise, findings_toml
from kit.personas.skilled import Skilled
from kit.personas.skilled._judgement import Judgement, judge, known

DEPTH = 1.5
"""Skill from which a person also tunes the model to memorise less and trains reproducibly."""
LESS = 0.15
"""Who promises by its own validation guesses that the pipeline as handed over loses so much of that skill, give or take as much."""


def write(level: Skilled, takehome: Path, form: Path, out: Path, *, rng: np.random.Generator) -> Judgement:
    """Create the submission `out`; returns what was understood. Raises InputError when `out` is there already."""
    if out.exists():
        raise InputError(f"a persona writes into a new folder; {str(out)!r} is there already. Give another.")
    read = Form.open(takehome, form)
    judged = judge(read.key, level.theta, rng, known(read.key))
    package = start(takehome, out)
    before = validate(out, read.data)
    made = work(read, level, judged)
    if made is not None:
        rework(package, made, read.definitions)
    claims = promises(read, level, judged, before, validate(out, read.data) if made is not None else before)
    (out / "findings.toml").write_text(findings_toml(judged.accusations, claims, out), encoding="utf-8")
    (out / "MEMO.md").write_text(_memo(judged, claims, changed=made is not None), encoding="utf-8")
    return judged


def work(form: Form, level: Skilled, judged: Judgement) -> Plan | None:
    """What becomes of the pipeline; None: nothing. Columns that were accused in error are treated as the guilty ones are."""
    if level.repair == "nothing":
        return None
    sure = {a.column for a in judged.accusations if a.kind_of_locus == "column" and a.confidence >= 0.5}
    columns = tuple(sorted(sure))
    dirty = {fault.id for fault in form.key.truth.faults if fault.locus.kind != "column"}
    clean = level.split == "clean" and bool(dirty & set(judged.found))
    anew = columns if level.repair == "recompute" else ()
    deep = level.theta >= DEPTH
    return plan(
        form, at_training=anew, at_scoring=anew, dropped=columns if level.repair == "drop" else (), evaluation="clean" if clean else "holdout",
        parameters=CAREFUL if deep else {}, canonical=deep,
    )  # fmt: skip


def promises(form: Form, level: Skilled, judged: Judgement, before: dict[str, object], after: dict[str, object]) -> dict[str, Promise]:
    """Claims by the habit of the level; `before` and `after` are what `validate` said of the pipeline as received and as handed in."""
    if level.claim == "holdout":
        return {"mine": _plain(after), "inherited": _plain(before)}
    base = chance(form)
    mine = claim(after, base)
    if level.claim == "validated":
        point, half = mine.point - LESS * (mine.point - base), LESS * abs(mine.point - base)
        return {"mine": mine, "inherited": Promise(point=round(point, 5), low=round(point - half, 5), high=round(point + half, 5))}
    doubt = REBUILT_ERROR * abs(mine.point - base)
    return {"mine": mine, "inherited": claim(inherited_estimate(form, judged.found), base, doubt=doubt)}


def _plain(said: dict[str, object]) -> Promise:
    return Promise(point=float(str(said["estimate"])), low=float(str(said["low"])), high=float(str(said["high"])))


def _memo(judged: Judgement, claims: dict[str, Promise], *, changed: bool) -> str:
    """One page: what is promised, what is not trusted, what was done."""
    places = [f"- `{a.column or a.table}`: {a.family.replace('_', ' ')}, {a.confidence:.0%} sure" for a in judged.accusations]
    numbers = {name: f"{c.point:.4g} (80% interval {c.low:.4g} to {c.high:.4g})" for name, c in claims.items()}
    return "\n\n".join(
        [
            "# Memo: can we launch?",
            f"**In one sentence:** expect {numbers['mine']} in production; as handed over it would be about {numbers['inherited']}.",
            "## What you cannot trust\n" + ("\n".join(places) or "Nothing stood out."),
            "## What I changed, and what I left\n" + ("What is listed above was mended or left out." if changed else "Nothing was changed."),
        ]
    )
