"""Puts a submission together: the inherited pipeline with what a persona adds, its own validation, findings, claims and memo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from kit.errors import InputError, InternalError
from kit.personas._backtest import inherited_estimate
from kit.personas._findings import findings_toml
from kit.personas._form import Form
from kit.personas._memo import memo
from kit.personas.workshop.definitions import Settings
from kit.personas.workshop.estimate import Z80

HERE = Path(__file__).resolve().parent
PARTS = ("asof.py", "definitions.py", "repair.py", "rows.py", "estimate.py")
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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a persona does to the pipeline."""

    settings: Settings
    finish: str = "finish.py"
    """Which last step is shipped."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further JSON files of the package, by name."""


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
    shutil.copytree(form.takehome / "pipeline", out / "pipeline", ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copyfile(form.takehome / "takehome.json", out / "takehome.json")
    if made is not None:
        _add(form, out / "pipeline", made)
    said = validate(out, form.data)
    if report:
        base = chance(form)
        doubt = REBUILT_ERROR * abs(float(said["estimate"]) - base)
        claims = {"mine": claim(said, base), "inherited": claim(inherited_estimate(form), base, doubt=doubt)}
    else:
        plain = {"point": float(said["estimate"]), "low": float(said["low"]), "high": float(said["high"])}
        claims = {"mine": plain, "inherited": plain}
    (out / "findings.toml").write_text(findings_toml(form, claims, out, report=report), encoding="utf-8")
    (out / "MEMO.md").write_text(memo(form, claims, report=report), encoding="utf-8")
    return out


def _add(form: Form, package: Path, made: Plan) -> None:
    for name in PARTS:
        shutil.copyfile(HERE / "workshop" / name, package / name)
    shutil.copyfile(HERE / "workshop" / made.finish, package / "finish.py")
    shutil.copyfile(HERE / "templates" / "main.py.txt", package / "__main__.py")
    settings = made.settings
    needed = {*settings.at_training, *settings.at_scoring, *settings.converted}
    features = {name: form.definitions.features[name] for name in sorted(needed)}
    documents = {
        "settings.json": asdict(settings),
        "definitions.json": {"features": features, "constants": form.definitions.constants},
        **made.extra,
    }
    for name, document in documents.items():
        (package / name).write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def validate(submission: Path, data: Path) -> dict[str, Any]:
    """What the submission's own `validate` reports on a data folder. Raises InternalError when it fails."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "validation.json"
        command = [sys.executable, "-B", "-m", "pipeline", "validate", "--data", str(data.resolve()), "--out", str(report)]
        done = subprocess.run(command, cwd=submission, env={**os.environ, **threads}, capture_output=True, text=True, check=False)
        if done.returncode or not report.is_file():
            raise InternalError(
                f"a persona's own pipeline must validate on the take-home's data; it ended with {done.returncode}: {done.stderr[-600:]}"
            )
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def chance(form: Form) -> float:
    """The metric of a score that knows nothing: 0.5, or the error of the training median on the evaluation rows."""
    if form.key.truth.metric == "roc_auc":
        return 0.5
    labels = {name: form.key.given(name)["label"].to_numpy(dtype=np.float64) for name in ("train", "holdout", "acceptance")}
    return float(np.abs(np.concatenate([labels["holdout"], labels["acceptance"]]) - np.median(labels["train"])).mean())


def claim(said: Mapping[str, Any], base: float, *, doubt: float = 0.0) -> dict[str, float]:
    """An estimate as a promise: a little of the skill above `base` is given up to age, and the interval holds every error.

    Those are the chance of the estimate, that of the production runs themselves, the doubt about age, and `doubt` about the estimate's own
    ground, in units of the metric.
    """
    estimate, error = float(said["estimate"]), (float(said["high"]) - float(said["low"])) / (2 * Z80)
    point = estimate - AGEING * (estimate - base)
    half = Z80 * float(np.linalg.norm([error * np.sqrt(1 + float(said["n"]) / PRODUCTION_ROWS), AGEING_ERROR * (estimate - base), doubt]))
    low, high = max(0.0, point - half), point + half
    return {"point": round(point, 5), "low": round(low, 5), "high": round(min(1.0, high) if said["metric"] == "roc_auc" else high, 5)}
