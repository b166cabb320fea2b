"""The two models that every form is judged beside: the inherited one, as the starter's pipeline trains it, and the honest reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from generators.measures import auc, ranks
from generators.model import Floats

_KINDS: dict[str, dict[str, Any]] = {
    "inherited": {"max_iter": 150, "learning_rate": 0.1, "max_leaf_nodes": 31, "min_samples_leaf": 10},
    "reference": {"max_iter": 200, "learning_rate": 0.05, "max_leaf_nodes": 8, "min_samples_leaf": 50},
}
"""`inherited` mirrors candidate_template/pipeline/model.py to the letter; a test holds the two together."""


@dataclass(frozen=True)
class Model:
    """A fitted model with the columns it reads, in order."""

    names: tuple[str, ...]
    fitted: Any

    def predict(self, columns: Mapping[str, Floats]) -> Floats:
        """Chance of the positive class, or the value."""
        x = matrix(columns, self.names)
        scores: Floats = self.fitted.predict_proba(x)[:, 1] if hasattr(self.fitted, "predict_proba") else self.fitted.predict(x)
        return scores


def matrix(columns: Mapping[str, Floats], names: tuple[str, ...]) -> Floats:
    """Float matrix of the named columns."""
    return np.column_stack([columns[name] for name in names])


def fit(kind: str, task: str, columns: Mapping[str, Floats], label: Floats, *, without: tuple[str, ...] = ()) -> Model:
    """Fit the `inherited` or the `reference` model on columns (codes for categories), sorted by name."""
    names = tuple(sorted(name for name in columns if name not in without))
    if task == "binary":
        model = HistGradientBoostingClassifier(early_stopping=False, random_state=0, **_KINDS[kind])
    else:
        model = HistGradientBoostingRegressor(loss="absolute_error", early_stopping=False, random_state=0, **_KINDS[kind])
    return Model(names=names, fitted=model.fit(matrix(columns, names), label))


def metric(task: str, label: Floats, score: Floats) -> float:
    """ROC AUC, or mean absolute error."""
    return auc(score, label) if task == "binary" else float(np.abs(label - score).mean())


def signed(task: str, value: float) -> float:
    """A metric value turned so that larger is better."""
    return value if task == "binary" else -value


def paired_error(task: str, label: Floats, first: Floats, second: Floats) -> float:
    """Standard error of metric(first) - metric(second) on the same rows.

    ROC AUC: by placement values (DeLong, DeLong and Clarke-Pearson 1988). Mean absolute error: of the mean paired difference.
    """
    if task != "binary":
        difference = np.abs(label - first) - np.abs(label - second)
        return float(difference.std(ddof=1) / np.sqrt(len(difference)))
    positive = label > 0
    one, zero = _placements(first, positive), _placements(second, positive)
    among_positive, among_negative = one[0] - zero[0], one[1] - zero[1]
    return float(np.sqrt(among_positive.var(ddof=1) / len(among_positive) + among_negative.var(ddof=1) / len(among_negative)))


def _placements(score: Floats, positive: np.ndarray) -> tuple[Floats, Floats]:
    """For each positive the share of negatives below it, for each negative the share of positives above it; ties count half."""
    a, b = score[positive], np.sort(score[~positive])
    below = (np.searchsorted(b, a, side="left") + np.searchsorted(b, a, side="right")) / (2 * len(b))
    sorted_a, raw_b = np.sort(a), score[~positive]
    above = 1 - (np.searchsorted(sorted_a, raw_b, side="left") + np.searchsorted(sorted_a, raw_b, side="right")) / (2 * len(a))
    return below, above


def rank_shift(first: Floats, second: Floats) -> float:
    """Mean absolute difference of ranks, in shares of the number of scores; ties share their mean rank."""
    return float(np.abs(ranks(first) - ranks(second)).mean() / len(first))
