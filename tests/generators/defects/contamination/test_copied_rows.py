"""Training rows stand in an evaluation set again; higher levels disguise them."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS
from split_world import split_of, strike


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_copies_hold_the_values_of_their_origin(scenario: str, level: int) -> None:
    """Entity and time of the source are the training row's; what is shown follows the level's disguise."""
    split, struck = split_of(scenario), strike("copied_rows", scenario, "holdout", level)
    rows, train = struck.tables["holdout"], split.tables["train"]
    copies = rows.take(np.flatnonzero(rows.faulty))
    np.testing.assert_array_equal(copies.entity, train.entity[copies.origin])
    np.testing.assert_array_equal(copies.time, train.time[copies.origin])
    assert len(np.unique(copies.origin)) == len(copies)
    assert bool((copies.shown_time == copies.time).all()) == (level == 1)
    assert bool(copies.jitter.all()) == (level >= 3)
    assert bool((copies.shown_entity == copies.entity).all()) == (level < 4)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_honest_rows_stay_as_they_were(scenario: str) -> None:
    """Copies come on top; the share is 16% of the honest rows at level 1 and 7% at level 4."""
    honest = split_of(scenario).tables["holdout"]
    for level, share in ((1, 0.16), (4, 0.07)):
        rows = strike("copied_rows", scenario, "holdout", level).tables["holdout"]
        np.testing.assert_array_equal(rows.take(np.flatnonzero(~rows.faulty)).entity, honest.entity)
        assert int(rows.faulty.sum()) == round(share * len(honest))


def test_disguised_dates_are_dates_of_the_table() -> None:
    """From level 2 no copy is found by its date, and at level 4 not by its entity."""
    honest = split_of("home_pricing").tables["acceptance"]
    rows = strike("copied_rows", "home_pricing", "acceptance", 4).tables["acceptance"]
    assert set(rows.shown_time.tolist()) == set(honest.time.tolist())
    assert set(rows.shown_entity.tolist()) == set(honest.entity.tolist())
