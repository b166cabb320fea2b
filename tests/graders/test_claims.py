"""Claims against hand-worked numbers, in both directions of the metric."""

from __future__ import annotations

import pytest
from written import claim

from graders.claims import claim_credit, claim_loss, score_claims
from graders.findings import Findings, parse_findings
from graders.key import Key, Truth
from graders.model import Outcome
from graders.probes import Production
from graders.rubric import Rubric


def said(text: str, rubric: Rubric) -> Findings:
    return parse_findings(text, rubric.limits)


def produced(value: float | None) -> Production:
    return Production(value=value, answered=1.0, failed=(), faults=())


def test_the_formula_by_hand(rubric: Rubric) -> None:
    """L = 2|c - y| + width + 10 x what lies outside; full marks up to 5.1 tau, tau cut to [.04, .10], none from 2."""
    assert claim_loss(0.9, 0.8, 1.0, 0.95, rubric.claims) == pytest.approx(0.1 + 0.2)
    assert claim_loss(0.9, 0.8, 1.0, 0.7, rubric.claims) == pytest.approx(0.4 + 0.2 + 1.0)
    assert claim_loss(0.9, 0.8, 1.0, 1.1, rubric.claims) == pytest.approx(0.4 + 0.2 + 1.0)
    assert claim_credit(5.1 * 0.05, 0.05, rubric.claims) == 1
    assert claim_credit(0.6, 0.05, rubric.claims) == pytest.approx(1.4 / (2 - 0.255))
    assert claim_credit(2.0, 0.05, rubric.claims) == 0
    assert claim_credit(0.3, 0.01, rubric.claims) == claim_credit(0.3, 0.04, rubric.claims) < 1
    assert claim_credit(0.55, 0.5, rubric.claims) == claim_credit(0.55, 0.1, rubric.claims) < 1


def test_an_error_is_claimed_the_other_way_round(key: Key, rubric: Rubric) -> None:
    """For MAE a low error is a high skill: the interval turns round and the credit is that of the same claim in skill units."""
    reference = key.truth.reference.model_copy(update={"m_base": 100.0, "m_ref": 60.0, "m_inherited": 80.0, "metric_se": 0.5})
    other = Key(key.folder, Truth.model_validate({**key.truth.model_dump(), "metric": "mae", "reference": reference.model_dump()}), key.calls)
    scored = score_claims(said(claim("mine", 62, 60, 64) + claim("inherited", 90, 88, 92), rubric), produced(64.0), other, rubric)
    mine, inherited = scored.parts
    assert mine.measured["loss"] == pytest.approx(2 * 0.05 + 0.1)
    assert mine.earned == 1
    assert inherited.measured["loss"] == pytest.approx(2 * 0.25 + 0.1 + 10 * 0.2)
    assert inherited.earned == 0
    assert scored.overclaim is None
    over = score_claims(said(claim("mine", 50, 49, 51), rubric), produced(64.0), other, rubric)
    assert over.overclaim is not None
    assert "0.35 skill units" in over.overclaim


def test_an_overclaim_needs_both_bounds(key: Key, rubric: Rubric) -> None:
    """A quarter of the skill and three standard errors; promising too little is no overclaim."""
    verdicts = {
        point: score_claims(said(claim("mine", point, point, point), rubric), produced(0.7), key, rubric).overclaim for point in (0.77, 0.78, 0.3)
    }
    assert verdicts[0.77] is None
    assert verdicts[0.78] is not None
    assert verdicts[0.3] is None
    unsure = key.truth.reference.model_copy(update={"metric_se": 0.03})
    other = Key(key.folder, key.truth.model_copy(update={"reference": unsure}), key.calls)
    assert score_claims(said(claim("mine", 0.78, 0.7, 0.8), rubric), produced(0.7), other, rubric).overclaim is None


def test_claims_that_cannot_be_scored(key: Key, rubric: Rubric) -> None:
    """Malformed or missing ones earn nothing and say why; a score that we lost gives the share to the other claim."""
    scored = score_claims(said(claim("mine", 0.7, 0.8, 0.6), rubric), produced(0.7), key, rubric)
    assert [p.outcome for p in scored.parts] == [Outcome.NOT_SCORABLE] * 2
    assert "expected low <= high" in scored.parts[0].reason
    assert [p.share for p in scored.parts] == [1, 1]
    faults = Production(value=None, answered=0.0, failed=(), faults=(object(),))  # type: ignore[arg-type]
    lost = score_claims(said(claim("inherited", 0.7, 0.69, 0.71), rubric), faults, key, rubric)
    assert [p.share for p in lost.parts] == [0, 1]
    assert lost.parts[1].earned == 1


def test_a_memorised_claim_earns_little(key: Key, rubric: Rubric) -> None:
    """The middle of what forms reach, with a wide interval, over the range of achievable scores: below two fifths on average."""
    earned = []
    for truth in (0.68, 0.72, 0.76, 0.80, 0.84, 0.88):
        reference = key.truth.reference.model_copy(update={"m_ref": truth, "m_inherited": truth - 0.06})
        other = Key(key.folder, key.truth.model_copy(update={"reference": reference}), key.calls)
        text = claim("mine", 0.78, 0.74, 0.82) + claim("inherited", 0.72, 0.68, 0.76)
        parts = score_claims(said(text, rubric), produced(truth), other, rubric).parts
        earned.append(sum(p.earned for p in parts) / 2)
    assert max(earned) > 0
    assert sum(earned) / len(earned) < 0.4
