"""Recorded evidence: what is missing is ours, what is malformed is the submission's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from graders.evidence import CallResult, Evidence, EvidenceFault, Validation


def lost(found: object) -> CallResult:
    assert isinstance(found, CallResult)
    return found


def test_scores_are_read_whole_or_not_at_all(evidence_of: Callable[..., Evidence]) -> None:
    """Another number of scores than requests is an instrument fault, a score that is no number the submission's."""
    evidence = evidence_of(failed={"predict_real_p2_served": "submission"})
    name = "predict_real_p1_served"
    assert len(evidence.scores(name, 800)) == 800  # type: ignore[arg-type]
    assert lost(evidence.scores(name, 799)).side == "instrument"
    assert lost(evidence.scores("predict_real_p2_served", 800)).outcome == "crashed"
    assert lost(evidence.scores("predict_real_p9_served", 800)).outcome == "not_run"
    path = evidence.folder / "calls" / name / "scores.f64"
    np.full(800, np.nan).tofile(path)
    assert lost(evidence.scores(name, 800)).side == "submission"
    path.unlink()
    assert "no file" in lost(evidence.scores(name, 800)).message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"metric": "roc_auc", "estimate": NaN}', "finite"),
        ('{"metric": "roc_auc", "estimate": "high"}', "estimate"),
        ('{"metric": "roc_auc", "estimate": true}', "estimate"),
        ('{"metric": "roc_auc"}', "estimate"),
        ('{"metric": "accuracy", "estimate": 0.7}', "expected 'roc_auc'; got 'accuracy'"),
        ('{"metric": "roc_auc", "estimate": 0.7, "estimate": 0.5}', "twice"),
        ("[1]", "object"),
        ("[" * 4000, "nested"),
        ("{", "not JSON"),
        ('{"metric": "roc_auc", "estimate": 1' + "0" * 400 + "}", "finite"),
    ],
)
def test_a_malformed_validation_is_the_submissions(text: str, words: str, evidence_of: Callable[..., Evidence]) -> None:
    evidence = evidence_of()
    (evidence.folder / "calls" / "validate_real" / "validation.json").write_text(text, encoding="utf-8")
    found = lost(evidence.validation("validate_real", "roc_auc"))
    assert found.side == "submission"
    assert words in found.message


def test_a_validation_reads(evidence_of: Callable[..., Evidence]) -> None:
    evidence = evidence_of()
    assert evidence.validation("validate_null", "roc_auc") == Validation(metric="roc_auc", estimate=0.505)
    (evidence.folder / "calls" / "validate_null" / "validation.json").unlink()
    assert lost(evidence.validation("validate_null", "roc_auc")).side == "instrument"


def test_the_memo_is_cut_and_never_fails(evidence_of: Callable[..., Evidence]) -> None:
    evidence = evidence_of()
    assert evidence.memo(6) == "# Memo"
    (evidence.folder / "submission" / "MEMO.md").write_bytes(b"\xff\xfe")
    assert evidence.memo(100) == "\ufffd\ufffd"
    (evidence.folder / "submission" / "MEMO.md").unlink()
    assert evidence.memo(100) == ""


@pytest.mark.parametrize("record", ["", "[]", '{"calls": 3}', '{"calls": {"a": {"side": "moon"}}}'])
def test_a_broken_record_is_ours(record: str, tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_text(record, encoding="utf-8")
    with pytest.raises(EvidenceFault, match="Grade the submission again"):
        Evidence.load(tmp_path)


def test_calls_keep_their_order(evidence_of: Callable[..., Evidence]) -> None:
    evidence = evidence_of()
    recorded = json.loads((evidence.folder / "evidence.json").read_text(encoding="utf-8"))["calls"]
    assert [c.name for c in evidence.calls] == list(recorded)
