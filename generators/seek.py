"""Find the setting at which a measure comes nearest to a goal, in as few looks as noise and cost allow."""

from __future__ import annotations

from collections.abc import Callable

STEPS = 7
"""Looks at the most."""


def seek(
    measure: Callable[[float], float], goal: float, low: float, high: float, *, near: float = 0.0, begin: float | None = None, steps: int = STEPS
) -> float:
    """The setting in [low, high] at which a rising measure came nearest to the goal.

    Looks first at `begin` (where a knob stands now, or the middle), then where a straight line through the two nearest looks around the goal
    meets it, as long as there are two; else half way to the edge. Ends after a look within `near` of the goal, or after `steps` looks.
    """
    best, distance = low, float("inf")
    below: tuple[float, float] | None = None
    above: tuple[float, float] | None = None
    left, right = low, high
    at = begin if begin is not None and low <= begin <= high else (low + high) / 2
    for _ in range(steps):
        value = measure(at)
        if abs(value - goal) < distance:
            best, distance = at, abs(value - goal)
        if distance <= near:
            break
        if value < goal:
            left, below = at, (at, value)
        else:
            right, above = at, (at, value)
        at = (left + right) / 2
        if below and above and above[1] > below[1]:
            share = (goal - below[1]) / (above[1] - below[1])
            at = left + (right - left) * min(max(share, 0.1), 0.9)  # a measure with noise must not keep it at one edge
    return round(best, 4)
