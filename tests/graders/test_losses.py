"""Losses in whole cents that make 100 with the total."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.losses import Exact, scaled, settle


def exact(*points: float) -> list[Exact]:
    return [Exact(section="s", points=p, reason=f"reason {i}", ref=str(i)) for i, p in enumerate(points)]


def test_the_missing_cents_go_to_the_largest_remainders() -> None:
    """Thirds of a hundred: one of them takes the cent."""
    losses = settle(0.0, exact(100 / 3, 100 / 3, 100 / 3))
    assert sorted(loss.points for loss in losses) == [33.33, 33.33, 33.34]
    assert [loss.points for loss in settle(99.0, exact(0.0, 0.2, 0.8))] == [0.8, 0.2]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=30), st.floats(0, 100))
def test_it_always_adds_up(weights: list[float], lost: float) -> None:
    whole = sum(weights)
    points = [w / whole * lost for w in weights] if whole > 0 else [lost, *([0.0] * (len(weights) - 1))]
    total = round(100 - sum(points), 2)
    losses = settle(total, exact(*points))
    assert round(sum(loss.points for loss in losses) + total, 2) == 100.0
    assert all(abs(loss.points - points[int(loss.ref)]) <= 0.0101 for loss in losses)


def test_losses_that_do_not_add_up_are_our_fault() -> None:
    with pytest.raises(ArithmeticError, match="do not make 100"):
        settle(50.0, exact(20.0))


def test_a_floor_spares_in_proportion() -> None:
    assert [e.points for e in scaled(exact(30.0, 10.0), 20.0)] == pytest.approx([15.0, 5.0])
    assert [e.points for e in scaled(exact(3.0, 1.0), 20.0)] == [3.0, 1.0]
    assert scaled([], 20.0) == []
