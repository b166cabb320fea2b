"""The last step of a pipeline without a model: one score for all, and the estimate that goes with it. Packed into a submission as finish.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def scores(requests: pd.DataFrame, found: npt.NDArray[np.float64], model: Path) -> npt.NDArray[np.float64]:
    """The same score for every request."""
    return np.full(len(requests), float(_said()["score"]))


def report(found: dict[str, object]) -> dict[str, object]:
    """The estimate of that score."""
    return {**found, **_said()["report"]}


def _said() -> dict[str, Any]:
    said: dict[str, Any] = json.loads((Path(__file__).resolve().parent / "constant.json").read_text(encoding="utf-8"))
    return said
