"""The last step before scores and reports are written: nothing is done to them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .asof import Floats


def scores(requests: pd.DataFrame, found: Floats, model: Path) -> Floats:
    """The scores to write."""
    return np.asarray(found, dtype=np.float64)


def report(found: dict[str, object]) -> dict[str, object]:
    """The report to write."""
    return found
