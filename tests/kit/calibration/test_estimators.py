"""Variance components and what follows from them: worked by hand, recovered from known populations, and unmoved by what should not move them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from kit.calibration.estimators import (
    Components,
    Decisions,
    decision_consistency,
    dependability,
    form_spread,
    generalizability,
    ordering,
    reliability,
    standard_error,
    variance_components,
)

TABLES = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=7), elements=st.integers(0, 100).map(float))
WORKED = [[1.0, 3.0], [4.0, 6.0], [7.0, 12.0]]
"""Means 2, 5, 9.5 of persons and 4, 7 of forms; MS_p = 28.5, MS_f = 13.5, MS_pf = 1.5."""


def seeded(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_worked_example() -> None:
    """person = (28.5 - 1.5) / 2, form = (13.5 - 1.5) / 3, residual = 1.5, and what the formulae make of them."""
    found = variance_components(WORKED)
    assert (found.person, found.form, found.residual) == (pytest.approx(13.5), pytest.approx(4.0), pytest.approx(1.5))
    assert found.negative == ()
    assert dependability(found) == pytest.approx(13.5 / 19)
    assert dependability(found, 2) == pytest.approx(13.5 / 16.25)
    assert generalizability(found) == pytest.approx(13.5 / 15)
    assert standard_error(found) == pytest.approx(math.sqrt(5.5))
    assert standard_error(found, 2) == pytest.approx(math.sqrt(2.75))
    assert form_spread(found) == pytest.approx(2.0)


def test_negative_estimates_are_zero_and_said() -> None:
    """A crossed pair of rows: all interaction, both other estimates are -1 before the floor."""
    assert variance_components([[1.0, 3.0], [3.0, 1.0]]) == Components(0.0, 0.0, pytest.approx(4.0), ("person", "form"))


def test_equal_scores_tell_nobody_apart() -> None:
    """Nothing varies: no share can be given."""
    found = reliability(np.full((3, 4), 7.0), rng=seeded())
    assert math.isnan(found.phi.value)
    assert (found.sem.value, found.sem.high) == (0, 0)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ([[1.0, math.nan], [2.0, 3.0]], "1 of 4 cells are missing, first person 0, form 1"),
        ([[1.0, 2.0]], r"2 person\(s\) x 2 form\(s\); got shape \(1, 2\)"),
        ([1.0, 2.0], r"got shape \(2,\)"),
    ],
)
def test_tables_that_cannot_be_used(scores: list[list[float]], words: str) -> None:
    """Missing cells, one person, no table."""
    with pytest.raises(ValueError, match=words):
        variance_components(scores)


def test_no_forms_is_an_error() -> None:
    """A person sits one form at least."""
    for formula in (dependability, generalizability, standard_error):
        with pytest.raises(ValueError, match="got 0"):
            formula(Components(1, 1, 1), 0)


@given(TABLES, st.floats(-1000, 1000), st.sampled_from([0.5, 2.0, -3.0]))
@settings(deadline=None, max_examples=60)
def test_shifts_change_nothing_and_scale_squares(scores: np.ndarray, shift: float, scale: float) -> None:
    """A constant on all scores leaves every component; a factor multiplies them by its square; transposing swaps persons and forms."""
    found = variance_components(scores)
    moved, turned = variance_components(scores * scale + shift), variance_components(scores.T)
    for name in ("person", "form", "residual"):
        assert getattr(moved, name) == pytest.approx(scale**2 * getattr(found, name), rel=1e-6, abs=1e-6)
    assert (turned.person, turned.form) == (pytest.approx(found.form, abs=1e-9), pytest.approx(found.person, abs=1e-9))
    assert turned.residual == pytest.approx(found.residual, abs=1e-9)


@given(st.floats(0.01, 1e4), st.floats(0, 1e4), st.floats(0.01, 1e4), st.integers(1, 8))
def test_more_forms_tell_more(person: float, form: float, residual: float, forms: int) -> None:
    """Phi lies in (0, 1), never above E rho^2, and grows with the number of forms while the standard error shrinks."""
    known = Components(person, form, residual)
    assert 0 < dependability(known, forms) <= generalizability(known, forms) <= 1
    assert dependability(known, forms) <= dependability(known, forms + 1)
    assert standard_error(known, forms) > standard_error(known, forms + 1)


def drawn(rng: np.random.Generator, persons: int, forms: int, person: float, form: float, residual: float) -> np.ndarray:
    """A table from normal effects with these variances."""
    effects = rng.normal(0, math.sqrt(person), (persons, 1)) + rng.normal(0, math.sqrt(form), (1, forms))
    return effects + rng.normal(0, math.sqrt(residual), (persons, forms))


def test_known_components_are_recovered() -> None:
    """Means over 200 fixed tables lie within 4 standard errors of the truth; the seed is fixed (a fresh one would fail once in 5,000)."""
    rng = seeded(2)
    found = np.array([[(c := variance_components(drawn(rng, 40, 20, 400, 9, 64))).person, c.form, c.residual] for _ in range(200)])
    assert (np.abs(found.mean(axis=0) - (400, 9, 64)) < 4 * found.std(axis=0) / math.sqrt(200)).all()


def test_bootstrap_replicates_are_not_biased() -> None:
    """The middle of each interval lies near the estimate, and the same generator gives the same interval."""
    x = drawn(seeded(4), 60, 40, 400, 9, 64)
    found = reliability(x, rng=seeded())
    assert found == reliability(x, rng=seeded())
    for estimate in (found.phi, found.generalizability, found.sem, found.spread):
        assert estimate.low < estimate.value < estimate.high
        assert abs((estimate.low + estimate.high) / 2 - estimate.value) < 0.25 * (estimate.high - estimate.low)
    assert reliability(x, rng=seeded(), forms=2).phi.low > found.phi.low


@pytest.mark.slow
def test_coverage() -> None:
    """95% intervals hold the truth in at least 88% of 300 fixed draws; fixed seeds, so there is no false alarm.

    Phi lies on persons mostly, whose variance 40 persons tell poorly (91% to 93%); the others are wider than they need be.
    """
    rng = seeded(7)
    held = dict.fromkeys(("phi", "generalizability", "sem", "spread", "ordering"), 0)
    levels = np.repeat([-1.0, 0.0, 1.0, 2.0], 10)
    superior = 0.5 * (1 + math.erf(15 / math.sqrt(2 * (9 + 64)) / math.sqrt(2)))
    for _ in range(300):
        found = reliability(drawn(rng, 40, 20, 500, 4, 60), rng=rng, draws=400)
        truth = {"phi": 500 / 564, "generalizability": 500 / 560, "sem": 8.0, "spread": 2.0}
        for name, value in truth.items():
            held[name] += getattr(found, name).low <= value <= getattr(found, name).high
        x = 15 * levels[:, None] + drawn(rng, 40, 30, 9, 4, 64)
        share = ordering(x, levels, rng=rng, draws=200).share
        held["ordering"] += share.low <= superior <= share.high
    assert min(held.values()) >= 264, held


def test_decisions_by_hand() -> None:
    """Mark 60, band 10. First person: pass, fail, refer by the band; second: three passes, one of them referred."""
    scores = [[80.0, 40.0, 65.0], [90.0, 75.0, 70.0]]
    found = decision_consistency(scores, 60, 10)
    assert found == Decisions(same=pytest.approx(4 / 6), no_contradiction=pytest.approx(5 / 6), referred=pytest.approx(2 / 6))
    assert decision_consistency(scores, 60, 0) == Decisions(same=pytest.approx(4 / 6), no_contradiction=pytest.approx(4 / 6), referred=0.0)


@given(TABLES, st.integers(0, 100), st.integers(0, 50))
@settings(deadline=None, max_examples=80)
def test_decisions_are_shares_and_a_band_never_contradicts_more(scores: np.ndarray, mark: int, band: int) -> None:
    """All three lie in [0, 1]; referring somebody takes contradictions away, never adds one."""
    found = decision_consistency(scores, mark, band)
    assert 0 <= found.same <= found.no_contradiction <= 1
    assert 0 <= found.referred <= 1


def test_a_negative_band_is_refused() -> None:
    """And so is one form alone."""
    with pytest.raises(ValueError, match="the band 0 or more; got 60 and -1"):
        decision_consistency(WORKED, 60, -1)
    with pytest.raises(ValueError, match=r"got shape \(1, 1\)"):
        decision_consistency([[1.0]], 60, 0)


def test_ordering_by_hand() -> None:
    """Levels 0, 1, 2 on two forms: right and tied (3/4), then wrong and right (1/2); together 2.5 of 4. Levels 0 and 2 are not compared."""
    found = ordering([[10.0, 20.0], [30.0, 20.0], [25.0, 40.0]], [0, 1, 2], rng=seeded())
    assert found.by_pair == {(0.0, 1.0): 0.75, (1.0, 2.0): 0.5}
    assert found.share.value == 0.625
    assert found.share.low < 0.625 < found.share.high


def test_perfect_order_is_not_certain() -> None:
    """Right on all 20 forms: the lower limit is that of 20 of 20, 0.025^(1/20)."""
    found = ordering([np.arange(20.0), np.arange(20.0) + 1], [0, 1], rng=seeded()).share
    assert (found.value, found.low, found.high) == (1.0, pytest.approx(0.025 ** (1 / 20)), 1.0)


@given(TABLES)
@settings(deadline=None, max_examples=40)
def test_ordering_of_turned_scores_is_one_minus(scores: np.ndarray) -> None:
    """Turning scores round turns the order round."""
    levels = np.arange(len(scores)) % 2
    one, other = (ordering(s, levels, rng=seeded(), draws=40).share.value for s in (scores, -scores))
    assert one == pytest.approx(1 - other)


def test_one_level_has_no_order() -> None:
    """There is nothing to compare."""
    with pytest.raises(ValueError, match=r"at least two skill levels to order; got \[1.0\]"):
        ordering(WORKED, [1, 1, 1], rng=seeded())
