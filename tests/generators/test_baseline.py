"""The two models that a form is measured with, and the errors of their metrics."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, roc_auc_score

from generators.baseline import fit, metric, paired_error, rank_shift, signed


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("kind", ["inherited", "reference"])
def test_fit_learns_and_repeats(rng: np.random.Generator, kind: str, task: str) -> None:
    """Better than chance on new rows, bit for bit the same again, whatever the order of the columns; left-out columns are not used."""
    columns = {name: rng.standard_normal(800) for name in ("b", "a", "c")}
    label = columns["a"] + 0.3 * rng.standard_normal(800)
    label = (label > 0).astype(float) if task == "binary" else label
    new = {name: rng.standard_normal(400) for name in columns}
    truth = (new["a"] > 0).astype(float) if task == "binary" else new["a"]
    model = fit(kind, task, columns, label)
    scores = model.predict(new)
    chance = 0.5 if task == "binary" else metric(task, truth, np.full(400, np.median(label)))
    assert signed(task, metric(task, truth, scores)) > signed(task, chance)
    again = fit(kind, task, dict(sorted(columns.items())), label)
    np.testing.assert_array_equal(again.predict(new), scores)
    assert fit(kind, task, columns, label, without=("a",)).names == ("b", "c")


def test_metrics_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    """ROC AUC and mean absolute error; the sign says which way is better."""
    label, score = (rng.random(300) < 0.4).astype(float), rng.random(300)
    assert metric("binary", label, score) == pytest.approx(roc_auc_score(label, score), abs=1e-12)
    assert metric("regression", label, score) == pytest.approx(mean_absolute_error(label, score), abs=1e-12)
    assert (signed("binary", 0.7), signed("regression", 0.7)) == (0.7, -0.7)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_paired_error_is_the_spread_over_redraws(rng: np.random.Generator, task: str) -> None:
    """Against the standard deviation of the difference over 400 fresh samples, within a fifth."""

    def sample() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        state = rng.standard_normal(500)
        label = (state + rng.standard_normal(500) > 0.5).astype(float) if task == "binary" else state
        shared = state + rng.standard_normal(500)
        return label, shared, shared + 0.7 * rng.standard_normal(500)

    differences, errors = [], []
    for _ in range(400):
        label, first, second = sample()
        differences.append(metric(task, label, first) - metric(task, label, second))
        errors.append(paired_error(task, label, first, second))
    assert float(np.mean(errors)) == pytest.approx(float(np.std(differences)), rel=0.2)


def test_rank_shift() -> None:
    """Equal scores 0; a reversal of n scores nearly a half; a monotone change 0; ties share their rank."""
    scores = np.arange(100.0)
    assert rank_shift(scores, scores**3) == 0.0
    assert rank_shift(scores, -scores) == pytest.approx(0.5, abs=0.01)
    assert rank_shift(np.zeros(4), np.zeros(4)) == 0.0
    assert rank_shift(np.array([0.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(0.25)
