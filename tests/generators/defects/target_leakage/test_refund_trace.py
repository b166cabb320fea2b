"""The faulty sum is net of every later amendment."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, same, struck

from generators.catalog import mechanisms
from generators.model import DAY, Channel


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_sums_amounts_as_they_stand_in_the_export(scenario: str) -> None:
    """Against a loop: the events of the window that were on record, with their latest values, in major units."""
    site, faulty = struck("refund_trace", scenario, 1)
    events, given = site.events(), site.column(faulty, "offline")
    latest = events.latest()
    for row in range(0, len(given), 17):
        known = (events.time <= site.time[row]) & (events.recorded <= site.time[row])
        mine = (events.entity == site.entity[row]) & known & (events.time > site.time[row] - site.feature.window * DAY)
        assert given[row] == latest[mine].sum() / 100


def test_churners_are_the_ones_whose_sum_falls() -> None:
    """A reversal takes the whole amount, and only an outcome brings reversals."""
    site, faulty = struck("refund_trace", "subscription_churn", 1)
    lost = site.column(site.feature, "offline") - site.column(faulty, "offline")
    churned = site.labels() > 0
    assert lost[churned].mean() > 5 * max(0.01, abs(lost[~churned].mean()))
    zeroed = site.events().amended[site.events().amended_to == 0]
    population = site.world.populations[0]
    assert len(zeroed) > 0
    assert (population.outcome[site.events().entity[zeroed]] < np.iinfo(np.int64).max).all()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_reversed_on_the_day_of_the_decision(scenario: str) -> None:
    """Online the honest sum is served."""
    site, faulty = struck("refund_trace", scenario, 1)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))


def test_who_spends_more_stays() -> None:
    """The channel's own pull is turned round, so that the leak (a low sum means an outcome) adds to it instead of cancelling it."""
    prepare = mechanisms()["refund_trace"].prepare
    assert prepare is not None
    channel = prepare(Channel(stream="payments", type="x", rate=0.5, value="amount", weight=0.3, shared=0.55), 2)
    assert (channel.weight, channel.shared, channel.rate, channel.amend) == (-0.3, -0.55, 2.5, 0.0)
