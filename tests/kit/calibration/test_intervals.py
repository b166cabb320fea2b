"""Intervals: exact values where a book has them, the defining equations elsewhere, and how often they hold the truth."""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.calibration.intervals import (
    Estimate,
    auc,
    auc_with_interval,
    clopper_pearson,
    cluster_auc,
    mean_interval,
    multiplicities,
    percentile_interval,
    quantile_interval,
    wilson,
)


def tail(n: int, p: float, ks: range) -> float:
    exact = Fraction(p)
    return float(sum(math.comb(n, k) * exact**k * (1 - exact) ** (n - k) for k in ks))


def test_clopper_pearson_by_its_definition() -> None:
    """Exact arithmetic puts alpha / 2 in each tail at the two limits."""
    found = clopper_pearson(7, 20)
    assert tail(20, found.low, range(7, 21)) == pytest.approx(0.025, abs=1e-9)
    assert tail(20, found.high, range(8)) == pytest.approx(0.025, abs=1e-9)


def test_clopper_pearson_without_successes() -> None:
    """The upper limit of 0 of 10 is 1 - 0.025^(1/10) = 0.3085, and mirrored for 10 of 10."""
    none, every = clopper_pearson(0, 10), clopper_pearson(10, 10)
    assert none == Estimate(0.0, 0.0, pytest.approx(1 - 0.025**0.1))
    assert every.low == pytest.approx(0.025**0.1)
    assert every.high == 1


def test_wilson_by_hand() -> None:
    """5 of 10: 0.5 +- z sqrt(1/40 + z^2/400) / (1 + z^2/10) = 0.2366 to 0.7634."""
    found = wilson(5, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2366, 0.7634)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None, max_examples=60)
def test_intervals_of_proportions_lie_right(pair: tuple[int, int]) -> None:
    """Within 0 and 1, around the share, and Wilson's no wider than the exact one by more than a hundredth."""
    exact, score = clopper_pearson(*pair), wilson(*pair)
    for found in (exact, score):
        assert 0 <= found.low <= found.value <= found.high <= 1
    assert score.high - score.low <= exact.high - exact.low + 0.01


