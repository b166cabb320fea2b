"""Entities come back in the evaluation sets at later decisions, and no row is copied."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, shared_world, stream

from generators.rows import EVALUATION, offline_rows


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_most_entities_return_and_no_row_does(scenario: str) -> None:
    """As in production: people known from training, at decisions of their own."""
    tables = offline_rows(shared_world(scenario, slots=1500), stream(scenario, "split")).tables
    train = tables["train"]
    for name in EVALUATION:
        rows = tables[name]
        assert float(np.isin(rows.entity, train.entity).mean()) > 0.4
        assert not set(zip(rows.entity.tolist(), rows.time.tolist(), strict=True)) & set(zip(train.entity.tolist(), train.time.tolist(), strict=True))
        assert not rows.faulty.any()
        assert (rows.origin == -1).all()
