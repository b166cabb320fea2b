"""Weekend entries are there and do not count; the desk itself works Monday to Friday."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.catalog import decoys
from generators.decoys._traces import weekday


@pytest.mark.parametrize("role", ["count", "amount"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_exactly_the_weekend_is_left_out(scenario: str, role: str) -> None:
    """By the calendar of the standard library, in UTC."""
    site = disguised("weekend_events", scenario, role)
    events = site.events()
    days = np.array([datetime.fromtimestamp(t / 1e6, tz=UTC).weekday() for t in events.time])
    np.testing.assert_array_equal(weekday(events.time), days)
    kept = decoys()["weekend_events"].honours(events, channel=site.channel)
    assert len(kept) == int((days < 5).sum())
    assert 0.2 < 1 - len(kept) / len(events) < 0.45
    assert len(np.unique(events.id)) == len(events)
