"""Estimates with 95% intervals: proportions, percentiles, areas under the ROC curve, means over persons and forms.

The bootstraps take the generator that they draw from; everything else is a formula. A limit that the data cannot give is infinite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
DRAWS = 2000
"""Bootstrap replicates: the limits of an interval move by about 2% of its width from seed to seed."""


@dataclass(frozen=True)
class Estimate:
    """A value with the limits of its interval, in the unit of the value."""

    value: float
    low: float
    high: float


def percentile_interval(value: float, replicates: Floats, *, confidence: float = CONFIDENCE) -> Estimate:
    """The value with the middle `confidence` of its bootstrap replicates (Efron 1979, percentile method), widened to hold the value."""
    low, high = np.quantile(replicates, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value))


def multiplicities(n: int, draws: int, rng: np.random.Generator) -> Floats:
    """How often each of n things is drawn in each of `draws` resamples of size n: float64 (draws, n). One thing alone is not resampled."""
    if n == 1:
        return np.ones((draws, 1))
    return rng.multinomial(n, np.full(n, 1 / n), size=draws).astype(np.float64)


def clopper_pearson(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """A proportion with its exact interval (Clopper & Pearson 1934).

    The lower limit is the p at which P(X >= successes) = alpha / 2, the upper one that at which P(X <= successes) = alpha / 2, for X binomial.
    Raises ValueError unless 0 <= successes <= trials and trials >= 1.
    """
    _proportion(successes, trials)
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else _bisect(lambda p: float(_binomial(trials, p)[successes:].sum()) - tail)
    high = 1.0 if successes == trials else _bisect(lambda p: tail - float(_binomial(trials, p)[: successes + 1].sum()))
    return Estimate(successes / trials, low, high)


def wilson(successes: int, trials: int, *, confidence: float = CONFIDENCE) -> Estimate:
    """A proportion with its score interval (Wilson 1927): (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).

    Raises ValueError unless 0 <= successes <= trials and trials >= 1.
    """
    _proportion(successes, trials)
    z, p = NormalDist().inv_cdf((1 + confidence) / 2), successes / trials
    centre, half = p + z * z / (2 * trials), z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return Estimate(p, min(p, max(0.0, (centre - half) / whole)), max(p, min(1.0, (centre + half) / whole)))


def quantile_interval(values: npt.ArrayLike, q: float, *, confidence: float = CONFIDENCE) -> Estimate:
    """The q-quantile (linear between order statistics) with a distribution-free interval between two order statistics.

    x_(r) with the largest r at which P(B < r) <= alpha / 2, and x_(s) with the smallest s at which P(B >= s) <= alpha / 2, for B binomial(n, q)
    (David & Nagaraja 2003, section 7.1). With too few values a limit is infinite: the upper one of a 95th percentile needs 72 values.
    Raises ValueError for no values, values that are not finite, or q outside of (0, 1).
    """
    x = np.sort(_finite("values", values))
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1; got {q!r}. A 95th percentile is q=0.95.")
    n, tail = len(x), (1 - confidence) / 2
    pmf = _binomial(n, q)
    r = int((np.cumsum(pmf) <= tail).sum())  # entry k is P(B <= k)
    s = n + 1 - int((np.cumsum(pmf[::-1]) <= tail).sum())  # entry k is P(B >= n - k)
    return Estimate(float(np.quantile(x, q)), float(x[r - 1]) if r else -math.inf, float(x[s - 1]) if s <= n else math.inf)


def auc(scores: npt.ArrayLike, guilty: npt.ArrayLike) -> float:
    """P(score of a guilty row > score of an innocent row), ties as half (Mann & Whitney 1947). Raises ValueError when either kind is missing."""
    ranks, y = _ranked(scores, guilty)
    return float(_weighted_auc(ranks, y, np.ones(len(y))))


def auc_with_interval(scores: npt.ArrayLike, guilty: npt.ArrayLike, *, confidence: float = CONFIDENCE) -> Estimate:
    """AUC of independent rows with a score-type interval: the limits are the theta at which |AUC - theta| = z sqrt(V(theta)).

    V(t) = t (1 - t) (1 + N ((1 - t) / (2 - t) + t / (1 + t))) / (m n), N = (m + n) / 2 - 1: the variance of Hanley & McNeil (1982) in the form of
    Newcombe (2006), method 5. Unlike DeLong's it does not shrink to a point when the two kinds are told apart without a mistake. Rows that belong
    together: `cluster_auc`.
    Raises ValueError when either kind is missing.
    """
    ranks, y = _ranked(scores, guilty)
    value = float(_weighted_auc(ranks, y, np.ones(len(y))))
    m, n = float(y.sum()), float((1 - y).sum())
    z = NormalDist().inv_cdf((1 + confidence) / 2)

    def off(t: float) -> float:
        variance = t * (1 - t) * (1 + ((m + n) / 2 - 1) * ((1 - t) / (2 - t) + t / (1 + t))) / (m * n)
        return abs(value - t) - z * math.sqrt(max(0.0, variance))

    low = 0.0 if value == 0 else _bisect(lambda t: -off(t), 0.0, value)
    high = 1.0 if value == 1 else _bisect(off, value, 1.0)
    return Estimate(value, low, high)


def cluster_auc(
    scores: npt.ArrayLike,
    guilty: npt.ArrayLike,
    groups: Sequence[Hashable],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """AUC over all rows of a classifier that tells faults from twins, with an interval from resampling whole forms.

    scores (n,), guilty (n,) of 0 and 1, groups (n,) the form of each row. Every form keeps all of its rows, so pairs stay together (cluster
    bootstrap, Davison & Hinkley 1997, section 3.8; Obuchowski 1997 for the problem). Replicates without both kinds are left out.
    Raises ValueError when a kind is missing, lengths differ, or there are fewer than two forms.
    """
    ranks, y = _ranked(scores, guilty)
    place = _codes("groups", groups, len(y))
    forms = int(place.max()) + 1
    if forms < 2:
        raise ValueError(f"groups must name at least two forms to resample; got {forms}. Use auc_with_interval for rows of one form.")
    replicates = np.array([_weighted_auc(ranks, y, weights[place]) for weights in multiplicities(forms, draws, rng)])
    return percentile_interval(float(_weighted_auc(ranks, y, np.ones(len(y)))), replicates[np.isfinite(replicates)], confidence=confidence)


def mean_interval(
    values: npt.ArrayLike,
    persons: Sequence[Hashable],
    forms: Sequence[Hashable],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The mean of values (n,), each of one person on one form, with an interval over both: persons and forms that were not sampled count as noise.

    Pigeonhole bootstrap (Owen 2007): persons and forms are resampled apart, and a value weighs the product of its two multiplicities. Cells may be
    missing. One person or one form alone is not resampled; with one of each there is nothing to resample and the limits are infinite.
    Raises ValueError for no values, values that are not finite, or lengths that differ.
    """
    x = _finite("values", values)
    row, column = _codes("persons", persons, len(x)), _codes("forms", forms, len(x))
    shape = int(row.max()) + 1, int(column.max()) + 1
    if shape == (1, 1):
        return Estimate(float(x.mean()), -math.inf, math.inf)
    sums, counts = np.zeros(shape), np.zeros(shape)
    np.add.at(sums, (row, column), x - x.mean())
    np.add.at(counts, (row, column), 1.0)
    w, v = multiplicities(shape[0], draws, rng), multiplicities(shape[1], draws, rng)
    weight = ((w @ counts) * v).sum(axis=1)
    some = weight > 0
    means = ((w @ sums) * v).sum(axis=1)[some] / weight[some] + x.mean()
    return percentile_interval(float(x.mean()), means, confidence=confidence)