@pytest.mark.parametrize("pair", [(3, 2), (-1, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(pair: tuple[int, int]) -> None:
    """Both say what was expected and what came."""
    for interval in (clopper_pearson, wilson):
        with pytest.raises(ValueError, match=f"got {pair[0]} of {pair[1]}"):
            interval(*pair)


def test_quantile_interval_by_its_definition() -> None:
    """The median of 10 values lies between the 2nd and the 9th: P(B <= 1) = 11/1024 <= .025 < P(B <= 2) = 56/1024."""
    assert quantile_interval(range(1, 11), 0.5) == Estimate(5.5, 2.0, 9.0)


def test_a_95th_percentile_needs_72_values() -> None:
    """0.95^72 = .0249 <= .025 < 0.95^71: with fewer the upper limit is infinite."""
    assert quantile_interval(range(71), 0.95).high == math.inf
    assert quantile_interval(range(72), 0.95).high == 71


@pytest.mark.parametrize(("values", "q", "words"), [([], 0.5, "one at least"), ([1, math.nan], 0.5, "1 not finite"), ([1, 2], 1.0, "got 1.0")])
def test_quantile_refuses(values: list[float], q: float, words: str) -> None:
    """No values, a missing one, or no percentile at all."""
    with pytest.raises(ValueError, match=words):
        quantile_interval(values, q)


def test_auc_by_hand() -> None:
    """Guilty 3, 2 against innocent 1, 2: 3 wins and a tie of 4 pairs."""
    assert auc([3, 2, 1, 2], [1, 1, 0, 0]) == 3.5 / 4


def test_auc_without_a_mistake_is_not_certain() -> None:
    """Ten rows that are told apart perfectly leave room below 1."""
    found = auc_with_interval(range(10), [0] * 5 + [1] * 5)
    assert found.value == found.high == 1
    assert 0.5 < found.low < 0.95


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=30).filter(lambda rows: len({y for _, y in rows}) == 2))
@settings(deadline=None, max_examples=60)
def test_auc_of_turned_scores_is_one_minus(rows: list[tuple[int, bool]]) -> None:
    """Turning all scores round mirrors the value and its interval."""
    x, y = [float(score) for score, _ in rows], [float(bad) for _, bad in rows]
    one, other = auc_with_interval(x, y), auc_with_interval([-v for v in x], y)
    assert other.value == pytest.approx(1 - one.value)
    assert (other.low, other.high) == (pytest.approx(1 - one.high, abs=1e-6), pytest.approx(1 - one.low, abs=1e-6))


def test_auc_refuses_one_kind_only() -> None:
    """Without an innocent row there is nothing to tell a guilty one from."""
    with pytest.raises(ValueError, match=r"both 0 and 1 .* got the values \[1.0\]"):
        auc_with_interval([1, 2], [1, 1])


def test_cluster_auc_keeps_forms_whole() -> None:
    """Rows copied ten times within their forms tell no more: the interval stays as wide; taken as independent rows they would."""
    rng = np.random.default_rng(5)
    x, y, form = rng.normal(size=40), np.tile([0, 1], 20), np.repeat(np.arange(10), 4)
    once = cluster_auc(x, y, list(form), rng=np.random.default_rng(1))
    copied = cluster_auc(np.tile(x, 10), np.tile(y, 10), list(np.tile(form, 10)), rng=np.random.default_rng(1))
    assert copied == once
    assert auc_with_interval(np.tile(x, 10), np.tile(y, 10)).high - once.value < (once.high - once.value) / 2


def test_cluster_auc_needs_two_forms() -> None:
    """One form cannot be resampled."""
    with pytest.raises(ValueError, match="at least two forms to resample; got 1"):
        cluster_auc([1, 2], [0, 1], ["f", "f"], rng=np.random.default_rng(0))


def test_mean_of_one_person_varies_over_forms_alone() -> None:
    """With one person the standard error is that of a mean of forms."""
    x = np.random.default_rng(3).normal(size=400)
    found = mean_interval(x, ["a"] * 400, range(400), rng=np.random.default_rng(1))
    assert found.value == pytest.approx(x.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * x.std() / 20, rel=0.1)


def test_mean_of_one_cell_has_no_limits() -> None:
    """One person on one form: nothing to resample."""
    assert mean_interval([4.0], ["a"], ["f"], rng=np.random.default_rng(0)) == Estimate(4.0, -math.inf, math.inf)


def test_mean_refuses_lists_of_other_lengths() -> None:
    """The message names the list."""
    with pytest.raises(ValueError, match="forms must name one for each of the 2 rows; got 1"):
        mean_interval([1, 2], ["a", "b"], ["f"], rng=np.random.default_rng(0))


def test_resamples_keep_their_size() -> None:
    """Every resample draws n things; one thing alone is always itself."""
    assert (multiplicities(7, 50, np.random.default_rng(0)).sum(axis=1) == 7).all()
    assert (multiplicities(1, 50, np.random.default_rng(0)) == 1).all()


def test_percentile_interval_holds_its_value() -> None:
    """Replicates that all lie on one side still give an interval with the value in it."""
    assert percentile_interval(5.0, np.arange(4.0)).high == 5.0


@pytest.mark.slow
def test_coverage() -> None:
    """95% intervals hold the truth in 90% to 99.5% of 400 fixed draws each; seeds are fixed, so there is no false alarm."""
    rng = np.random.default_rng(11)
    held = dict.fromkeys(("auc", "cluster", "mean", "quantile"), 0)
    phi = NormalDist().cdf
    y, form = np.tile([0, 1], 160), np.repeat(np.arange(40), 8)
    for _ in range(400):
        a = auc_with_interval(np.r_[rng.normal(1.5, 1, 30), rng.normal(0, 1, 30)], np.repeat([1, 0], 30))
        held["auc"] += a.low <= phi(1.5 / math.sqrt(2)) <= a.high
        c = cluster_auc(rng.normal(0, 1, 40)[form] + rng.normal(0.2 * y, 1), y, list(form), rng=rng, draws=300)
        held["cluster"] += c.low <= phi(0.1) <= c.high  # 0.2 / sqrt(2 x (1 + 1))
        x = rng.normal(0, 5, (12, 1)) + rng.normal(0, 3, (1, 30)) + rng.normal(0, 8, (12, 30))
        m = mean_interval(x.ravel(), np.repeat(np.arange(12), 30).tolist(), np.tile(np.arange(30), 12).tolist(), rng=rng, draws=400)
        held["mean"] += m.low <= 0 <= m.high
        q = quantile_interval(rng.normal(size=200), 0.95)
        held["quantile"] += q.low <= NormalDist().inv_cdf(0.95) <= q.high
    assert {name: 360 <= count <= 398 for name, count in held.items()} == dict.fromkeys(held, True), held
