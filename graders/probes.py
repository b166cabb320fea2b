"""The arithmetic of behaviour: metrics, paired differences and rank shifts, per production batch and weighted by its requests.

Each call of `predict` is one decision time, so a metric is taken per batch and the batches are averaged, weighted by their number of
requests. Pooling would compare scores across decision times, which no user of the model ever does. Metric values are signed: larger is
better, so an error enters as its negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graders.evidence import CallResult, Evidence, Validation
from graders.key import Key
from graders.statistics import average_ranks, roc_auc

Floats = npt.NDArray[np.float64]


def metric(name: str, y: Floats, score: Floats) -> float:
    """ROC AUC with ties counting half, or the mean absolute error."""
    return roc_auc(y, score) if name == "roc_auc" else float(np.abs(y - score).mean())


def signed(name: str, value: float) -> float:
    """A metric value turned so that larger is better."""
    return value if name == "roc_auc" else -value


def units(key: Key, value: float) -> float:
    """A metric value in skill units: 0 is the constant predictor, 1 the honest reference."""
    reference = key.truth.reference
    return (value - reference.m_base) / (reference.m_ref - reference.m_base)


def chance_skill(key: Key, estimate: float, stage: str) -> float:
    """An estimate's skill above chance in one world: AUC - 0.5, or 1 - MAE / MAE of the training median."""
    return estimate - 0.5 if key.truth.metric == "roc_auc" else 1.0 - estimate / key.world_base(stage)


def rank_shift(a: Floats, b: Floats) -> float:
    """Mean absolute difference of ranks, in shares of the number of scores; ties share their mean rank."""
    return float(np.abs(average_ranks(a) - average_ranks(b)).mean() / len(a)) if len(a) else 0.0


def spearman(a: Floats, b: Floats) -> float:
    """Rank correlation; 1 for two constants, 0 when only one of them is constant."""
    x, y = average_ranks(a), average_ranks(b)
    x, y = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((x * x).sum() * (y * y).sum()))
    if scale == 0:
        return 1.0 if not x.any() and not y.any() else 0.0
    return float((x * y).sum()) / scale


def largest_change(a: Floats, b: Floats, spread: float) -> float:
    """Largest change of a score between two calls, in units of the scores' spread."""
    change = float(np.abs(a - b).max(initial=0.0))
    if change == 0:
        return 0.0
    return change / spread if spread > 0 else float("inf")


def on_line(value: float, *, full: float, none: float) -> float:
    """1 at or below `full`, 0 at or above `none`, linear between."""
    return float(min(1.0, max(0.0, (none - value) / (none - full))))


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The scores of two calls for the same requests, with the true outcomes."""

    y: Floats
    a: Floats
    b: Floats


@dataclass(frozen=True, kw_only=True)
class Batches:
    """What could be compared over the production batches, and what could not, and on whose side."""

    found: tuple[Batch, ...]
    failed: tuple[CallResult, ...]
    """Calls that failed on the submission's side, one a batch."""
    faults: tuple[CallResult, ...]
    """Calls that failed on ours."""

    @property
    def answered(self) -> float:
        """Share of the batches that the submission answered, of those that our side did not spoil."""
        asked = len(self.found) + len(self.failed)
        return len(self.found) / asked if asked else 0.0


def scores(evidence: Evidence, key: Key, model: str, batch: str, probe: str) -> Floats | CallResult:
    """Scores of one predict call in the order of its requests."""
    return evidence.scores(f"predict_{model}_{batch}_{probe}", len(key.outcomes(batch, probe)))


def compare(evidence: Evidence, key: Key, first: tuple[str, str], second: tuple[str, str]) -> Batches:
    """Two (model, probe) calls over the production batches, joined request by request through the hidden entity."""
    found: list[Batch] = []
    failed: list[CallResult] = []
    faults: list[CallResult] = []
    have = set(key.batches(first[1], first[0])) & set(key.batches(second[1], second[0]))
    for batch in sorted(have):
        pair = [scores(evidence, key, model, batch, probe) for model, probe in (first, second)]
        lost = [p for p in pair if isinstance(p, CallResult)]
        if lost:
            ours = [p for p in lost if p.side == "instrument"]
            (faults if ours else failed).append((ours or lost)[0])
            continue
        tables = [key.outcomes(batch, probe) for _, probe in (first, second)]
        entity, at, other = np.intersect1d(tables[0]["entity"], tables[1]["entity"], assume_unique=True, return_indices=True)
        if len(entity):
            a, b = (p for p in pair if not isinstance(p, CallResult))
            found.append(Batch(y=tables[0]["y"].to_numpy(dtype=np.float64)[at], a=a[at], b=b[other]))
    return Batches(found=tuple(found), failed=tuple(failed), faults=tuple(faults))


def weighted(values: Sequence[float], sizes: Sequence[int]) -> float:
    """Mean of per-batch values, weighted by requests."""
    total = sum(sizes)
    return sum(v * n for v, n in zip(values, sizes, strict=True)) / total if total else 0.0


def paired_gain(key: Key, batches: Batches) -> float:
    """metric(first call) - metric(second call) on the same requests, signed so that larger is better."""
    name = key.truth.metric
    gains = [signed(name, metric(name, b.y, b.a)) - signed(name, metric(name, b.y, b.b)) for b in batches.found]
    return weighted(gains, [len(b.y) for b in batches.found])


def mean_rank_shift(batches: Batches) -> float:
    """Mean absolute rank change between the two calls."""
    return weighted([rank_shift(b.a, b.b) for b in batches.found], [len(b.y) for b in batches.found])


@dataclass(frozen=True, kw_only=True)
class Production:
    """What the submitted pipeline really scores on the hidden production batches, as served."""

    value: float | None
    """Metric over the batches that were answered; None when there is none."""
    answered: float
    """Share of the batches that the submission answered."""
    failed: tuple[CallResult, ...]
    faults: tuple[CallResult, ...]


def production(evidence: Evidence, key: Key) -> Production:
    """The production score of the submission: per batch, averaged by requests."""
    calls = compare(evidence, key, ("real", "served"), ("real", "served"))
    value = None
    if calls.found:
        value = weighted([metric(key.truth.metric, b.y, b.a) for b in calls.found], [len(b.y) for b in calls.found])
    return Production(value=value, answered=calls.answered, failed=calls.failed, faults=calls.faults)


def validated(evidence: Evidence, key: Key, world: str) -> float | CallResult:
    """Skill above chance that `validate` claims in a world, or how the call failed."""
    said = evidence.validation(f"validate_{world}", key.truth.metric)
    return chance_skill(key, said.estimate, world) if isinstance(said, Validation) else said
