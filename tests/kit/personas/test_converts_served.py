"""A switch of units is undone; what is no multiple is recomputed."""

from __future__ import annotations

import numpy as np
from persona_form import Mini, same


def test_converted_values_are_the_recomputed_ones(churn: Mini) -> None:
    """The form serves an amount in another unit to part of the requests; converted back, it is what a recount gives."""
    (fault,) = (f for f in churn.form.key.truth.faults if f.mechanism == "unit_switch")
    column = str(fault.locus.column)
    assert list(churn.settings("converts_served")["converted"]) == [column]
    assert column not in churn.settings("converts_served")["at_scoring"]
    converted, careful = churn.scoring("converts_served", "served"), churn.scoring("careful", "served")
    np.testing.assert_allclose(converted[column], careful[column], atol=0.011)
    same(converted.drop(columns=column), careful.drop(columns=column))


def test_without_a_switch_of_units_it_recomputes(home: Mini) -> None:
    """Then it is the careful pipeline."""
    assert home.form.factors == {}
    assert home.settings("converts_served") == home.settings("careful")
