"""Production serves an amount times a constant for some entities, always the same ones."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, struck


@pytest.mark.parametrize(("level", "factor", "share"), [(1, 100.0, 0.5), (2, 100.0, 0.2), (3, 1.21, 0.7), (4, 1.21, 0.35)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_served_value_is_a_fixed_multiple_for_a_share_of_the_entities(scenario: str, level: int, factor: float, share: float) -> None:
    """Per entity either every request is converted or none; rounded to the unit of the column. False alarm of the share: 4 sigma."""
    site, faulty = struck("unit_switch", scenario, level)
    honest, served = site.column(site.feature, "online"), site.column(faulty, "online")
    spent = honest > 0
    plain = served == honest
    multiplied = np.isclose(served, honest * factor, rtol=0, atol=0.00501)
    assert (plain | multiplied)[spent].all()
    assert (served[~spent] == 0).all()
    struck_entities = set(site.entity[spent & ~plain].tolist())
    assert not struck_entities & set(site.entity[spent & plain & (honest > 0.1)].tolist())
    everybody = set(site.entity[spent].tolist())
    assert len(struck_entities) / len(everybody) == pytest.approx(share, abs=4 * (share * (1 - share) / len(everybody)) ** 0.5)