def _bisect(rising: Callable[[float], float], low: float = 0.0, high: float = 1.0) -> float:
    """Where a function that rises through zero between low and high is zero."""
    for _ in range(80):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _binomial(n: int, p: float) -> Floats:
    """P(X = k) for k = 0..n, X binomial(n, p) with 0 < p < 1."""
    k = np.arange(n + 1)
    factorials = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1)))))
    logarithms = factorials[n] - factorials - factorials[::-1] + k * math.log(p) + (n - k) * math.log1p(-p)
    return np.asarray(np.exp(logarithms), dtype=np.float64)


def _weighted_auc(ranks: npt.NDArray[np.intp], y: Floats, weights: Floats) -> float:
    """AUC with row weights; ranks are dense, so that equal scores share one. NaN when a kind has no weight."""
    bins = int(ranks.max()) + 1
    bad = np.bincount(ranks, weights * y, minlength=bins)
    good = np.bincount(ranks, weights * (1 - y), minlength=bins)
    pairs = bad.sum() * good.sum()
    return float((bad * (np.cumsum(good) - good / 2)).sum() / pairs) if pairs > 0 else math.nan


def _ranked(scores: npt.ArrayLike, guilty: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], Floats]:
    x, y = _finite("scores", scores), _finite("guilty", guilty)
    if len(x) != len(y):
        raise ValueError(f"scores and guilty must have one entry a row; got {len(x)} and {len(y)}")
    if not np.isin(y, (0, 1)).all() or len(np.unique(y)) < 2:
        raise ValueError(f"guilty must hold both 0 and 1 and nothing else; got the values {np.unique(y)[:5].tolist()!r}")
    return np.unique(x, return_inverse=True)[1].reshape(-1), y


def _finite(name: str, values: npt.ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0 or not np.isfinite(x).all():
        raise ValueError(f"{name} must be a list of finite numbers, one at least; got shape {x.shape} with {int((~np.isfinite(x)).sum())} not finite")
    return x


def _codes(name: str, labels: Sequence[Hashable], n: int) -> npt.NDArray[np.intp]:
    if len(labels) != n:
        raise ValueError(f"{name} must name one for each of the {n} rows; got {len(labels)}")
    seen: dict[Hashable, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels], dtype=np.intp)


def _proportion(successes: int, trials: int) -> None:
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"successes and trials must be counts with 0 <= successes <= trials and trials >= 1; got {successes!r} of {trials!r}")
