"""Numbers are short, and rounding never breaks a sum."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.report import numbers
from kit.report.numbers import apportion, metric_value, number


def test_examples_in_the_docstrings_hold() -> None:
    """What the docstrings show is what happens."""
    assert doctest.testmod(numbers).failed == 0


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (math.nan, "–"), (-0.5, "−0.5"), (-24100.0, "−24,100"), (0.0005, "5e-4"), (3.0, "3"), (0.02, "0.02")]
)
def test_numbers_as_shown(value: float | None, shown: str) -> None:
    """Few digits, a true minus, a dash where there is nothing."""
    assert number(value) == shown


def test_a_metric_has_its_own_digits() -> None:
    """ROC AUC always shows three decimals, an error in money none."""
    assert (metric_value(0.7, "roc_auc"), metric_value(24100.4, "mae"), metric_value(None, "mae")) == ("0.700", "24,100", "–")


@given(st.lists(st.floats(0, 30), min_size=1, max_size=25))
def test_apportioned_tenths_add_up(values: list[float]) -> None:
    """The tenths make the rounded sum, and none is moved by a tenth or more."""
    total = math.fsum(values)
    tenths = apportion(values, total)
    assert round(sum(tenths) * 10) == round(total * 10)
    assert all(abs(a - b) <= 0.1 + 1e-6 for a, b in zip(tenths, values, strict=True))


def test_what_does_not_add_up_is_not_bent() -> None:
    """Values that miss the total are shown as they are instead of being made to fit."""
    assert apportion([1.0, 2.0], 59.0) == [1.0, 2.0]
