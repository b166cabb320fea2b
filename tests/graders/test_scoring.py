"""The whole of grading on a small form: what careful, inherited, blind and hostile work gets, and that every point is accounted for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_form import FOOLED, HONEST, careful, inherited, make_evidence
from written import claim, claims, column, finding, true_findings

from graders.evidence import Evidence, EvidenceFault
from graders.key import Key
from graders.model import Outcome, Scorecard, Verdict
from graders.rubric import Rubric
from graders.scoring import grade

Graded = Callable[..., Scorecard]


def adds_up(card: Scorecard) -> bool:
    return round(sum(loss.points for loss in card.losses) + card.total, 2) == 100.0


def test_careful_work_earns_everything(graded: Graded, key: Key) -> None:
    """All faults found with evidence, a clean pipeline and honest claims make a hundred, with nothing lost but cents."""
    card = graded(findings="\n".join(true_findings(key)) + claims(0.807))
    assert card.findings.fraction == 1.0
    assert all(r.verdict == "hit" and r.verified and r.kind_right for r in card.finding_results)
    assert [p.earned for p in card.behaviour.parts] == [1.0] * 7
    assert card.verdict is Verdict.PASS
    assert card.total > 97
    assert adds_up(card)


def test_inherited_work_earns_next_to_nothing(graded: Graded) -> None:
    """The pipeline as handed over, without findings: knocked out and far below the mark."""
    card = graded(scores=inherited, validations=FOOLED, findings=claim("mine", 0.9, 0.88, 0.92) + claim("inherited", 0.9, 0.88, 0.92))
    parts = {p.id: p.earned for p in card.behaviour.parts}
    assert parts["leak_reliance"] < 0.2
    assert parts["training_reliance"] < 0.2
    assert parts["null_validation"] == 0
    assert parts["duplicate_injection"] == 0
    assert parts["skew_cost"] < 0.2
    assert card.total < 25
    assert card.verdict is Verdict.FAIL
    assert any("findings" in k for k in card.knock_outs)
    assert any("overclaim" in k for k in card.knock_outs)
    assert adds_up(card)


def test_blind_repair_without_findings_earns_nothing(graded: Graded) -> None:
    """A perfect pipeline with perfect claims and no finding: the findings gate is shut."""
    card = graded(findings=claims(0.807))
    assert card.behaviour.fraction == 1.0
    assert card.total == 0
    assert any(loss.section == "gate" and loss.points > 25 for loss in card.losses)
    assert adds_up(card)


def test_findings_without_repair_stay_below_the_mark(graded: Graded, key: Key) -> None:
    """Finding everything but handing in the inherited pipeline cannot pass by itself."""
    card = graded(scores=inherited, validations=FOOLED, findings="\n".join(true_findings(key)))
    assert card.total < 60
    assert adds_up(card)


def test_same_evidence_gives_the_same_bytes(form: Path, tmp_path: Path, rubric: Rubric, key: Key) -> None:
    """Graded twice, with the key loaded anew, the scorecard is equal byte for byte and survives a round trip."""
    text = "\n".join([*true_findings(key, 0.8), finding(column("visits"), confidence=0.7)]) + claims()
    folder = make_evidence(tmp_path, form, scores=inherited, findings=text)
    first, second = (grade(Evidence.load(folder), Key.load(form), rubric=rubric).to_json() for _ in range(2))
    assert first == second
    assert Scorecard.from_json(first).to_json() == first


def test_accusing_everything_earns_little(graded: Graded, key: Key) -> None:
    """Every column and split, at even odds and at certainty: below the pass mark, even with a perfect pipeline and claims."""
    everything = (
        [column(c) for c in key.truth.columns] + [column("plan")] + [{"kind": "split", "table": t} for t in ("train", "holdout", "acceptance")]
    )
    for confidence in (0.5, 1.0):
        text = "\n".join(finding(locus, confidence=confidence) for locus in everything) + claims(0.807)
        card = graded(findings=text)
        assert card.findings.fraction < 0.4
        assert card.total <= 59
        assert adds_up(card)
    assert card.findings.fraction < 0
    assert card.total == 0
    assert card.sensitivity.decoys_accused == 4


def test_a_call_that_fails_loses_only_its_own_part(graded: Graded, key: Key) -> None:
    """`validate` crashing in the null world costs the null part alone, with the reason."""
    text = "\n".join(true_findings(key)) + claims(0.807)
    whole = graded(findings=text)
    card = graded(findings=text, failed={"validate_null": "submission"})
    lost = [loss for loss in card.losses if loss.ref == "null_validation"]
    assert len(lost) == 1
    assert lost[0].points == pytest.approx(6.0, abs=0.02)
    assert "validate_null" in lost[0].reason
    assert whole.total - card.total == pytest.approx(6.0, abs=0.02)


def test_instrument_faults_cost_nothing(graded: Graded, key: Key) -> None:
    """The same failure on our side: its share goes to the other parts, and it is said."""
    text = "\n".join(true_findings(key)) + claims(0.807)
    whole = graded(findings=text)
    card = graded(
        findings=text, failed={"validate_null": "instrument", "predict_real_p1_order": "instrument", "predict_real_p2_honest": "instrument"}
    )
    part = next(p for p in card.behaviour.parts if p.id == "null_validation")
    assert part.outcome is Outcome.INSTRUMENT_FAULT
    assert part.share == 0
    assert card.total == whole.total
    assert any("validate_null" in note for note in card.notes)
    assert adds_up(card)


def test_a_pipeline_that_does_not_run_asks_for_a_person(graded: Graded, key: Key) -> None:
    """Training that crashes gives no behaviour and no claims; the findings still count."""
    failed = {c.name: "submission" for c in key.calls if c.command != "validate"}
    card = graded(findings="\n".join(true_findings(key)) + claims(), failed=failed)
    assert card.behaviour.fraction == card.claims.fraction == 0
    assert card.total == 45
    assert card.needs_person
    assert "train_real" in card.verdict_reason
    assert adds_up(card)


def test_production_lost_by_us_is_referred(graded: Graded, key: Key) -> None:
    """Without a production score by our own fault no verdict is passed."""
    failed = {c.name: "instrument" for c in key.calls if c.probe == "served"}
    card = graded(findings="\n".join(true_findings(key)) + claims(), failed=failed)
    assert card.verdict is Verdict.REFER
    assert card.needs_person
    assert card.production_skill is None
    assert adds_up(card)


def test_everything_lost_by_us_leaves_the_findings(graded: Graded, key: Key) -> None:
    """With no behaviour measured at all the points go to what could be judged, and the grade is referred."""
    card = graded(findings="\n".join(true_findings(key)) + claims(), failed={c.name: "instrument" for c in key.calls})
    assert card.verdict is Verdict.REFER
    assert card.behaviour.possible == 0
    assert card.findings.possible + card.claims.possible == 100
    assert adds_up(card)


def test_an_unanswered_batch_counts_as_the_constant_predictor(graded: Graded, key: Key) -> None:
    """One of two production batches without an answer halves the production skill."""
    text = "\n".join(true_findings(key)) + claims(0.807)
    whole = graded(findings=text)
    card = graded(findings=text, failed={"predict_real_p1_served": "submission"})
    assert card.production_skill is not None
    assert whole.production_skill is not None
    assert card.production_skill == pytest.approx(0.5 * whole.production_skill, abs=0.1)
    assert card.verdict is not Verdict.PASS or card.total < whole.total
    assert adds_up(card)


def test_overclaim_is_a_knock_out_of_its_own(graded: Graded, key: Key) -> None:
    """Findings and pipeline perfect, but a promise a third of the skill too high: held at 59, and the held points are a loss."""
    card = graded(findings="\n".join(true_findings(key)) + claim("mine", 0.92, 0.91, 0.93) + claim("inherited", 0.7, 0.69, 0.71))
    assert card.total == 59
    assert card.verdict is Verdict.FAIL
    assert any(loss.section == "knock_out" and loss.points > 20 for loss in card.losses)
    assert adds_up(card)


def test_near_the_mark_is_referred(graded: Graded, key: Key) -> None:
    """A total within one standard error of the pass mark is neither pass nor fail."""
    card = graded(scores=careful, validations=FOOLED, findings="\n".join(true_findings(key, 0.75)))
    assert abs(card.total - 60) <= 10
    assert card.verdict is Verdict.REFER
    assert adds_up(card)


def test_constant_validation_earns_neither_world(graded: Graded, key: Key) -> None:
    """Printing 0.5 from validate passes the null world but not the control."""
    card = graded(validations=dict.fromkeys(HONEST, 0.5), findings="\n".join(true_findings(key)) + claims())
    earned = {p.id: p for p in card.behaviour.parts}
    assert earned["null_validation"].earned == 0
    assert earned["duplicate_injection"].earned == 0
    assert "track" in earned["null_validation"].reason


def test_noise_on_scores_is_no_hiding_place(graded: Graded, key: Key) -> None:
    """Adding noise to each call fails independence and reproducibility, and does not buy training reliance."""
    rng = np.random.default_rng(3)
    card = graded(scores=lambda m, p, o: inherited(m, p, o) + rng.normal(0, 1, len(o)), findings="\n".join(true_findings(key)))
    earned = {p.id: p.earned for p in card.behaviour.parts}
    assert earned["independence"] == 0
    assert earned["reproducibility"] == 0
    assert earned["training_reliance"] < 0.2


def test_evidence_of_another_form_is_refused(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    evidence = evidence_of()
    evidence.takehome = "th_other"
    with pytest.raises(EvidenceFault, match="th_other"):
        grade(evidence, key, rubric=rubric)


def test_malformed_findings_never_stop_a_grading(graded: Graded, key: Key) -> None:
    """A file that is no TOML at all: scored as no findings and no claims, with notes, and the total still adds up."""
    for text in ("\x00\x01", "[[finding]]\n" * 40, "claim = 3\nfinding = 4\n", "a = [" + "[" * 5000):
        card = graded(findings=text)
        assert card.findings.fraction == 0
        assert card.notes
        assert adds_up(card)


def test_faults_show_a_handful_of_values_and_their_twin(graded: Graded, key: Key) -> None:
    """A column fault comes with as many given as honest values, for itself and its twin; rows and splits without."""
    card = graded(findings=true_findings(key)[0])
    first, rows = card.fault_results[0], card.fault_results[2]
    assert first.found
    assert first.plot["column"] == "calls_28d"
    assert len(first.plot["given"]) == len(first.plot["honest"]) == 24
    assert sum(a != b for a, b in zip(first.plot["given"], first.plot["honest"], strict=True)) == 12
    assert first.plot["twin_given"] == first.plot["twin_honest"]
    assert rows.plot == {}
    assert not rows.found
    assert rows.lost_points == 11.25


def test_questions_come_from_the_candidates_own_work(graded: Graded, key: Key) -> None:
    """A miss, a false alarm, the best hit, a counterfactual and the claim: five, none twice."""
    text = "\n".join([true_findings(key)[0], finding(column("visits"), confidence=0.6)]) + claims()
    card = graded(findings=text)
    assert len(card.questions) == len(set(card.questions)) == 5
    assert "question of f2" in card.questions[0]
    assert "visits" in card.questions[1]
