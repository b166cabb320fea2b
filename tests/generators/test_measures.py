"""The numbers on which pairs are matched agree with other libraries' and with their definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import roc_auc_score

from generators.measures import auc, differing, psi, ranks, strength, told
from graders import statistics


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_auc_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    """With many ties; nulls rank lowest."""
    score = rng.integers(0, 6, 500).astype(float)
    label = (rng.random(500) < 0.3).astype(float)
    assert auc(score, label) == pytest.approx(roc_auc_score(label, score), abs=1e-12)
    score[::7] = np.nan
    assert auc(score, label) == pytest.approx(roc_auc_score(label, np.where(np.isnan(score), -1e9, score)), abs=1e-12)


def test_auc_without_one_of_the_classes_is_chance() -> None:
    """There is nothing to rank."""
    assert auc(np.arange(4.0), np.zeros(4)) == 0.5
    assert auc(np.arange(4.0), np.ones(4)) == 0.5


def test_strength_has_no_direction(rng: np.random.Generator) -> None:
    """A column turned upside down is as strong; a constant has none."""
    column, label = rng.standard_normal(400), (rng.random(400) < 0.4).astype(float)
    for task in ("binary", "regression"):
        assert strength(column, label, task) == pytest.approx(strength(-column, label, task), abs=1e-12)
    assert strength(np.ones(400), label, "regression") == 0.0
    assert strength(np.ones(400), label, "binary") == 0.5
    assert strength(column, label, "regression") == pytest.approx(abs(np.corrcoef(column, label)[0, 1]), abs=1e-12)


@pytest.mark.parametrize("nulls", [False, True])
def test_strength_and_drift_are_what_candidates_can_recompute(rng: np.random.Generator, nulls: bool) -> None:
    """The take-home's own statistics give the same numbers: what a form is tuned on is what can be checked."""
    before, after = rng.gamma(2.0, 2.0, 3000).round(1), rng.gamma(2.4, 2.0, 1500).round(1)
    if nulls:
        before[::9], after[::5] = np.nan, np.nan
    label = (rng.random(3000) < 0.3).astype(int)
    train = pd.DataFrame({"x": before, "label": label})
    log = pd.DataFrame({"x": after})
    assert strength(before, label.astype(float), "binary") == pytest.approx(statistics.auc(train, "x"), abs=1e-9)
    assert psi(before, after) == pytest.approx(statistics.psi(train, log, "x"), rel=1e-6)


def test_no_drift_is_zero_and_a_shift_is_not(rng: np.random.Generator) -> None:
    """The same values have a stability index of exactly 0."""
    values = rng.standard_normal(1000)
    assert psi(values, values) == 0.0
    assert psi(values, values + 1) > 0.5
    assert psi(np.full(10, np.nan), np.full(10, np.nan)) == 0.0


def test_cells_differ_by_more_than_half_a_unit_or_by_a_null() -> None:
    """Rounding is no difference; a value against a null is one; two nulls are not."""
    given = np.array([1.0, 1.004, 1.006, np.nan, np.nan, 2.0])
    honest = np.array([1.0, 1.0, 1.0, np.nan, 1.0, np.nan])
    assert differing(given, honest, 0.01).tolist() == [False, False, True, False, True, True]


def test_ranks_are_those_of_scipy(rng: np.random.Generator) -> None:
    """Ties share their mean rank."""
    values = rng.integers(0, 9, 200).astype(float)
    assert ranks(values).tolist() == rankdata(values).tolist()


def test_told_is_a_rank_correlation_in_its_standard_errors(rng: np.random.Generator) -> None:
    """Of the values or of the gaps, whichever tells more; a column that is all gaps or never changes tells nothing."""
    column, label = rng.standard_normal(900), rng.standard_normal(900)
    assert told(column, label) == pytest.approx(30 * abs(spearmanr(column, label).statistic), abs=1e-9)
    gaps = np.where(label > 1, np.nan, column)
    assert told(gaps, label) == pytest.approx(30 * abs(spearmanr(label > 1, label).statistic), abs=1e-9)
    assert told(np.full(900, np.nan), label) == 0.0
    assert told(np.ones(900), label) == 0.0
