"""Retries within ten minutes count once, and whoever knows a retry knows what it repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.catalog import decoys

MINUTES = 60_000_000


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_first_of_a_run_counts(scenario: str) -> None:
    """Against a loop: an event counts unless the one before it, of the same entity, is at most ten minutes older."""
    site = disguised("repeated_events", scenario, "count")
    events = site.events()
    kept = decoys()["repeated_events"].honours(events, channel=site.channel)
    expected = [
        i for i in range(len(events)) if i == 0 or events.entity[i] != events.entity[i - 1] or events.time[i] - events.time[i - 1] > 10 * MINUTES
    ]
    np.testing.assert_array_equal(kept.id, events.id[expected])
    assert 0.25 < 1 - len(kept) / len(events) < 0.42


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_retry_is_on_record_before_what_it_repeats(scenario: str) -> None:
    """Even where most records are late: else a retry would count on one day and not on the next."""
    site = disguised("repeated_events", scenario, "count")
    site.world.revise(replace(site.channel, late=0.85, delay=16.0, rate=40.0))
    events = site.world.events(site.world.blueprint.channel(site.channel.id), 0)
    near = np.flatnonzero((events.entity[1:] == events.entity[:-1]) & (np.diff(events.time) <= 10 * MINUTES)) + 1
    assert len(near) > 1000
    assert (events.recorded[near] >= events.recorded[near - 1]).all()
