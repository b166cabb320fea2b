"""Puts the submission of someone who knows the key together: pipeline, its own validation, findings, claims and memo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kit.errors import InputError
from kit.personas._backtest import inherited_estimate
from kit.personas._findings import accusations
from kit.personas._form import Form
from kit.personas._memo import memo
from kit.personas._packaging import Plan, rework, start, validate
from kit.personas._writing import Promise, findings_toml
from kit.personas.workshop.definitions import Settings
from kit.personas.workshop.estimate import Z80

CAREFUL = {"max_iter": 250, "learning_rate": 0.04, "max_leaf_nodes": 8, "min_samples_leaf": 50, "l2_regularization": 1.0}
"""Slower and shallower than the inherited trees: they have less to memorise."""
PRODUCTION_ROWS = 20_000
"""Production is four runs of at least 5,000 requests, as the brief says: the result that a claim is held against is itself a sample."""
AGEING, AGEING_ERROR = 0.025, 0.03
"""Production runs four to six months after the training decisions, later than any row with a label: a share of the skill is expected to
be gone by then, give or take. A judgement, as any engineer has to make; from the labelled rows alone it cannot be told from chance."""

REBUILT_ERROR = 0.05
"""What the handed-over pipeline will really score is worked out from requests that were made to look like production's: that stands on
thinner ground than a back test, by about so much of the honest skill."""


def plan(form: Form, **changes: Any) -> Plan:
    """The careful plan of a form, with some settings changed."""
    columns = form.faulty_columns
    settings = Settings(
        metric=form.key.truth.metric, horizon_days=form.horizon_days, at_training=columns, at_scoring=columns, dropped=(), converted={},
        evaluation="clean", parameters=CAREFUL, canonical=True,
    )  # fmt: skip
    return Plan(settings=replace(settings, **changes))


def untouched(form: Form, **changes: Any) -> Plan:
    """A plan that does nothing but what the inherited pipeline does, with some settings changed."""
    nothing: dict[str, Any] = {"at_training": (), "at_scoring": (), "evaluation": "holdout", "parameters": {}, "canonical": False}
    return plan(form, **(nothing | changes))


def submit(form: Form, out: Path, made: Plan | None, *, report: bool = True) -> Path:
    """Create the submission `out`. Without a plan the pipeline stays as received; with `report` off nothing is found and the holdout is believed."""
    if out.exists():
        raise InputError(f"a persona writes into a new folder; {str(out)!r} is there already. Give another.")
    package = start(form.takehome, out)
    if made is not None:
        rework(package, made, form.definitions)
    said = validate(out, form.data)
    if report:
        base = chance(form)
        doubt = REBUILT_ERROR * abs(float(said["estimate"]) - base)
        claims = {"mine": claim(said, base), "inherited": claim(inherited_estimate(form), base, doubt=doubt)}
    else:
        plain = Promise(point=float(said["estimate"]), low=float(said["low"]), high=float(said["high"]))
        claims = {"mine": plain, "inherited": plain}
    found = accusations(form) if report else ()
    (out / "findings.toml").write_text(findings_toml(found, claims, out), encoding="utf-8")
    (out / "MEMO.md").write_text(memo(form, claims, report=report), encoding="utf-8")
    return out


def chance(form: Form) -> float:
    """The metric of a score that knows nothing: 0.5, or the error of the training median on the evaluation rows."""
    if form.key.truth.metric == "roc_auc":
        return 0.5
    labels = {name: form.key.given(name)["label"].to_numpy(dtype=np.float64) for name in ("train", "holdout", "acceptance")}
    return float(np.abs(np.concatenate([labels["holdout"], labels["acceptance"]]) - np.median(labels["train"])).mean())


def claim(said: Mapping[str, Any], base: float, *, doubt: float = 0.0) -> Promise:
    """An estimate as a promise: a little of the skill above `base` is given up to age, and the interval holds every error.

    Those are the chance of the estimate, that of the production runs themselves, the doubt about age, and `doubt` about the estimate's own
    ground, in units of the metric.
    """
    estimate, error = float(said["estimate"]), (float(said["high"]) - float(said["low"])) / (2 * Z80)
    point = estimate - AGEING * (estimate - base)
    half = Z80 * float(np.linalg.norm([error * np.sqrt(1 + float(said["n"]) / PRODUCTION_ROWS), AGEING_ERROR * (estimate - base), doubt]))
    low, high = max(0.0, point - half), point + half
    return Promise(point=round(point, 5), low=round(low, 5), high=round(min(1.0, high) if said["metric"] == "roc_auc" else high, 5))
