"""Can a program tell a fault from its twin by looks alone? Fitted on most forms, asked about the others, in turn.

Two classifiers look at the same portraits, a linear and a tree one, and the better of the two counts: the promise is about whoever tries harder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kit.calibration.intervals import Floats, cluster_auc

FOLDS = 10
LEAST = 20
"""Forms below which nothing is fitted."""
SEEN = 5
"""Portraits in which a word must occur to be looked at."""
Record = Mapping[str, Any]


def classify(portraits: Sequence[tuple[str, Sequence[Record]]], *, seed: int = 0) -> dict[str, Any] | None:
    """`auc`, `low`, `high` (95%, forms resampled), `forms`, `per_family` of the better classifier; None with fewer than LEAST forms.

    `portraits` are (form, records of kit.calibration.portrait). Every record is scored by a classifier that has not seen its form.
    """
    if len(portraits) < LEAST:
        return None
    records = [r for _, rows in portraits for r in rows]
    groups = [form for form, rows in portraits for _ in rows]
    guilty = np.array([bool(r["guilty"]) for r in records], dtype=np.int64)
    table = _table(records)
    families = np.array([str(r["family"]) for r in records])
    best: dict[str, Any] | None = None
    for id, model in (
        ("linear", make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))),
        ("trees", HistGradientBoostingClassifier(max_iter=120, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=20, random_state=seed)),
    ):
        scores = np.zeros(len(guilty))
        for fit, ask in GroupKFold(n_splits=FOLDS).split(table, guilty, groups):
            scores[ask] = model.fit(table[fit], guilty[fit]).predict_proba(table[ask])[:, 1]
        found = cluster_auc(scores, guilty, groups, rng=np.random.default_rng(seed))
        if best is None or found.value > best["auc"]:
            per_family = {family: _of(scores, guilty, groups, families == family, seed) for family in sorted(set(families))}
            best = {
                "auc": round(found.value, 4), "low": round(found.low, 4), "high": round(found.high, 4), "forms": len(portraits),
                "per_family": per_family, "model": id,
            }  # fmt: skip
    return best


def _of(scores: Floats, guilty: npt.NDArray[np.int64], groups: Sequence[str], here: npt.NDArray[np.bool_], seed: int) -> float:
    """The AUC within one family."""
    forms = [group for group, inside in zip(groups, here, strict=True) if inside]
    return round(cluster_auc(scores[here], guilty[here], forms, rng=np.random.default_rng(seed)).value, 4)


def _table(records: Sequence[Record]) -> Floats:
    """Numbers and the presence of each word that is seen often enough, one row a record."""
    names = sorted(records[0]["numbers"])
    counts = Counter(word for record in records for word in record["words"])
    words = sorted(word for word, n in counts.items() if SEEN <= n <= len(records) - SEEN)
    numbers = [[float(record["numbers"][name]) for name in names] for record in records]
    present = [[float(word in record["words"]) for word in words] for record in records]
    return np.hstack([np.nan_to_num(np.array(numbers, dtype=np.float64)), np.array(present, dtype=np.float64).reshape(len(records), len(words))])
