"""What a script can see without reading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, at_site, first_of, same, struck

from generators.screens import conditional_drift, recount


@pytest.mark.parametrize("role", ["count", "amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_aware_recount_fits_a_plain_honest_column(scenario: str, role: str) -> None:
    """Without rules the record clock and the amendments explain every cell; the event clock does not."""
    site = at_site(scenario, first_of(scenario, role), late=0.9)
    rows = site.time < site.world.blueprint.calendar.cut
    seen = recount(site.world, site.feature, site.column(site.feature, "offline")[rows], site.entity[rows], site.time[rows])
    assert seen.aware == 0.0
    assert seen.naive > 0.01


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_recount_contradicts_a_faulty_column_unless_the_end_fits(scenario: str) -> None:
    """A shifted window: wrong for the written one, right for the one that ends so many days later."""
    site, _ = struck("window_past_decision", scenario, 1)
    faulty = replace(site.feature, ahead=14)  # one of the ends that the recount tries
    rows = site.time < site.world.blueprint.calendar.at(20)
    seen = recount(site.world, site.feature, site.column(faulty, "offline")[rows], site.entity[rows], site.time[rows])
    assert min(seen.naive, seen.aware) > 0.1
    assert seen.later < 0.05


def test_conditional_drift_sees_what_other_columns_do_not_explain() -> None:
    """A column that moves with another one has little; one that moves alone has much."""
    rng = np.random.default_rng(3)
    base, later = rng.standard_normal(3000), rng.standard_normal(1500) + 1
    noise, noise_later = 0.2 * rng.standard_normal(3000), 0.2 * rng.standard_normal(1500)
    train = {"a": base, "b": base + noise, "c": rng.standard_normal(3000)}
    served = {"a": later, "b": later + noise_later, "c": rng.standard_normal(1500) + 1}
    assert conditional_drift(train, served, "b") < 0.1 < 0.5 < conditional_drift(train, served, "c")
    holed = {**train, "a": np.where(rng.random(3000) < 0.3, np.nan, base)}
    assert np.isfinite(conditional_drift(holed, served, "b"))


def test_recount_looks_at_a_spread_of_rows_only() -> None:
    """With a limit it takes every n-th row: the share stays about the same."""
    site, faulty = struck("window_past_decision", "subscription_churn", 1)
    given = site.column(faulty, "offline")
    whole, part = (recount(site.world, site.feature, given, site.entity, site.time, limit=limit) for limit in (4000, 200))
    assert part.naive == pytest.approx(whole.naive, abs=0.15)
    assert not same(given, site.column(site.feature, "offline"))
