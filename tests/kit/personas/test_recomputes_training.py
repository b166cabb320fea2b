"""Honest training with served values: right wherever production serves what it should, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def test_it_is_the_careful_model_on_requests_as_served(each: Any, scored: Callable[..., pd.Series]) -> None:
    """On honest requests it scores as the careful one does; served skew moves it."""
    careful = scored(each, "careful")
    np.testing.assert_allclose(scored(each, "recomputes_training", "honest"), careful, rtol=0, atol=0)
    assert not np.allclose(scored(each, "recomputes_training", "served"), careful)
