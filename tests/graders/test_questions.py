"""Questions for the interview: one of each sort, from what this candidate did."""

from __future__ import annotations

from graders.model import ClaimResult
from graders.questions import questions


def test_without_work_only_the_claim_is_asked_about() -> None:
    """No findings and no faults: the claim, or its absence."""
    mine = ClaimResult(id="mine", title="t", metric="roc_auc", point=0.8, low=0.7, high=0.9, truth=0.6, loss=1.0)
    silent = ClaimResult(id="mine", title="t", metric="roc_auc", point=None, low=None, high=None, truth=0.6, loss=None)
    assert "0.8" in questions((), (), (mine,))[0]
    assert "promised no score" in questions((), (), (silent,))[0]
    assert questions((), (), ()) == ()
