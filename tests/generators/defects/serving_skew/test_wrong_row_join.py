"""Production serves another row's value: the same values, on the wrong rows."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, struck


@pytest.mark.parametrize("role", ["count", "amount", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_run_holds_the_same_values_in_another_order(scenario: str, role: str) -> None:
    """The distribution of a run is exactly the same: no drift test can see it."""
    site, faulty = struck("wrong_row_join", scenario, 2, role=role)
    honest, served = site.column(site.feature, "online"), site.column(faulty, "online")
    for time in np.unique(site.time):
        rows = site.time == time
        np.testing.assert_array_equal(np.sort(served[rows]), np.sort(honest[rows]))
    assert not np.array_equal(served, honest, equal_nan=True)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_fewer_rows_are_wrong_with_each_level(scenario: str) -> None:
    """90, 65, 45 or 30% take part; some get an equal value by chance."""
    shares = []
    for level in (1, 2, 3, 4):
        site, faulty = struck("wrong_row_join", scenario, level, role="amount")
        shares.append(float((site.column(faulty, "online") != site.column(site.feature, "online")).mean()))
    assert shares == sorted(shares, reverse=True)
    assert shares[0] < 0.93
    assert shares[3] < 0.36
