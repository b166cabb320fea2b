"""Entries below the minimum are there and do not count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.catalog import decoys
from generators.decoys._traces import minimum


@pytest.mark.parametrize("role", ["count", "amount"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_exactly_the_small_ones_are_left_out(scenario: str, role: str) -> None:
    """Ordinary values reach the minimum; added ones do not."""
    site = disguised("small_events", scenario, role)
    events, least = site.events(), minimum(site.channel)
    kept = decoys()["small_events"].honours(events, channel=site.channel)
    assert (kept.value >= least).all()
    assert len(events) - len(kept) == int((events.value < least).sum())
    assert 0.2 < 1 - len(kept) / len(events) < 0.45


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_first_recorded_value_decides(scenario: str) -> None:
    """An amendment to below the minimum does not take an entry out afterwards, which nobody could have known."""
    site = disguised("small_events", scenario, "amount")
    events = site.events()
    amended = replace(events, amended=np.arange(len(events)), amended_at=events.recorded + 1, amended_to=np.ones(len(events), dtype=np.int64))
    kept = [len(decoys()["small_events"].honours(e, channel=site.channel)) for e in (events, amended)]
    assert kept[0] == kept[1]
