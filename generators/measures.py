"""How strong, how missing, how drifted a column is: the numbers on which a fault and its twin are matched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from generators.model import Floats


def auc(score: Floats, label: Floats) -> float:
    """ROC AUC by ranks, ties shared; nulls rank lowest."""
    ranked = ranks(np.where(np.isnan(score), -np.inf, score))
    positive = label > 0
    n1 = int(positive.sum())
    n0 = len(label) - n1
    if not n1 or not n0:
        return 0.5
    return float((ranked[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def strength(column: Floats, label: Floats, task: str) -> float:
    """Univariate strength: AUC folded above .5, or absolute Pearson r with nulls at the mean."""
    if task == "binary":
        value = auc(column, label)
        return max(value, 1 - value)
    filled = np.where(np.isnan(column), np.nanmean(column) if not np.isnan(column).all() else 0.0, column)
    deviation = float(filled.std())
    if deviation == 0:
        return 0.0
    return abs(float(np.mean((filled - filled.mean()) * (label - label.mean()))) / (deviation * float(label.std())))


def told(column: Floats, label: Floats) -> float:
    """What a column or its gaps tell of the label, in standard errors of chance: Spearman's rank correlation times the root of the number of
    rows (nulls at the median), or the same of the gaps where that is more."""
    missing = np.isnan(column)
    if missing.all():
        return 0.0
    values = np.where(missing, np.median(column[~missing]), column)
    return max(abs(_correlation(ranks(x), ranks(label))) for x in (values, missing.astype(np.float64))) * float(np.sqrt(len(label)))


def ranks(values: Floats) -> Floats:
    """Ranks from 1 on; ties share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: Floats = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return shared


def _correlation(a: Floats, b: Floats) -> float:
    spread = float(a.std() * b.std())
    return float(np.mean((a - a.mean()) * (b - b.mean()))) / spread if spread else 0.0


def psi(train: Floats, serving: Floats) -> float:
    """Population stability index over ten training deciles and a null bin, shares floored at 1e-4."""
    known = train[~np.isnan(train)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, 11)[1:-1])) if len(known) else np.zeros(0)

    def shares(values: Floats) -> Floats:
        missing = np.isnan(values)
        bins = np.where(missing, len(edges) + 1, np.searchsorted(edges, np.where(missing, 0, values), side="left"))
        return np.maximum(np.bincount(bins, minlength=len(edges) + 2) / max(1, len(values)), 1e-4)

    expected, actual = shares(train), shares(serving)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def differing(given: Floats, honest: Floats, unit: float) -> npt.NDArray[np.bool_]:
    """Mask of the cells that differ by more than half a unit, or are null on one side only."""
    both = np.isnan(given) & np.isnan(honest)
    with np.errstate(invalid="ignore"):
        far = np.abs(given - honest) > unit / 2
    mask: npt.NDArray[np.bool_] = (far | (np.isnan(given) != np.isnan(honest))) & ~both
    return mask
