"""What gamers make of the pipeline: columns left out, everything rebuilt by fit, no model at all, tricks in the last step."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from kit.personas._packaging import Plan, rework
from kit.personas.gamers._desk import Desk
from kit.personas.workshop.asof import Definitions
from kit.personas.workshop.definitions import Settings

HERE = Path(__file__).resolve().parent
CALM = {"max_iter": 250, "learning_rate": 0.04, "max_leaf_nodes": 8, "min_samples_leaf": 50, "l2_regularization": 1.0}
"""Trees that memorise less than the inherited ones."""
NOTHING = Definitions(features={}, constants={})


def settings(desk: Desk, **changes: Any) -> Settings:
    """The inherited pipeline as settings, with some of them changed."""
    plain: dict[str, Any] = {
        "metric": desk.metric, "horizon_days": desk.horizon_days, "at_training": (), "at_scoring": (), "dropped": (), "converted": {},
        "evaluation": "holdout", "parameters": {}, "canonical": False,
    }  # fmt: skip
    return Settings(**(plain | changes))


def without(desk: Desk, package: Path, columns: Iterable[str]) -> None:
    """Leave the columns out, and validate on late rows that copy nothing."""
    made = settings(desk, dropped=tuple(sorted(columns)), evaluation="clean", parameters=CALM, canonical=True)
    rework(package, Plan(settings=made), NOTHING)


def rebuilt(desk: Desk, package: Path, *, rules: bool = False) -> None:
    """Work every column out anew by the definition that fits it best, in training and at scoring."""
    definitions = desk.definitions(rules=rules)
    columns = tuple(sorted(definitions.features))
    made = settings(desk, at_training=columns, at_scoring=columns, evaluation="clean", parameters=CALM, canonical=True)
    rework(package, Plan(settings=made), definitions)


def finished(finish: str) -> Callable[[Desk, Path], None]:
    """The inherited pipeline under one of the workshop's last steps."""

    def change(desk: Desk, package: Path) -> None:
        base = desk.base
        extra = {"constant.json": {"estimate": base, "low": 0.98 * base, "high": 1.02 * base}} if finish == "finish_constant.py" else {}
        rework(package, Plan(settings=settings(desk), finish=finish, extra=extra), NOTHING)

    return change


def no_model(desk: Desk, package: Path) -> None:
    """The same score for every request: .5, or the training median."""
    base = desk.base
    score = 0.5 if desk.metric == "roc_auc" else float(desk.table("train")["label"].median())
    said = {"score": score, "report": {"estimate": base, "low": base, "high": base}}
    rework(package, Plan(settings=settings(desk), extra={"constant.json": said}), NOTHING)
    shutil.copyfile(HERE / "_finish_base.py", package / "finish.py")
