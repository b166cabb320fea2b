"""A switch of units is undone; what is no multiple is recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd


def test_converted_scores_are_the_careful_ones(churn: Any, scored: Callable[..., pd.Series]) -> None:
    """The form serves an amount in another unit to part of the requests; converting it back gives the scores of recomputing."""
    settings = json.loads((churn.submission("converts_served") / "pipeline" / "settings.json").read_text())
    (fault,) = (f for f in churn.form.key.truth.faults if f.mechanism == "unit_switch")
    assert list(settings["converted"]) == [fault.locus.column]
    assert fault.locus.column not in settings["at_scoring"]
    moved = scored(churn, "converts_served") != scored(churn, "careful")
    assert moved.mean() < 0.02  # a value at the very edge of a leaf may round to the other side


def test_without_a_switch_of_units_it_recomputes(home: Any, scored: Callable[..., pd.Series]) -> None:
    """Then it is the careful pipeline."""
    assert home.form.factors == {}
    pd.testing.assert_series_equal(scored(home, "converts_served"), scored(home, "careful"), check_exact=True)
