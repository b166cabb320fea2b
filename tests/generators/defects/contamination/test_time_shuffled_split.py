"""Rows of an evaluation set are decisions from the training period that train does not hold."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS
from split_world import split_of, strike


@pytest.mark.parametrize(("level", "share"), [(1, 1.0), (2, 0.6), (3, 0.35), (4, 0.2)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_share_of_the_rows_lies_among_the_training_dates(scenario: str, level: int, share: float) -> None:
    """As many rows as before, none of them a row of train; the struck ones carry training dates, the others do not."""
    split = split_of(scenario)
    train, honest = split.tables["train"], split.tables["acceptance"]
    rows = strike("time_shuffled_split", scenario, "acceptance", level).tables["acceptance"]
    assert len(rows) == len(honest)
    assert float(rows.faulty.mean()) == pytest.approx(min(share, len(split.reserve) / len(honest)), abs=1 / len(honest))
    assert set(rows.time[rows.faulty].tolist()) <= set(train.time.tolist())
    assert (rows.time[~rows.faulty] > train.time.max()).all()
    known = set(zip(train.entity.tolist(), train.time.tolist(), strict=True))
    assert not known & set(zip(rows.entity.tolist(), rows.time.tolist(), strict=True))
    assert (rows.origin == -1).all()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_training_rows_of_the_same_entity_lie_after_it(scenario: str) -> None:
    """That is what a split by time would have prevented."""
    train = split_of(scenario).tables["train"]
    rows = strike("time_shuffled_split", scenario, "holdout", 2).tables["holdout"]
    last = dict(zip(train.entity[np.argsort(train.time, kind="stable")].tolist(), np.sort(train.time).tolist(), strict=True))
    struck = np.flatnonzero(rows.faulty)
    later = [last.get(int(rows.entity[i]), 0) > rows.time[i] for i in struck]
    assert float(np.mean(later)) > 0.3
