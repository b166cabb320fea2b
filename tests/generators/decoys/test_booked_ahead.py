"""Bookings count from their record on, up to two weeks ahead, and never tell of an outcome."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, first_of

from generators.catalog import decoys
from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_counts_what_is_booked_for_the_coming_two_weeks(scenario: str) -> None:
    """Everything on record at the decision that is dated from the written window before it to 14 days after it."""
    site = disguised("booked_ahead", scenario, "count")
    reach = first_of(scenario, "count").window * DAY
    events, given = site.events(), site.column(site.feature, "offline")
    ahead = 0
    for row in range(0, len(given), 7):
        t = site.time[row]
        mine = (events.entity == site.entity[row]) & (events.recorded <= t) & (events.time > t - reach) & (events.time <= t + 14 * DAY)
        assert given[row] == mine.sum()
        ahead += int((mine & (events.time > t)).sum())
    assert ahead > 10


def test_only_ordinary_events_are_booked() -> None:
    """What an outcome sets off is recorded after it happened, so a booking cannot carry the outcome."""
    site = disguised("booked_ahead", "subscription_churn", "count")
    site.world.revise(replace(site.channel, response=3.0))
    events = site.world.events(site.world.blueprint.channel(site.channel.id), 0)
    population = site.world.populations[0]
    booked = events.recorded < events.time
    assert booked.any()
    assert (events.time[booked] - events.recorded[booked] <= 14 * DAY).all()
    plain = disguised("booked_ahead", "subscription_churn", "count", dose=1.0).events()
    assert (plain.recorded < plain.time).all()
    soon = (events.time > population.outcome[events.entity]) & (events.time < population.outcome[events.entity] + 10 * DAY)
    assert float(booked[soon].mean()) < float(booked[~soon].mean())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_definition_says_so(scenario: str) -> None:
    """The window is longer by what it reaches ahead, and sees no later record."""
    plain = first_of(scenario, "count")
    feature = decoys()["booked_ahead"].define(plain)
    assert (feature.window, feature.end, feature.ahead) == (plain.window + 14, 14, 0)
    assert np.isclose(feature.unit, 1.0)
