"""Sealed-bid sales: a number as label, with news that nothing known before tells."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import fresh_world, moments


def test_labels_lie_around_the_guide_price() -> None:
    """Winning bids in per cent of the guide price, to a tenth, most between 70 and 130."""
    world = fresh_world("home_pricing", slots=800)
    label = world.labels(*moments(world, world.blueprint.calendar.offline))
    assert float(np.median(label)) == pytest.approx(world.scenario.base, abs=2.0)
    assert ((label > 70) & (label < 130)).mean() > 0.9
    np.testing.assert_allclose(label * 10, np.round(label * 10), atol=1e-9)


def test_half_of_the_spread_cannot_be_known() -> None:
    """The news of the coming weeks has the spread of the scenario in this form: a perfect model of everything before them is still off."""
    world = fresh_world("home_pricing", slots=800, signal=0.0)
    label = world.labels(*moments(world, (14,)))
    assert float(label.std()) == pytest.approx(world.blueprint.unit * world.scenario.scale, rel=0.1)
