"""The faulty count holds what the outcome sets off in the label period."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, same, struck

from generators.model import DAY


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_counts_into_the_label_period(scenario: str) -> None:
    """A window as long as the written one ends two weeks after the decision, with what was on record by then; against a loop over the log."""
    site, faulty = struck("post_outcome_process", scenario, 2)
    assert (faulty.ahead, faulty.end, faulty.window) == (14, 0, site.feature.window)
    events, given = site.events(), site.column(faulty, "offline")
    for row in range(0, len(given), 23):
        close = site.time[row] + faulty.ahead * DAY
        mine = (events.entity == site.entity[row]) & (events.time <= close) & (events.recorded <= close)
        assert given[row] == (mine & (events.time > close - faulty.window * DAY)).sum()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_adds_most_where_the_outcome_came_true(scenario: str) -> None:
    """What lies after the decision follows the label."""
    site, faulty = struck("post_outcome_process", scenario, 2, slots=2000)
    added = site.column(faulty, "offline") - site.column(site.feature, "offline")
    label = site.labels()
    high = label > np.median(label)
    error = np.hypot(added[high].std() / high.sum() ** 0.5, added[~high].std() / (~high).sum() ** 0.5)
    assert added[high].mean() > added[~high].mean() + 5 * error


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_knows_none_of_it(scenario: str) -> None:
    """Online the window ends at the decision: what is served is what the definition says."""
    site, faulty = struck("post_outcome_process", scenario, 2)
    assert same(site.column(faulty, "online"), site.column(site.feature, "online"))
