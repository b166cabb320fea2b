"""How good the model is on rows it has not seen: the metric decision by decision, and how far chance could have moved it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .asof import Floats, Ints

Z80 = 1.2816
"""Half width of an 80% interval, in standard errors."""
REPEATS = 300


def estimate(metric: str, target: Floats, score: Floats, moment: Ints, entity: npt.NDArray[np.object_]) -> dict[str, object]:
    """Estimate with an 80% interval, as `validate` reports it.

    Production ranks the requests of one run at a time, so the metric is taken per decision time and averaged by rows. Rows of one
    entity are no independent cases: the error comes from redraws of whole entities.
    """
    codes = np.unique(entity.astype(str), return_inverse=True)[1]
    runs = [_Run(metric, target[moment == t], score[moment == t], codes[moment == t]) for t in np.unique(moment)]
    sizes = np.array([run.rows for run in runs], dtype=np.float64)
    point = float(np.average([run.value(np.ones(run.rows)) for run in runs], weights=sizes))
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(REPEATS):
        weight = rng.poisson(1.0, int(codes.max()) + 1).astype(np.float64)
        values = [run.value(weight[run.entity]) for run in runs]
        drawn.append(float(np.average(values, weights=sizes)))
    error = float(np.std(drawn))
    low, high = point - Z80 * error, point + Z80 * error
    return {"metric": metric, "estimate": point, "low": max(0.0, low), "high": min(1.0, high) if metric == "roc_auc" else high, "n": len(target)}


class _Run:
    """The rows of one decision time, sorted by score."""

    def __init__(self, metric: str, target: Floats, score: Floats, entity: Ints) -> None:
        order = np.argsort(score, kind="stable")
        self.metric, self.rows = metric, len(target)
        self.target, self.score, self.entity = target[order], score[order], entity[order]
        self.first = np.flatnonzero(np.append(True, self.score[1:] != self.score[:-1]))

    def value(self, weight: Floats) -> float:
        """The metric with a weight on each row."""
        if self.metric != "roc_auc":
            return float((weight * np.abs(self.target - self.score)).sum() / max(1.0, weight.sum()))
        positive = np.add.reduceat(weight * self.target, self.first)
        negative = np.add.reduceat(weight * (1 - self.target), self.first)
        pairs = positive.sum() * negative.sum()
        below = np.cumsum(negative) - negative / 2
        return float((positive * below).sum() / pairs) if pairs > 0 else 0.5
