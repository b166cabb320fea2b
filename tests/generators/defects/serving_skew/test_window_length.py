"""Production counts over a shorter window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_world import SCENARIOS, same, struck


@pytest.mark.parametrize(("level", "days"), [(1, 7), (2, 14), (3, 19), (4, 22)])
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("role", ["count", "amount"])
def test_served_values_fit_a_recount_over_the_shorter_window(scenario: str, level: int, days: int, role: str) -> None:
    """28 days offline; 7, 14, 19 or 22 online. No served value exceeds the honest one."""
    site, faulty = struck("window_length", scenario, level, role=role)
    assert site.feature.window == 28
    served = site.column(faulty, "online")
    assert same(served, site.column(replace(site.feature, window=days), "online"))
    assert (served <= site.column(site.feature, "online")).all()
    assert same(site.column(faulty, "offline"), site.column(site.feature, "offline"))
