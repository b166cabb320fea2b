"""The arithmetic of behaviour against hand-worked numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_form import careful

from graders.evidence import Evidence
from graders.key import Key
from graders.probes import (
    compare,
    largest_change,
    metric,
    on_line,
    paired_gain,
    production,
    rank_shift,
    spearman,
    units,
    weighted,
)


def test_metrics_by_hand() -> None:
    """Ties count half; one class alone is chance; an error is a mean."""
    y, s = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.9, 0.2, 0.1])
    assert metric("roc_auc", y, s) == pytest.approx((0.5 + 1 + 0 + 1) / 4)
    assert metric("roc_auc", np.ones(3), np.arange(3.0)) == 0.5
    assert metric("mae", y, s) == pytest.approx((0.1 + 0.9 + 0.8 + 0.1) / 4)


def test_rank_shift_and_spearman_by_hand() -> None:
    a, b = np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 3, 3])
    assert rank_shift(a, b) == pytest.approx((1 + 1 + 0.5 + 0.5) / 4 / 4)
    assert rank_shift(a, 10 * a + 3) == 0
    assert spearman(a, -a) == pytest.approx(-1)
    assert spearman(a, np.zeros(4)) == 0
    assert spearman(np.ones(4), np.zeros(4)) == 1


def test_changes_and_lines() -> None:
    assert largest_change(np.array([0.0, 1]), np.array([0.0, 1.5]), 1.0) == 0.5
    assert largest_change(np.zeros(2), np.zeros(2), 0.0) == 0
    assert largest_change(np.zeros(2), np.ones(2), 0.0) == float("inf")
    assert [on_line(v, full=0.1, none=0.5) for v in (-1, 0.1, 0.2, 0.5, 9)] == pytest.approx([1, 1, 0.75, 0, 0])
    assert weighted([1.0, 4.0], [3, 1]) == 1.75


def test_skill_units(key: Key) -> None:
    """0 for the constant predictor, 1 for the reference, and errors turn round by themselves."""
    assert units(key, 0.5) == 0
    assert units(key, 0.8) == pytest.approx(1)
    assert units(key, 0.65) == pytest.approx(0.5)


def test_calls_are_joined_request_by_request(evidence_of: Callable[..., Evidence], key: Key) -> None:
    """Every probe has its own order and ids; a pipeline that scores each request by itself shows no difference at all."""
    evidence = evidence_of(scores=careful)
    for probe in ("order", "part_a", "late", "honest"):
        batches = compare(evidence, key, ("real", "served"), ("real", probe))
        assert len(batches.found) == 2
        assert all(np.array_equal(b.a, b.b) for b in batches.found)
        assert paired_gain(key, batches) == 0
    assert len(compare(evidence, key, ("real", "served"), ("real", "part_a")).found[0].y) == 400
    assert compare(evidence, key, ("real", "served"), ("real", "leak_f9")).found == ()


def test_production_is_averaged_over_batches(evidence_of: Callable[..., Evidence], key: Key) -> None:
    """A constant added to one batch changes nothing: scores are never pooled across decision times."""
    even = production(evidence_of(), key)
    shifted = production(evidence_of(scores=lambda m, p, o: careful(m, p, o) + 100 * o["request_id"].str.contains("p1").to_numpy()), key)
    assert even.value == shifted.value
    assert even.answered == 1
    lost = production(evidence_of(failed={"predict_real_p1_served": "submission", "predict_real_p2_served": "instrument"}), key)
    assert (lost.value, lost.answered) == (None, 0.0)
    assert (len(lost.failed), len(lost.faults)) == (1, 1)
