"""What a form is measured by: the references' metrics, the leaks' gains, the illusions of the inherited validation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from small_world import SCENARIOS, small_case

from generators.case import Case, mechanism
from generators.reference import Reference, all_probes, chance, joined, measure, metric_error, over, with_worlds

SLOTS = 3000
"""Twice those of other small cases: there the error of a skill is as large as what two control worlds differ by."""


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    return small_case(request.param, slots=SLOTS)


@pytest.fixture(scope="module")
def reference(case: Case) -> Reference:
    return with_worlds(measure(case), case, all_probes(case))


def test_production_metrics_weigh_runs_by_their_requests(case: Case) -> None:
    """Of run sizes themselves: the sum of squares over the sum."""
    sizes = [len(run.rows) for run in case.production]
    assert over(case.production, lambda run: float(len(run.rows))) == pytest.approx(sum(n * n for n in sizes) / sum(sizes))
    assert over(case.production, lambda run: 0.7) == pytest.approx(0.7)


def test_the_honest_reference_is_better_than_the_inherited_and_than_nothing(case: Case, reference: Reference) -> None:
    """In production, on any form: what the take-home asks for can be reached."""
    sign = 1.0 if case.scenario.task == "binary" else -1.0
    assert sign * reference.m_ref > sign * reference.m_inherited > sign * reference.m_base
    assert sign * reference.holdout_inherited > sign * reference.m_inherited
    assert 0.04 <= reference.tau <= 0.10


def test_leaks_are_felt_by_who_leans_on_them(case: Case, reference: Reference) -> None:
    """One gain for each leak; taken together the inherited model gains more than the reference, which never saw a leak."""
    assert set(reference.gain) == {f.id for f in case.faults.columns if mechanism(f).leak}
    assert all(gain.se > 0 for gain in reference.gain.values())
    assert all(gain.reference >= 0 for gain in reference.gain.values())  # whoever drops the column gains nothing and relies on nothing
    assert sum(g.inherited for g in reference.gain.values()) > 3 * abs(sum(g.reference for g in reference.gain.values()))


def test_illusions(reference: Reference) -> None:
    """Without any honest signal the inherited validation still sees skill, far above the noise of an honest estimate; so with copies."""
    for world in (reference.null, reference.duplicates):
        assert world["inherited"] > 2 * world["s0"] > 0
    for work in ("repaired", "dropped"):
        weak, strong = sorted(world[work] for world in reference.control.values())
        assert strong > weak + 0.05


def test_measuring_again_gives_the_same_numbers(case: Case, reference: Reference) -> None:
    """Bit for bit: nothing reads a clock or a global generator."""
    if case.scenario.task == "binary":
        assert with_worlds(measure(case), case, all_probes(case)) == reference
    else:
        assert reference.plain()["m_ref"] == reference.m_ref


def test_metric_error_is_that_of_the_metric() -> None:
    """Against the spread over 300 redraws, within a fifth, for both metrics."""
    rng = np.random.default_rng(5)
    values: dict[str, list[tuple[float, float]]] = {"binary": [], "regression": []}
    for _ in range(300):
        state, label = rng.standard_normal(400), rng.standard_normal(400)
        positive = (state + label > 0.8).astype(float)
        values["binary"].append((roc_auc_score(positive, state), metric_error("binary", positive, state)))
        values["regression"].append((float(np.abs(label - state).mean()), metric_error("regression", label, state)))
    for pairs in values.values():
        metric, error = np.array(pairs).T
        assert float(error.mean()) == pytest.approx(float(metric.std()), rel=0.2)


def test_skill_above_chance() -> None:
    """AUC above a half; the share of the constant predictor's error that is gone."""
    assert chance("binary", 0.75, 1.0) == pytest.approx(0.25)
    assert chance("regression", 6.0, 8.0) == pytest.approx(0.25)


def test_joined_tables_keep_rows_columns_and_labels_together(case: Case) -> None:
    """One table after the other."""
    both = joined([case.given["holdout"], case.given["acceptance"]])
    n = len(case.given["holdout"].rows)
    assert both.label is not None
    assert case.given["acceptance"].label is not None
    assert len(both.rows) == len(both.label) == n + len(case.given["acceptance"].rows)
    np.testing.assert_array_equal(both.label[n:], case.given["acceptance"].label)
    for name, column in both.columns.items():
        np.testing.assert_array_equal(column[:n], case.given["holdout"].columns[name])
