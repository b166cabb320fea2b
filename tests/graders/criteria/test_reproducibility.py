"""Two trainings on the same data: the same, alike, or unlike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_form import careful

from graders.criteria.reproducibility import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, paired_gain, spearman
from graders.rubric import Rubric


def test_likeness_by_hand(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Spearman .999 and more is full with a steady metric, below .98 none, linear between; at most half if the metric moved."""
    seen = []
    for spread in (0.0, 1e-9, 0.02, 0.15, 3.0):
        noise = np.random.default_rng(8).normal(0, spread, 800)
        evidence = evidence_of(scores=lambda m, p, o, noise=noise: careful(m, p, o) + (noise[o["entity"]] if m == "again" else 0))
        batches = compare(evidence, key, ("real", "served"), ("again", "served"))
        rho = float(np.mean([spearman(b.a, b.b) for b in batches.found]))
        expected = min(1, max(0, (rho - 0.98) / 0.019)) if abs(paired_gain(key, batches)) <= 0.005 else min(0.5, max(0, (rho - 0.98) / 0.019))
        found = CRITERION.measure(evidence, key, rubric)
        assert found.earned == pytest.approx(1.0 if spread <= 1e-9 else expected, abs=1e-9)
        seen.append(found.earned)
    assert seen[0] == seen[1] == seen[2] == 1
    assert 0 < seen[3] < 1
    assert seen[4] == 0


def test_a_metric_that_moved_caps_the_part(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Ranks nearly alike but the metric half a standard error off: at most half."""
    steady = key.truth.reference.model_copy(update={"metric_se": 1e-9})
    noise = np.random.default_rng(8).normal(0, 0.02, 800)
    evidence = evidence_of(scores=lambda m, p, o: careful(m, p, o) + (noise[o["entity"]] if m == "again" else 0))
    found = CRITERION.measure(evidence, Key(key.folder, key.truth.model_copy(update={"reference": steady}), key.calls), rubric)
    assert found.earned == 0.5
    assert "metric moves" in found.reason
