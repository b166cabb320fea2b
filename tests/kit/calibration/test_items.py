"""Items: rates and correlations by hand, and the curve of a form of known items."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kit.calibration import items
from kit.calibration.items import item_table


def test_rate_and_discrimination_by_hand() -> None:
    """Found by the upper two of four at skills 0, 1, 2, 3: half of them, r = 2 / sqrt(5)."""
    found = [[0, 1, 1], [0, 1, math.nan], [1, 1, math.nan], [1, 1, 0]]
    first, second, third = item_table(found, [0, 1, 2, 3])
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.rate.value == 0.5
    assert first.discrimination == pytest.approx(2 / math.sqrt(5))
    assert (second.rate.value, second.discrimination) == (1.0, None)
    assert (third.rate.value, third.sittings) == (0.5, 2)


def test_an_item_never_offered_is_nothing() -> None:
    """No sitting, no rate."""
    assert item_table([[math.nan], [math.nan]], [0, 1]) == (None,)


@pytest.mark.parametrize(("found", "ability", "words"), [([[0.5]], [1], "0, 1 or NaN"), ([[1]], [1, 2], "one finite ability a sitting")])
def test_other_shapes_and_values_are_refused(found: list[list[float]], ability: list[float], words: str) -> None:
    """Credits are not finds, and every sitting has an ability."""
    with pytest.raises(ValueError, match=words):
        item_table(found, ability)


def test_curve_of_known_items() -> None:
    """At its own difficulty an item is found half of the time; the curve is the mean over items and far out stays finite."""
    curve = items.test_characteristic([0.0, 1.0, -1000.0, 1000.0], [0.0, 1.0])
    one = 1 / (1 + math.exp(-1.7))
    assert curve == pytest.approx([(0.5 + 1 - one) / 2, (one + 0.5) / 2, 0.0, 1.0])
    assert np.shape(items.test_characteristic(0.0, [0.0])) == ()


def test_curve_needs_items() -> None:
    """An empty form has no curve."""
    with pytest.raises(ValueError, match="got 0 difficulties"):
        items.test_characteristic(0.0, [])
