"""Evidence is looked up and computed again: what holds, what does not, and that guessing does not pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from written import cells, column, finding

from graders import statistics
from graders.findings import parse_findings
from graders.key import Key
from graders.proof import Proof, check
from graders.rubric import Rubric

Check = Callable[..., Proof]


@pytest.fixture
def proof(key: Key, rubric: Rubric) -> Check:
    def run(fault: str, locus: dict[str, Any], **evidence: Any) -> Proof:
        found = parse_findings(finding(locus, **evidence), rubric.limits)
        assert len(found.findings) == 1, found.notes
        return check(found.findings[0], next(f for f in key.truth.faults if f.id == fault), key, rubric.evidence)

    return run


def test_three_true_cells_hold(proof: Check, key: Key) -> None:
    assert proof("f1", column("calls_28d"), citations=cells(key, "train", "calls_28d")).holds
    assert proof("f2", column("price", "serving_log"), citations=cells(key, "serving_log", "price")).holds
    assert proof("f1", column("calls_28d", "acceptance"), citations=cells(key, "acceptance", "calls_28d", 12)).holds


def test_cells_that_prove_nothing(proof: Check, key: Key) -> None:
    """Too few, the same one thrice, a wrong honest value, a wrong given value, sound cells, another column, made-up rows."""
    true = cells(key, "train", "calls_28d")
    sound = key.given("train")[key.given("train")["label"] == 0].iloc[:3]
    cases = {
        "two": true[:2],
        "thrice": true[:1] * 3,
        "should_be": [{**c, "should_be": c["should_be"] + 2} for c in true],
        "as given": [{**c, "should_be": c["value"]} for c in true],
        "value": [{**c, "value": c["value"] + 2} for c in true],
        "sound": [
            {"table": "train", "row": r, "column": "calls_28d", "value": float(v), "should_be": float(v) - 1}
            for r, v in zip(sound["row_id"], sound["calls_28d"], strict=True)
        ],
        "column": [{**c, "column": "visits"} for c in true],
        "rows": [{**c, "row": f"none_{i}"} for i, c in enumerate(true)],
        "null": [{**c, "should_be": "null"} for c in true],
    }
    held = {name for name, given in cases.items() if proof("f1", column("calls_28d"), citations=given).holds}
    assert held == set()


def test_guessing_many_cells_does_not_pay(proof: Check, key: Key) -> None:
    """Three true cells among many guesses are not enough; three quarters must hold."""
    true = cells(key, "train", "calls_28d", 9)
    guess = [{**c, "should_be": c["should_be"] - 4} for c in cells(key, "train", "calls_28d", 21)[9:]]
    assert not proof("f1", column("calls_28d"), citations=true + guess).holds
    assert proof("f1", column("calls_28d"), citations=true + guess[:3]).holds


def test_a_rounding_unit_is_allowed_but_not_half_way(proof: Check, key: Key) -> None:
    """One unit off passes where the honest value stays nearer than the given one."""
    true = cells(key, "train", "calls_28d")  # given is honest + 3
    assert proof("f1", column("calls_28d"), citations=[{**c, "should_be": c["should_be"] + 1} for c in true]).holds
    price = cells(key, "serving_log", "price")
    assert proof("f2", column("price", "serving_log"), citations=[{**c, "should_be": c["should_be"] + 0.01} for c in price]).holds
    assert not proof("f2", column("price", "serving_log"), citations=[{**c, "should_be": c["should_be"] + 0.03} for c in price]).holds


def test_pairs(proof: Check, key: Key) -> None:
    """Either order; three that make the fault, of which most must be true."""
    rows = {"kind": "rows", "table": "holdout", "ids": list(key.truth.row_sets["f3"].rows)}
    true = [{"row": b, "other": a} for a, b in key.truth.row_sets["f3"].pairs]
    wrong = [{"row": a["row"], "other": b["other"]} for a, b in zip(true[:4], true[4:8], strict=True)]
    assert proof("f3", rows, pairs=true[:3]).holds
    assert not proof("f3", rows, pairs=true[:2] + true[:1]).holds
    assert not proof("f3", rows, pairs=wrong).holds
    assert not proof("f3", rows, pairs=true[:3] + wrong).holds


def test_statistics_are_computed_again(proof: Check, key: Key) -> None:
    """The decisive one of the fault, on its own table and column, within tolerance."""
    exact = statistics.served_difference(key.given("serving_log"), "price", key.honest("serving_log")["price"])
    named = lambda **more: {"name": "served_difference", "column": "price", **more}  # noqa: E731
    locus = column("price", "serving_log")
    assert proof("f2", locus, statistic=named(value=exact * 1.0009)).holds
    assert not proof("f2", locus, statistic=named(value=exact * 1.01)).holds
    assert not proof("f2", locus, statistic=named(value=0.0)).holds
    assert not proof("f2", locus, statistic=named(value=exact, column="visits")).holds
    drift = statistics.psi(key.given("train"), key.given("serving_log"), "price")
    weak = proof("f2", locus, statistic={"name": "psi", "column": "price", "value": drift})
    assert not weak.holds
    assert "does not decide" in weak.words
    assert "not on the list" in proof("f2", locus, statistic={"name": "kurtosis", "value": 1}).words


def test_statistics_of_tables(proof: Check, key: Key) -> None:
    """On the fault's table only, against an offline table that exists; train where none is named."""
    rows = {"kind": "rows", "table": "holdout", "ids": ["x"]}
    count = statistics.duplicate_count(key.given("holdout"), key.given("train"))
    assert count >= 20
    assert proof("f3", rows, statistic={"name": "duplicate_count", "value": count}).holds
    assert not proof("f3", rows, statistic={"name": "duplicate_count", "table": "acceptance", "value": 0}).holds
    assert not proof("f3", rows, statistic={"name": "duplicate_count", "other": "../key", "value": count}).holds
    gap = statistics.timestamp_gap(key.given("acceptance"), key.given("train"))
    split = {"kind": "split", "table": "acceptance"}
    assert proof("f4", split, statistic={"name": "timestamp_gap", "value": round(gap, 2)}).holds
    assert not proof("f4", split, statistic={"name": "timestamp_gap", "value": gap + 0.5}).holds


def test_one_sound_proof_is_enough(proof: Check, key: Key) -> None:
    """Bad citations do not undo a statistic that holds, and the words say which one held."""
    exact = statistics.served_difference(key.given("serving_log"), "price", key.honest("serving_log")["price"])
    bad = [{**c, "should_be": c["value"]} for c in cells(key, "serving_log", "price")]
    found = proof("f2", column("price", "serving_log"), citations=bad, statistic={"name": "served_difference", "value": exact})
    assert found.holds
    assert "served_difference" in found.words
    assert proof("f2", column("price", "serving_log")).words == "no citation, pair or statistic was given"
