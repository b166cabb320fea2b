"""The formula of the total, by hand."""

from __future__ import annotations

import pytest

from graders.rubric import load_rubric
from kit.calibration.totals import total


@pytest.mark.parametrize(
    ("f", "b", "c", "skill", "over", "expected"),
    [
        (1.0, 1.0, 1.0, 1.0, False, 100.0),
        (0.8, 0.9, 0.5, 1.0, False, 0.8 * (45 + 30 * 0.9 + 25 * 0.5)),
        (0.5, 0.9, 0.5, 1.0, False, 0.5 * (45 + 30 * 0.9 + 25 * 0.5)),
        (0.8, 1.0, 1.0, 0.55, False, 0.8 * (45 + 0.5 * 55)),
        (0.8, 1.0, 1.0, 0.2, False, 36.0),
        (0.8, 1.0, 1.0, None, False, 80.0),
        (0.8, 1.0, 1.0, 1.0, True, 59.0),
        (0.39, 1.0, 1.0, 1.0, False, 39.0),
        (-0.2, 1.0, 1.0, 1.0, False, 0.0),
    ],
)
def test_by_hand(f: float, b: float, c: float, skill: float | None, over: bool, expected: float) -> None:
    """Gates, floor, knock-outs and the limits of the scale."""
    assert total(load_rubric(), findings=f, behaviour=b, claims=c, skill=skill, overclaimed=over) == pytest.approx(expected, abs=0.005)
