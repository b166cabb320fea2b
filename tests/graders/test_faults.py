"""Fault results: the rows of a plot are the same ones every time, and a broken key is said to be ours."""

from __future__ import annotations

import pytest

from graders.faults import POINTS, fault_results
from graders.findings import parse_findings
from graders.findings_score import score_findings
from graders.key import Key, VaultFault
from graders.rubric import Rubric


def test_rows_of_a_plot_do_not_depend_on_the_order_of_the_table(key: Key, rubric: Rubric) -> None:
    """The same form with its tables shuffled shows the same values."""
    scored = score_findings(parse_findings("", rubric.limits), key, rubric)
    first = fault_results(scored, key, 45.0)
    shuffled = Key(key.folder, key.truth, key.calls)
    shuffled.keep(("given", "train.parquet"), lambda: key.given("train").sample(frac=1, random_state=3).reset_index(drop=True))
    assert fault_results(scored, shuffled, 45.0)[0].plot == first[0].plot
    assert len(first[0].plot["given"]) == POINTS


def test_a_plot_of_nothing_but_wrong_cells_is_full(key: Key, rubric: Rubric) -> None:
    """Every served price differs: all points come from wrong cells. Missing values and categories are plain data."""
    scored = score_findings(parse_findings("", rubric.limits), key, rubric)
    plot = fault_results(scored, key, 45.0)[1].plot
    assert all(a != b for a, b in zip(plot["given"], plot["honest"], strict=True))
    assert len(plot["given"]) == POINTS
    assert set(plot["twin_given"]) <= {"basic", "plus"}


def test_a_fault_without_twin_is_our_fault(key: Key, rubric: Rubric) -> None:
    scored = score_findings(parse_findings("", rubric.limits), key, rubric)
    orphan = key.truth.model_copy(update={"decoys": ()})
    with pytest.raises(VaultFault, match="faults.f1.twin"):
        fault_results(scored, Key(key.folder, orphan, key.calls), 45.0)
