"""The honest evaluation sets begin exactly when the last training label is known."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, shared_world, stream

from generators.model import WEEK
from generators.rows import EVALUATION, offline_rows


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_gap_is_exactly_the_horizon(scenario: str) -> None:
    """No day of overlap, and no day to spare that would make it look careful by chance."""
    world = shared_world(scenario)
    tables = offline_rows(world, stream(scenario, "split")).tables
    for name in EVALUATION:
        assert tables[name].time.min() - tables["train"].time.max() == world.blueprint.calendar.horizon * WEEK
