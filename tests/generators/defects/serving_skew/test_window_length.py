"""Production counts over a shorter window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_world import SCENARIOS, same, struck


@pytest.mark.parametrize(("level", "times"), [(1, 4), (2, 2), (3, 1.5), (4, 1.25)])
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("role", ["count", "amount"])
def test_served_values_fit_a_recount_over_the_shorter_window(scenario: str, level: int, times: float, role: str) -> None:
    """So many times shorter online, in whole days. No served value exceeds the honest one."""
    site, faulty = struck("window_length", scenario, level, role=role)
    days = round(site.feature.window / times)
    served = site.column(faulty, "online")
    assert same(served, site.column(replace(site.feature, window=days), "online"))
    assert (served <= site.column(site.feature, "online")).all()
    assert same(site.column(faulty, "offline"), site.column(site.feature, "offline"))
