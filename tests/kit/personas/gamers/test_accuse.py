"""Accusations pay as well as they can, and carry evidence that the grader takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from persona_form import Mini

from graders.findings import read_findings
from graders.findings_score import score_findings
from graders.rubric import load_rubric
from kit.personas._writing import findings_toml
from kit.personas.gamers._accuse import MOST, among, charge, evidence, misfits, one, plain, stated
from kit.personas.gamers._desk import Desk


@pytest.mark.parametrize("worth", [1.0, 0.85, 0.4])
@pytest.mark.parametrize("belief", [0.05, 0.3, 0.5, 0.8, 1.0])
def test_no_other_confidence_pays_better(belief: float, worth: float) -> None:
    """Expected payoff over a fine grid."""
    p = np.linspace(0, 1, 2001)
    pays = worth * belief * (3 * p**2 - 2 * p**3) - (1 - belief) * 2 * p**3
    assert stated(belief, worth) == pytest.approx(p[pays.argmax()], abs=1e-3)


def test_belief_falls_with_the_number_accused() -> None:
    """Six of twelve is even odds; nobody is ever quite sure."""
    assert among(12) == 0.5
    assert among(1) == among(6) == 0.9
    assert stated(0.0) == 0.0


CLEAN = {
    "aware_train": 0.4, "aware_served": 0.0, "aggregate": "count", "window": 28, "filled": 0.0, "below": 0.0, "later_gain": 0.0,
    "factor_share": 0.0, "served_window": 28, "served_own": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("train", "event_time_not_recorded_at")),
        ({"later_gain": 0.3}, ("train", "window_past_decision")),
        ({"aggregate": "sum", "below": 1.0}, ("train", "refund_trace")),
        ({"aggregate": "last", "filled": 0.4}, ("train", "backfilled_gaps")),
        ({"aggregate": "last", "window": 0}, ("train", "final_status")),
        ({"aware_train": 0.0, "aware_served": 0.3, "served_own": 0.3}, ("serving_log", "wrong_row_join")),
        ({"aware_train": 0.0, "aware_served": 0.3, "served_window": 14}, ("serving_log", "window_length")),
        ({"aware_train": 0.0, "aware_served": 0.3, "factor_share": 0.9}, ("serving_log", "unit_switch")),
    ],
)
def test_a_kind_by_rule_of_thumb(changes: dict[str, Any], told: tuple[str, str]) -> None:
    """From the side, the aggregate and the shape of the misfit."""
    assert charge(CLEAN | changes) == told


def test_the_grader_takes_the_evidence(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """Faults in columns whose definition has no rule are found with verified evidence; where all have one, those whose log is still whole."""
    simple = [str(f.locus.column) for f in each.form.column_faults() if not each.form.definitions.features[str(f.locus.column)]["rules"]]
    definitions = each.form.definitions.features
    by_rule = [name for f in each.form.column_faults() if "retention_purge" not in definitions[name := str(f.locus.column)]["rules"]]
    accused = [one(desk, name, 0.9, "does not recount") for name in simple] or [one(desk, name, 0.9, "by rule", rules=True) for name in by_rule]
    (tmp_path / "findings.toml").write_text(findings_toml(accused, {}, tmp_path))
    rubric = load_rubric()
    scored = score_findings(read_findings(tmp_path / "findings.toml", rubric.limits), each.form.key, rubric)
    assert len(scored.results) == len(accused) >= 1
    assert all(r.verdict == "hit" and r.verified for r in scored.results), [r.reason for r in scored.results]


def test_evidence_is_of_cells_that_misfit(desk: Desk) -> None:
    """Five cells that stand in the table, and a number; none where everything fits."""
    frame = desk.recounted()
    worst, best = str(frame["aware_train"].idxmax()), str(frame[["aware_train", "aware_served"]].max(axis=1).idxmin())
    cells, statistic = evidence(desk, worst, "train")
    assert len(cells) == 5
    assert statistic is not None
    assert statistic["value"] > 0
    assert len({c["row"] for c in cells}) == 5
    assert evidence(desk, best, "train") == ((), None)


def test_an_attribute_is_accused_without_evidence(desk: Desk) -> None:
    """There is nothing to recount."""
    name = next(n for n, c in desk.columns.items() if not c.stream)
    found = one(desk, name, 0.5, "a guess")
    assert found.citations == ()
    assert found.statistic is None
    assert 0 < found.confidence < 0.5


def test_columns_accused_alike(desk: Desk) -> None:
    """In the order given."""
    names = list(desk.columns)[:3]
    found = plain(desk, names, 0.25, "a guess", family="serving_skew", table="serving_log")
    assert [(a.column, a.confidence, a.family, a.table) for a in found] == [(n, 0.25, "serving_skew", "serving_log") for n in names]


def test_the_worst_misfits_come_first(desk: Desk) -> None:
    """And no more of them than count."""
    frame = desk.recounted()
    names = misfits(frame, ("aware_train", "aware_served"), -1.0)
    worst = frame.loc[names, ["aware_train", "aware_served"]].max(axis=1)
    assert len(names) == MOST
    assert worst.is_monotonic_decreasing
