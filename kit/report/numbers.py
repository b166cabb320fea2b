"""Numbers as a person reads them: few digits, no rounding that breaks a sum."""

from __future__ import annotations

import math
from collections.abc import Sequence


def number(value: float | None) -> str:
    """Three significant digits, thousands apart, tiny numbers as powers of ten; a dash where there is no number.

    >>> [number(v) for v in (0.12345, 1234567.0, 2.1e-7, 0, None)]
    ['0.123', '1,234,567', '2.1e-7', '0', '–']
    """
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1000:
        said = f"{size:,.0f}"
    elif size < 1e-3:
        mantissa, exponent = f"{size:.1e}".split("e")
        said = f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    else:
        said = f"{size:.3g}"
    return said if value > 0 else "−" + said


def metric_value(value: float | None, metric: str) -> str:
    """A value of the form's metric: three decimals for ROC AUC, otherwise as `number` does."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if metric == "roc_auc" else number(value)


def points(value: float) -> str:
    """Points with one decimal and a true minus sign, never a negative zero.

    >>> points(-0.04), points(-2.46)
    ('0.0', '−2.5')
    """
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def apportion(values: Sequence[float], total: float) -> list[float]:
    """The values rounded to tenths so that they still add up to `total` rounded to tenths; the largest remainders are rounded up.

    What does not add up to begin with is not hidden: the values are then rounded one by one.

    >>> apportion([0.25, 0.25, 0.5], 1.0)
    [0.3, 0.2, 0.5]
    """
    if abs(math.fsum(values) - total) > 0.051:
        return [round(value, 1) for value in values]
    floors = [math.floor(round(value * 10, 6)) for value in values]
    missing = round(total * 10) - sum(floors)
    order = sorted(range(len(values)), key=lambda i: (-(values[i] * 10 - floors[i]), i))
    for place in range(len(order)):
        if missing > 0:
            floors[order[place]] += 1
            missing -= 1
        elif missing < 0:
            floors[order[-1 - place]] -= 1
            missing += 1
    return [tenths / 10 for tenths in floors]
