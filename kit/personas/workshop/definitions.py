"""What the settings of this pipeline say: which columns are worked out anew, which are left out, how the estimate is made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .asof import Definitions


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The contents of settings.json."""

    metric: str
    """roc_auc or mae."""
    horizon_days: int
    """Days after a decision until its label is known."""
    at_training: tuple[str, ...]
    """Columns of train, holdout and acceptance that are worked out anew from the events."""
    at_scoring: tuple[str, ...]
    """Columns of a batch's requests that are worked out anew."""
    dropped: tuple[str, ...]
    """Columns that the model never sees."""
    converted: Mapping[str, float]
    """Columns of a batch that are divided by this wherever the served value is this multiple of the recomputed one."""
    evaluation: str
    """clean: rows of both evaluation sets that are later than the training labels and no copies; holdout: the holdout as it is."""
    parameters: Mapping[str, Any]
    """Parameters of the model that differ from the inherited ones."""
    canonical: bool
    """Are the training rows put in an order of their own before the fit?"""


def load(folder: Path | None = None) -> tuple[Settings, Definitions]:
    """Settings and definitions that lie in a folder: by default the one of this file."""
    here = folder or Path(__file__).resolve().parent
    settings = json.loads((here / "settings.json").read_text(encoding="utf-8"))
    definitions = json.loads((here / "definitions.json").read_text(encoding="utf-8"))
    lists = {name: tuple(settings[name]) for name in ("at_training", "at_scoring", "dropped")}
    return Settings(**{**settings, **lists}), Definitions(features=definitions["features"], constants=definitions["constants"])
