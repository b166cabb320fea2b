"""Entries of one source are there and do not count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, same

from generators.decoys._traces import mark


@pytest.mark.parametrize("role", ["count", "amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_without_the_source_the_log_is_the_ordinary_one(scenario: str, role: str) -> None:
    """The column equals that of the same world without the extra source."""
    site = disguised("excluded_source", scenario, role)
    given = site.column(site.feature, "offline")
    assert (site.events().source == mark("excluded_source")).sum() > 50
    site.world.revise(replace(site.channel, quirks=()))
    assert same(given, site.column(replace(site.feature, rules=()), "offline"))


def test_extra_entries_have_numbers_of_their_own_and_ordinary_delays() -> None:
    """Nothing but the source tells them apart: same lags, fresh ids."""
    events = disguised("excluded_source", "home_pricing", "count").events()
    extra = events.source == mark("excluded_source")
    assert len(np.unique(events.id)) == len(events)
    lags = [np.quantile((events.recorded - events.time)[mask], 0.5) for mask in (extra, ~extra)]
    assert lags[0] == pytest.approx(lags[1], rel=0.15)
