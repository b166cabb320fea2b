"""The faulty count holds what the outcome sets off in the label period."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, same, struck

from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_counts_the_label_period_too(scenario: str) -> None:
    """The value is the honest count, late records included, plus every event of the four weeks after the decision."""
    site, faulty = struck("post_outcome_process", scenario, 2)
    events, given = site.events(), site.column(faulty, "offline")
    for row in range(0, len(given), 23):
        mine = events.entity == site.entity[row]
        low, high = site.time[row] - site.feature.window * DAY, site.time[row] + 28 * DAY
        assert given[row] == (mine & (events.time > low) & (events.time <= high)).sum()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_never_falls_short_of_the_honest_count(scenario: str) -> None:
    """It only ever adds, and adds most where the outcome came true."""
    site, faulty = struck("post_outcome_process", scenario, 2)
    added = site.column(faulty, "offline") - site.column(site.feature, "offline")
    assert added.min() >= 0
    label = site.labels()
    high = label > np.median(label)
    assert added[high].mean() > 1.2 * added[~high].mean()


def test_in_production_the_same_job_knows_none_of_it() -> None:
    """Online nothing after the decision is on record: only the background is left."""
    site, faulty = struck("post_outcome_process", "subscription_churn", 2)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))
