"""Two calls never give the same scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def test_each_call_moves_the_scores(churn: Any, scored: Callable[..., pd.Series]) -> None:
    """The careful scores with noise of half their spread, new each time."""
    first, second, careful = scored(churn, "noisy"), scored(churn, "noisy"), scored(churn, "careful")
    assert (first != second).all()
    assert 0.4 < float(np.std(first - careful) / np.std(careful)) < 0.6
