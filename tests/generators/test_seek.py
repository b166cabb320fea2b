"""A setting is found in few looks, whatever the measure's slope, noise or reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generators.seek import STEPS, seek


def counted(measure: Callable[[float], float]) -> tuple[Callable[[float], float], list[float]]:
    """The measure and the settings that it was asked for."""
    asked: list[float] = []

    def look(x: float) -> float:
        asked.append(x)
        return measure(x)

    return look, asked


@pytest.mark.parametrize(("goal", "expected"), [(0.25, 0.5), (0.81, 0.9), (-1.0, 0.0), (9.0, 1.0)])
def test_it_comes_as_near_as_its_steps_allow(goal: float, expected: float) -> None:
    """A rising measure; what cannot be reached ends at the nearest edge."""
    assert seek(lambda x: x * x, goal, 0.0, 1.0, steps=12) == pytest.approx(expected, abs=0.002)


def test_it_keeps_the_best_it_saw() -> None:
    """A measure with noise: the last step need not be the nearest."""
    seen: dict[float, float] = {}

    def measure(x: float) -> float:
        seen[round(x, 4)] = x + (0.3 if len(seen) > 2 else 0.0)
        return seen[round(x, 4)]

    found = seek(measure, 0.7, 0.0, 1.0)
    assert abs(seen[found] - 0.7) == min(abs(v - 0.7) for v in seen.values())


def test_where_the_knob_stands_is_looked_at_first() -> None:
    """And nothing else, where that is near enough."""
    look, asked = counted(lambda x: x)
    assert seek(look, 0.31, 0.0, 1.0, near=0.02, begin=0.3) == 0.3
    assert asked == [0.3]


def test_a_straight_line_is_met_in_a_few_looks() -> None:
    """Three or four looks, where halving would take seven."""
    look, asked = counted(lambda x: 0.5 + 0.1 * x)
    assert seek(look, 0.63, 0.0, 4.0, near=0.001) == pytest.approx(1.3, abs=0.01)
    assert len(asked) <= 5


@pytest.mark.parametrize("begin", [None, 0.0, 4.0, 17.0])
def test_it_never_leaves_its_range_or_its_number_of_looks(begin: float | None) -> None:
    """Whatever stood there before."""
    look, asked = counted(lambda x: min(x, 1.0))
    found = seek(look, 2.0, 0.0, 4.0, begin=begin)
    assert 0.0 <= found <= 4.0
    assert len(asked) == STEPS
    assert all(0.0 <= x <= 4.0 for x in asked)
