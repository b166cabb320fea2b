"""Only rare rows are multiplied, each once or twice."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS
from split_world import split_of, strike


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_copies_are_of_rare_rows_once_or_twice(scenario: str, level: int) -> None:
    """Positives, or the top sixth of a number."""
    split = split_of(scenario)
    rows = strike("resampled_before_split", scenario, "holdout", level).tables["holdout"]
    origin = rows.origin[rows.faulty]
    rare = split.train_labels >= max(1.0, float(np.quantile(split.train_labels, 5 / 6)))
    assert rare[origin].all()
    assert set(np.unique(origin, return_counts=True)[1].tolist()) == {1, 2}
    assert bool(rows.jitter[rows.faulty].all()) == (level >= 3)
    assert bool((rows.shown_time == rows.time)[rows.faulty].all()) == (level == 1)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_table_holds_too_many_rare_rows(scenario: str) -> None:
    """Its rate of rare labels is no longer that of production, and less so with each level."""
    split = split_of(scenario)
    number = [int(strike("resampled_before_split", scenario, "holdout", level).tables["holdout"].faulty.sum()) for level in (1, 2, 3, 4)]
    assert number == sorted(number, reverse=True)
    rare = float(np.mean(split.train_labels >= max(1.0, float(np.quantile(split.train_labels, 5 / 6)))))
    expected = 0.40 * len(split.tables["holdout"]) * rare
    assert number[0] == pytest.approx(expected, rel=0.15)
