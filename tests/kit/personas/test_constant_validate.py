"""The same report whatever the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd


def test_the_report_is_constant_and_the_scores_are_careful(
    each: Any, scored: Callable[..., pd.Series], validated: Callable[..., dict[str, float]]
) -> None:
    """On two folders that differ it says the same, and it says that there is no skill."""
    submission, stages = each.submission("constant_validate"), each.folder / "stages" / "data"
    said = [validated(submission, stages / name)["estimate"] for name in ("real", "repaired")]
    assert said[0] == said[1]
    if each.form.key.truth.metric == "roc_auc":
        assert said[0] == 0.5
    else:
        assert said[0] > validated(each.submission("careful"), each.takehome / "data")["estimate"]
    pd.testing.assert_series_equal(scored(each, "constant_validate"), scored(each, "careful"), check_exact=True)
