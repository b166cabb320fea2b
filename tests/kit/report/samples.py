"""Three scorecards as a grading would write them, for the tests of reports: a poor one, a middling one, a strong one.

The totals, shares and losses are worked out from the parts, so that every sample keeps the promise that losses and total make 100.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from graders.model import (
    ClaimResult,
    FaultResult,
    FindingResult,
    Loss,
    Outcome,
    Part,
    Scorecard,
    Section,
    Sensitivity,
    Verdict,
)

SHARES = {
    "leak_reliance": (0.25, "Does not rely on leaked columns"),
    "training_reliance": (0.25, "Was not shaped by the faults of the training data"),
    "null_validation": (0.20, "Validation sees no skill where there is none"),
    "duplicate_injection": (0.05, "Validation is not fooled by copied rows"),
    "skew_cost": (0.10, "Loses nothing to what production computes differently"),
    "independence": (0.10, "Scores each request by itself, with what was known"),
    "reproducibility": (0.05, "Two trainings give the same model"),
}


def gain(p: float) -> float:
    return 3 * p**2 - 2 * p**3


def _series(seed: int, kind: str) -> dict[str, list[float | str | None]]:
    """Sixty sampled values, given and honest, of a fault and its twin."""
    rng = np.random.Generator(np.random.PCG64(seed))
    if kind == "category":
        words = np.array(["basic", "family", "student", "premium"])
        honest = words[rng.integers(0, 4, 60)]
        given = np.where(rng.random(60) < 0.3, words[rng.integers(0, 4, 60)], honest)
        return {"given": [*given.tolist()], "honest": [*honest.tolist()], "twin_given": [*honest.tolist()], "twin_honest": [*honest.tolist()]}
    if kind == "money":
        honest_n = np.round(rng.lognormal(9.0, 0.8, 60)).astype(float)
        given_n = np.where(rng.random(60) < 0.4, np.round(honest_n / 100, 2), honest_n)
        twin = np.round(rng.lognormal(8.8, 0.7, 60)).astype(float)
    else:
        honest_n = rng.poisson(4, 60).astype(float)
        given_n = honest_n + rng.poisson(1.4, 60) * (rng.random(60) < 0.5)
        twin = rng.poisson(4, 60).astype(float)
    given_list: list[float | str | None] = [float(v) for v in given_n]
    if kind == "gaps":
        given_list[::7] = [None] * len(given_list[::7])
    return {
        "given": given_list,
        "honest": [float(v) for v in honest_n],
        "twin_given": [float(v) for v in twin],
        "twin_honest": [float(v) for v in twin],
    }


CHURN: list[dict[str, Any]] = [
    {
        "mechanism": "post_outcome_process",
        "family": "target_leakage",
        "level": 1,
        "column": "retention_calls_30d",
        "title": "Retention calls counted into the month after the decision",
        "explanation": "The count of retention calls runs two weeks past the decision. Calls are made because somebody has cancelled, so the column knows the answer.",
        "trail": "For customers who left, most of the calls behind the value carry an event time after the decision.",
        "price": "At decision time the calls have not happened: the column is nearly empty, and the model loses its strongest input on the first day.",
        "question": "How would you show a colleague, with three customers, that this count looks past the decision?",
        "twin": "support_calls_30d",
        "twin_title": "Support calls that drive people away",
        "twin_explanation": "As strong as the faulty count, because bad support makes customers leave. The window ends at the decision.",
        "kind": "count",
    },
    {
        "mechanism": "final_status",
        "family": "target_leakage",
        "level": 3,
        "column": "plan_tier",
        "title": "The plan as it stood when the export was cut",
        "explanation": "The plan is taken from the customer record as it is today. Customers who cancelled were moved to the basic plan afterwards.",
        "trail": "The history of plan changes gives another plan for the day of the decision.",
        "price": "Production sees the plan before the change. Whoever is about to leave looks like everybody else.",
        "question": "Which other attributes of the customer record would you distrust for the same reason?",
        "twin": "billing_cycle",
        "twin_title": "A billing cycle that changes as often",
        "twin_explanation": "Joined as of the decision. It changes as often as the plan, for reasons of its own.",
        "kind": "category",
    },
    {
        "mechanism": "window_past_decision",
        "family": "future_timestamp",
        "level": 2,
        "column": "minutes_watched_28d",
        "title": "A viewing window that ends three days late",
        "explanation": "The trailing window of viewing minutes ends three days after the decision, because the job runs on the export date.",
        "trail": "Recounting the viewing events up to the decision gives lower values for active customers.",
        "price": "Three days of behaviour that production never has. The offline score promises about four points of AUC too many.",
        "question": "The column matches its definition except for its end. How did you find out, or how would you?",
        "twin": "minutes_watched_90d",
        "twin_title": "A longer viewing window",
        "twin_explanation": "Ninety days, documented, ending at the decision on both paths.",
        "kind": "money",
    },
    {
        "mechanism": "event_time_not_recorded_at",
        "family": "future_timestamp",
        "level": 4,
        "column": "payments_late_60d",
        "title": "Payment reversals used before they were known",
        "explanation": "Late payments are counted by the day they happened. The bank reports some of them weeks later.",
        "trail": "Rows whose payment events carry a `recorded_at` after the decision hold a higher count than could be known.",
        "price": "In production the reports are not in yet, and the risk of the worst payers is underestimated.",
        "question": "When is it right to use event time, and when the time of recording?",
        "twin": "payments_made_60d",
        "twin_title": "Payments reported late, all before the decision",
        "twin_explanation": "As many late reports, and every one had arrived by the decision.",
        "kind": "gaps",
    },
    {
        "mechanism": "copied_rows",
        "family": "contamination",
        "level": 1,
        "column": None,
        "locus": "rows of holdout",
        "title": "Training rows copied into the holdout",
        "explanation": "Six hundred rows of the holdout are training rows under new ids.",
        "trail": "Rows of the holdout agree with rows of train in every feature column.",
        "price": "The holdout rewards memory. The score that was reported cannot come true.",
        "question": "What would you check before you believe any holdout score?",
        "twin": None,
        "twin_locus": "rows of acceptance",
        "twin_title": "Customers who come back",
        "twin_explanation": "Honest repeats of the same customers at later decisions, on the right side of the split.",
        "kind": None,
    },
    {
        "mechanism": "entity_across_split",
        "family": "contamination",
        "level": 3,
        "column": None,
        "locus": "split of acceptance",
        "title": "The same households on both sides of the split",
        "explanation": "Snapshots were dealt out at random, so nearly every household is in train and in the acceptance set, with overlapping windows.",
        "trail": "Most entities of the acceptance set occur in train within the same month.",
        "price": "The model recognises households instead of learning what makes them leave.",
        "question": "How would you split this data for a model that scores next month's customers?",
        "twin": None,
        "twin_locus": "split of holdout",
        "twin_title": "A later holdout",
        "twin_explanation": "All of its decisions lie after the label windows of the training set have closed.",
        "kind": None,
    },
    {
        "mechanism": "unit_switch",
        "family": "serving_skew",
        "level": 2,
        "column": "spend_28d_cents",
        "table": "serving_log",
        "title": "Spend in cents offline, in whole units online",
        "explanation": "The mobile gateway sends amounts in whole currency units. The batch job holds cents.",
        "trail": "Where the source is mobile, the served value times one hundred is the value that the events give.",
        "price": "Four of ten requests look like customers who spend almost nothing, and get retention offers they do not need.",
        "question": "Would a drift alarm on this column have fired? On which statistic?",
        "twin": "refunds_28d_cents",
        "twin_title": "Refunds that really fell",
        "twin_explanation": "The refund policy changed in spring. Both paths show the same lower amounts.",
        "kind": "money",
    },
    {
        "mechanism": "wrong_row_join",
        "family": "serving_skew",
        "level": 4,
        "column": "devices_active",
        "table": "serving_log",
        "title": "Another household member's devices",
        "explanation": "The online service joins the device count of a neighbouring record for one request in five. The distribution stays the same.",
        "trail": "Only recomputing single requests from the events shows values that belong to somebody else.",
        "price": "A fifth of the requests are scored with a stranger's value, and no drift monitor sees it.",
        "question": "How would you monitor a fault that leaves every distribution unchanged?",
        "twin": "profiles_active",
        "twin_title": "A documented weekly refresh",
        "twin_explanation": "Up to a week old on both paths, as DATA.md says.",
        "kind": "count",
    },
]

PRICE_NAMES = {
    "retention_calls_30d": "viewings_after_offer_30d",
    "support_calls_30d": "viewings_30d",
    "plan_tier": "listing_state",
    "billing_cycle": "heating_type",
    "minutes_watched_28d": "searches_area_28d",
    "minutes_watched_90d": "searches_area_90d",
    "payments_late_60d": "permits_filed_60d",
    "payments_made_60d": "permits_granted_60d",
    "spend_28d_cents": "asking_price_change",
    "refunds_28d_cents": "area_price_change",
    "devices_active": "bathrooms_served",
    "profiles_active": "rooms_listed",
}


def _locus(fault: dict[str, Any]) -> str:
    return str(fault.get("locus") or f"column {fault['column']} of {fault.get('table', 'train')}")


def _build(
    *,
    takehome: str,
    scenario: str,
    title: str,
    metric: str,
    faults: list[dict[str, Any]],
    found: dict[int, tuple[float, float, bool]],
    accusations: list[tuple[str, str | None, float, str, str]],
    keeps: list[tuple[str, float]],
    behaviour: dict[str, tuple[Outcome, float, str, dict[str, float | None]]],
    claims: list[tuple[ClaimResult, float, Outcome, str]],
    skill: float | None,
    memo: str,
    verdict_reason: str,
    knock_outs: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    needs_person: bool = False,
    backend: dict[str, Any] | None = None,
    calls: tuple[dict[str, Any], ...] = (),
    questions: tuple[str, ...] = (),
) -> Scorecard:
    """`found`: place of the fault -> (confidence, credit, verified). `accusations`: (locus, decoy id, confidence, reason, own words)."""
    n = len(faults)
    share = 45 / n
    fault_results, finding_results, losses, calibration = [], [], [], []
    number = 0
    for place, fault in enumerate(faults):
        p, credit, verified = found.get(place, (0.0, 0.0, False))
        if place in found:
            number += 1
            calibration.append((p, True))
            reason = "The right place, the right family" + (", and the evidence holds." if verified else "; the evidence given does not hold.")
            finding_results.append(
                FindingResult(
                    number=number,
                    locus=_locus(fault),
                    verdict="hit",
                    fault=f"f{place + 1}",
                    decoy=None,
                    confidence=p,
                    credit=credit,
                    verified=verified,
                    family_right=True,
                    kind_right=credit >= gain(p) * 0.99,
                    reason=reason,
                    why="I recounted three rows from the events and each differs from the table.",
                )
            )
        lost = share * (1 - credit)
        words = "was not named" if place not in found else f"named with confidence {p:.2f}, credit {credit:.2f} of 1"
        if lost > 0.001:
            losses.append(Loss(section="findings", points=lost, reason=f"{fault['title']}: {words}.", ref=f"f{place + 1}"))
        twin_locus = fault.get("twin_locus") or f"column {fault['twin']} of {fault.get('table', 'train')}"
        plot = {} if fault["kind"] is None else {"column": fault["column"], "twin_column": fault["twin"], **_series(40 + place, fault["kind"])}
        fault_results.append(
            FaultResult(
                id=f"f{place + 1}",
                mechanism=fault["mechanism"],
                family=fault["family"],
                level=fault["level"],
                locus=_locus(fault),
                title=fault["title"],
                explanation=fault["explanation"],
                trail=fault["trail"],
                price=fault["price"],
                question=fault["question"],
                found=place in found,
                credit=credit,
                lost_points=lost,
                reason="Not named by any finding." if place not in found else finding_results[-1].reason,
                twin=f"d{place + 1}",
                twin_title=fault["twin_title"],
                twin_locus=twin_locus,
                twin_explanation=fault["twin_explanation"],
                twin_accused=any(decoy == f"d{place + 1}" for _, decoy, *_ in accusations),
                plot=plot,
            )
        )
    for locus, decoy, p, reason, why in accusations:
        number += 1
        calibration.append((p, False))
        losses.append(Loss(section="findings", points=share * 2 * p**3, reason=f"False alarm: {locus}, stated with confidence {p:.2f}.", ref=f"finding {number}"))
        finding_results.append(
            FindingResult(
                number=number,
                locus=locus,
                verdict="false_alarm",
                fault=None,
                decoy=decoy,
                confidence=p,
                credit=-2 * p**3,
                verified=False,
                family_right=False,
                kind_right=False,
                reason=reason,
                why=why,
            )
        )
    for locus, p in keeps:
        number += 1
        finding_results.append(
            FindingResult(
                number=number,
                locus=locus,
                verdict="neutral",
                fault=None,
                decoy=None,
                confidence=p,
                credit=0.0,
                verified=False,
                family_right=False,
                kind_right=False,
                reason="`keep` is an opinion, not an accusation.",
                why="Looks odd, but it follows its definition on both paths.",
            )
        )
    raw = sum(r.credit for r in finding_results) / n
    fraction = min(1.0, max(-0.25, raw))
    if fraction > raw:
        losses.append(Loss(section="findings", points=45 * (raw - fraction), reason="Losses on findings stop at a quarter of the section."))
    use = 0.0 if skill is None else min(1.0, max(0.0, (skill - 0.3) / 0.5))
    gate = max(0.0, min(1.0, fraction / 0.6)) * use

    counted = {part: s for part, (s, _) in SHARES.items() if behaviour[part][0] is not Outcome.INSTRUMENT_FAULT and behaviour[part][3].get("counts", 1) == 1}
    whole = sum(counted.values())
    parts = []
    for part, (_, part_title) in SHARES.items():
        outcome, earned, reason, measured = behaviour[part]
        own = counted.get(part, 0.0) / whole
        parts.append(
            Part(
                id=part,
                title=part_title,
                outcome=outcome,
                earned=earned,
                share=own,
                points=30 * own * earned * gate,
                possible=30 * own,
                reason=reason,
                measured={k: v for k, v in measured.items() if k != "counts"},
            )
        )
        if own * (1 - earned) > 0.001:
            losses.append(Loss(section="behaviour", points=30 * own * (1 - earned), reason=f"{part_title}: {reason}", ref=part))
    b = sum(part.share * part.earned for part in parts)
    claim_parts = []
    for claim, earned, outcome, reason in claims:
        claim_parts.append(
            Part(
                id=claim.id,
                title=claim.title,
                outcome=outcome,
                earned=earned,
                share=0.5,
                points=12.5 * earned * gate,
                possible=12.5,
                reason=reason,
                measured={"loss": claim.loss},
            )
        )
        if earned < 1:
            losses.append(Loss(section="claims", points=12.5 * (1 - earned), reason=f"{claim.title}: {reason}", ref=claim.id))
    c = sum(part.share * part.earned for part in claim_parts)
    for section, value in (("behaviour", 30 * b), ("claims", 25 * c)):
        if value * (1 - gate) > 0.001:
            reason = f"Counted at {gate:.2f}: behaviour and claims count in full only when faults were found and the model works."
            losses.append(Loss(section=section, points=value * (1 - gate), reason=reason))
    raw_total = 45 * fraction + gate * (30 * b + 25 * c)
    total = min(100.0, max(0.0, raw_total))
    if total > raw_total:
        losses.append(Loss(section="findings", points=raw_total - total, reason="A total never falls below 0."))
    verdict = Verdict.FAIL if knock_outs or total < 50 else Verdict.REFER if total <= 70 else Verdict.PASS
    return Scorecard(
        schema=1,
        takehome=takehome,
        scenario=scenario,
        title=title,
        form="standard",
        level="mid",
        metric=metric,
        kit_version="0.1.0",
        rubric="8c1f0e7ad4b6",
        submission_sha256="3a7bd3e2360a3d29eea436fcfb7e44c735d117c42d1c1835420b6b9942dd4f1b",
        total=total,
        verdict=verdict,
        verdict_reason=verdict_reason,
        pass_mark=60.0,
        sem=10.0,
        knock_outs=knock_outs,
        production_skill=skill,
        gate=gate,
        findings=Section(id="findings", title="Findings", fraction=fraction, points=45 * fraction, possible=45.0),
        behaviour=Section(id="behaviour", title="Behaviour", fraction=b, points=30 * b * gate, possible=30.0, parts=tuple(parts)),
        claims=Section(id="claims", title="Claims", fraction=c, points=25 * c * gate, possible=25.0, parts=tuple(claim_parts)),
        finding_results=tuple(finding_results),
        fault_results=tuple(fault_results),
        claim_results=tuple(claim for claim, *_ in claims),
        sensitivity=Sensitivity(
            hits=len(found),
            misses=n - len(found),
            false_alarms=len(accusations),
            decoys=n,
            decoys_accused=sum(decoy is not None for _, decoy, *_ in accusations),
            d_prime=None if not finding_results else 1.1 + 0.25 * len(found) - 0.3 * len(accusations),
            criterion=0.42 - 0.2 * len(accusations),
            calibration=tuple(calibration),
        ),
        losses=tuple(losses),
        calls=calls or _calls(),
        backend=backend or {"name": "bubblewrap", "level": "full", "protections": ["no network", "read-only system", "own process tree", "memory limit"]},
        notes=notes,
        needs_person=needs_person,
        memo=memo,
        questions=questions,
    )


def _calls() -> tuple[dict[str, Any], ...]:
    names = ["train_real", "train_again", "train_repaired", "validate_real", "validate_null", "validate_duplicates", "validate_control_a", "validate_control_b"]
    names += [f"predict_real_p{batch}_{probe}" for batch in range(1, 5) for probe in ("served", "honest", "leak_f1", "leak_f3", "order", "part_a", "part_b", "late")]
    return tuple({"name": name, "outcome": "ok", "message": "", "wall_s": 24.0 if name.startswith("train") else 2.5} for name in names)


def poor() -> Scorecard:
    """The pipeline as it was handed over, its splendid score believed."""
    scored = Outcome.SCORED
    lost = "The submission's call validate_null failed (crashed): KeyError: 'label'"
    calls = tuple(
        {**call, "outcome": "crashed", "message": "KeyError: 'label'"} if call["name"] in ("validate_null", "validate_duplicates") else call for call in _calls()
    )
    return _build(
        takehome="k7q2mfp4xw",
        scenario="subscription_churn",
        title="Which subscribers will leave next month?",
        metric="roc_auc",
        faults=CHURN,
        found={0: (0.55, gain(0.55) * 0.85 * 0.5, False)},
        accusations=[
            ("column minutes_watched_90d of train", "d3", 0.7, "An honest twin: the longer window is documented and ends at the decision.", "Too strong to be true."),
        ],
        keeps=[],
        behaviour={
            "leak_reliance": (
                scored,
                0.0,
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): retention_calls_30d: 101%; minutes_watched_28d: 97%.",
                {"full": 0.1, "none": 0.5, "f1": 1.01, "f3": 0.97, "worst": 1.01},
            ),
            "training_reliance": (
                scored,
                0.0,
                "Trained on repaired data, the production ranks move by 98% of what the inherited pipeline's move; full marks up to 10%, none from 50%.",
                {"value": 0.98, "full": 0.1, "none": 0.5, "moved": 0.071, "inherited": 0.072, "noise": 0.004},
            ),
            "null_validation": (Outcome.NOT_SCORABLE, 0.0, lost, {}),
            "duplicate_injection": (Outcome.NOT_SCORABLE, 0.0, lost.replace("null", "duplicates"), {}),
            "skew_cost": (
                scored,
                0.1,
                "Serving costs 0.0312 of the metric against the same requests with the online path repaired; full marks up to 0.0052, none from 0.0341.",
                {"value": 0.0312, "full": 0.0052, "none": 0.0341, "inherited": 0.0682},
            ),
            "independence": (
                scored,
                1.0,
                "Scores stay the same in another order, in smaller batches and with later events in the folder.",
                {"full": 1e-6, "order": 0.0, "part_a": 0.0, "part_b": 0.0, "late": 0.0},
            ),
            "reproducibility": (scored, 1.0, "Two trainings on the same data give the same scores.", {"change": 0.0, "full": 0.999, "none": 0.98}),
        },
        claims=[
            (
                ClaimResult(id="mine", title="Their own pipeline", metric="roc_auc", point=0.94, low=0.93, high=0.95, truth=0.662, loss=10.4),
                0.0,
                Outcome.SCORED,
                "The result lies 0.268 below the stated range.",
            ),
            (
                ClaimResult(id="inherited", title="The pipeline as handed over", metric="roc_auc", point=None, low=None, high=None, truth=0.655, loss=None),
                0.0,
                Outcome.NOT_SCORABLE,
                "No claim was stated.",
            ),
        ],
        skill=0.58,
        memo="The model reaches 0.94 ROC AUC on the holdout and is ready to go live.\n\nRetrain every quarter.",
        verdict_reason="The total lies more than one standard error below the pass mark, and two knock-outs apply.",
        knock_outs=("Findings earned less than 0.40 of their section.", "The claim for their own pipeline exceeds the result by 1.24 skill units."),
        needs_person=True,
        notes=("Two calls of `validate` crashed; read the log before you decide.",),
        calls=calls,
        questions=(
            "Your holdout says 0.94. Before you celebrate, what do you ask about how the holdout was made?",
            "The count of retention calls was the strongest column. When was each of its calls recorded?",
            "Production gave 0.662. Walk me through where the rest went.",
        ),
    )


def middling() -> Scorecard:
    """Half of the faults found, two false alarms, one part lost to a fault of ours: too close to call."""
    scored = Outcome.SCORED
    return _build(
        takehome="b3n8dy6tzr",
        scenario="subscription_churn",
        title="Which subscribers will leave next month?",
        metric="roc_auc",
        faults=CHURN,
        found={0: (0.98, gain(0.98), True), 1: (0.7, gain(0.7) * 0.85, True), 2: (0.9, gain(0.9) * 0.85, True), 4: (0.95, gain(0.95), True), 5: (0.85, gain(0.85), True), 6: (0.9, gain(0.9), True)},
        accusations=[
            (
                "column payments_made_60d of train",
                "d4",
                0.6,
                "An honest twin: every late report had arrived by the decision.",
                "Many events behind this column have recorded_at well after event_time, so it must be using the future.",
            ),
            ("column tenure_days of train", None, 0.35, "Nothing is wrong with this column: it agrees with its definition on both paths.", "Suspiciously predictive."),
        ],
        keeps=[("column refunds_28d_cents of serving_log", 0.7)],
        behaviour={
            "leak_reliance": (
                scored,
                0.62,
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): retention_calls_30d: 2%; minutes_watched_28d: 41%.",
                {"full": 0.1, "none": 0.5, "f1": 0.02, "f3": 0.41, "worst": 0.41},
            ),
            "training_reliance": (
                scored,
                0.55,
                "Trained on repaired data, the production ranks move by 28% of what the inherited pipeline's move; full marks up to 10%, none from 50%.",
                {"value": 0.28, "full": 0.1, "none": 0.5, "moved": 0.023, "inherited": 0.072, "noise": 0.004},
            ),
            "null_validation": (
                scored,
                0.7,
                "Where the outcome follows nothing but the leaks, `validate` sees a skill of 0.041; full marks up to 0.018, none from 0.095.",
                {"value": 0.041, "full": 0.018, "none": 0.095, "inherited": 0.19, "s0": 0.009},
            ),
            "duplicate_injection": (
                Outcome.INSTRUMENT_FAULT,
                0.0,
                "Our instrument failed at validate_duplicates (the machine was too busy): not scored, no points lost, its share goes to the other parts.",
                {},
            ),
            "skew_cost": (
                scored,
                1.0,
                "Serving costs 0.0021 of the metric against the same requests with the online path repaired; full marks up to 0.0052, none from 0.0341.",
                {"value": 0.0021, "full": 0.0052, "none": 0.0341, "inherited": 0.0682},
            ),
            "independence": (
                scored,
                0.0,
                "The same requests get other scores in a smaller batch: by up to 0.034 of the scores' spread.",
                {"full": 1e-6, "order": 0.0, "part_a": 0.034, "part_b": 0.029, "late": 0.0},
            ),
            "reproducibility": (
                scored,
                0.6,
                "Two trainings on the same data rank requests alike with Spearman 0.9914 (full marks from 0.999).",
                {"value": 0.9914, "moved": 0.0004, "change": 0.08, "full": 0.999, "none": 0.98},
            ),
        },
        claims=[
            (
                ClaimResult(id="mine", title="Their own pipeline", metric="roc_auc", point=0.745, low=0.728, high=0.762, truth=0.731, loss=0.21),
                0.93,
                Outcome.SCORED,
                "The result lies inside the stated range, 0.014 below the point.",
            ),
            (
                ClaimResult(id="inherited", title="The pipeline as handed over", metric="roc_auc", point=0.71, low=0.68, high=0.74, truth=0.655, loss=1.8),
                0.0,
                Outcome.SCORED,
                "The result lies 0.025 below the stated range.",
            ),
        ],
        skill=0.84,
        memo=(
            "To the head of retention\n\nTrust the new ranking, not the old headline score: the old holdout shared six hundred rows with the training data.\n\n"
            "- Retention calls were counted after the decision; I cut the window.\n- Mobile spend arrives in whole units; I convert it.\n\n"
            "After launch, watch the share of requests by source and compare fifty served requests a week with the raw events."
        ),
        verdict_reason="The total lies within one standard error of the pass mark.",
        notes=("validate_duplicates was stopped by our watchdog twice while the machine was busy; it was not scored.",),
        questions=(
            "You accused `payments_made_60d`. What would you have to see to withdraw it?",
            "You left `devices_active` alone. How would you find a value that belongs to somebody else?",
            "You found the shared rows. What is the honest score of the old pipeline, and how wide is your range?",
            "A score changed when the batch was smaller. Where in your code can that come from?",
        ),
    )


def strong() -> Scorecard:
    """Nearly everything found and shown, repaired, and promised no more than came; a regression in money."""
    scored = Outcome.SCORED
    faults = [{**fault, **{k: PRICE_NAMES.get(fault[k], fault[k]) for k in ("column", "twin") if fault[k]}} for fault in CHURN]
    return _build(
        takehome="x9w5hc2vqe",
        scenario="home_pricing",
        title="What will this home sell for?",
        metric="mae",
        faults=faults,
        found={place: (0.97, gain(0.97) * (1.0 if place != 3 else 0.85), True) for place in range(7)},
        accusations=[],
        keeps=[("column rooms_listed of serving_log", 0.9), ("column area_price_change of train", 0.8)],
        behaviour={
            "leak_reliance": (
                scored,
                1.0,
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): viewings_after_offer_30d: 0%; searches_area_28d: -1%.",
                {"full": 0.1, "none": 0.5, "f1": 0.003, "f3": -0.011, "worst": 0.003},
            ),
            "training_reliance": (
                scored,
                1.0,
                "Trained on repaired data, the production ranks move by 3% of what the inherited pipeline's move; full marks up to 10%, none from 50%.",
                {"value": 0.03, "full": 0.1, "none": 0.5, "moved": 0.006, "inherited": 0.072, "noise": 0.004},
            ),
            "null_validation": (
                scored,
                1.0,
                "Where the outcome follows nothing but the leaks, `validate` sees a skill of 0.006; full marks up to 0.018, none from 0.095.",
                {"value": 0.006, "full": 0.018, "none": 0.095, "inherited": 0.19, "s0": 0.009},
            ),
            "duplicate_injection": (
                Outcome.NOT_SCORABLE,
                0.0,
                "The inherited pipeline's own illusion where copied rows are the only thing to learn is too small on this form to measure this part.",
                {"counts": 0, "full": 0.018, "none": 0.02, "inherited": 0.04, "s0": 0.009},
            ),
            "skew_cost": (
                scored,
                0.8,
                "Serving costs 310.0000 of the metric against the same requests with the online path repaired; full marks up to 190.0000, none from 790.0000.",
                {"value": 310.0, "full": 190.0, "none": 790.0, "inherited": 1580.0},
            ),
            "independence": (
                scored,
                1.0,
                "Scores stay the same in another order, in smaller batches and with later events in the folder.",
                {"full": 1e-6, "order": 0.0, "part_a": 2.2e-16, "part_b": 0.0, "late": 0.0},
            ),
            "reproducibility": (scored, 1.0, "Two trainings on the same data give the same scores.", {"change": 0.0, "full": 0.999, "none": 0.98}),
        },
        claims=[
            (
                ClaimResult(id="mine", title="Their own pipeline", metric="mae", point=24_100.0, low=23_200.0, high=25_000.0, truth=24_480.0, loss=0.16),
                0.97,
                Outcome.SCORED,
                "The result lies inside the stated range.",
            ),
            (
                ClaimResult(id="inherited", title="The pipeline as handed over", metric="mae", point=33_000.0, low=31_000.0, high=35_000.0, truth=34_250.0, loss=0.3),
                0.86,
                Outcome.SCORED,
                "The result lies inside the stated range.",
            ),
        ],
        skill=0.96,
        memo="Expect errors of about 24,000 on homes like last quarter's. Do not use it for new buildings.\n\nI would retrain when the weekly error passes 27,000.",
        verdict_reason="The total lies more than one standard error above the pass mark.",
        questions=("Your range for the inherited pipeline was wide. What would you need to make it narrower?", "Which of your seven findings are you least sure of, and why?"),
    )


HOSTILE = (
    "<script>document.title='owned';document.body.innerHTML='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"><img src='https://tracker.invalid/pixel.png'>"
    "<a href=\"javascript:document.title='owned'\">click</a><svg onload=\"document.title='owned'\"></svg>"
    "{{ 7 * 7 }}</style></title> \x1b[2J\x1b[31m \u202egrade this 100\u202c [bold red]markup[/bold red] $x^2$"
)


def hostile() -> Scorecard:
    """The middling scorecard with every text that a submission can touch replaced by an attack."""
    card = middling()
    series = {"column": HOSTILE, "given": [HOSTILE, "a", "b"], "honest": ["a", "a", "b"], "twin_column": HOSTILE, "twin_given": [1, 2], "twin_honest": [1, 2]}
    first = replace(card.fault_results[0], title=HOSTILE, locus=HOSTILE, explanation=HOSTILE, price=HOSTILE, reason=HOSTILE, question=HOSTILE, plot=series)
    calls = ({"name": HOSTILE, "outcome": "crashed", "message": HOSTILE, "wall_s": 1.0}, *card.calls)
    return replace(
        card,
        title=HOSTILE,
        memo=HOSTILE,
        notes=(HOSTILE,),
        questions=(HOSTILE,),
        verdict_reason=HOSTILE,
        fault_results=(first, *card.fault_results[1:]),
        finding_results=tuple(replace(result, locus=HOSTILE, why=HOSTILE, reason=HOSTILE) for result in card.finding_results),
        claim_results=tuple(replace(claim, title=HOSTILE) for claim in card.claim_results),
        losses=tuple(replace(loss, reason=HOSTILE) for loss in card.losses),
        calls=calls,
    )


def unscorable() -> Scorecard:
    """A pipeline that never trained: nothing measured, nothing claimed, nothing accused, no sandbox."""
    nothing = (Outcome.NOT_SCORABLE, 0.0, "The submission's call train_real failed (crashed): SyntaxError", {})
    none = {"point": None, "low": None, "high": None, "truth": None, "loss": None}
    return _build(
        takehome="m2c7rj4kty",
        scenario="subscription_churn",
        title="Which subscribers will leave next month?",
        metric="roc_auc",
        faults=CHURN[:4],
        found={},
        accusations=[],
        keeps=[],
        behaviour={part: nothing for part in SHARES},
        claims=[
            (ClaimResult(id="mine", title="Their own pipeline", metric="roc_auc", **none), 0.0, Outcome.NOT_SCORABLE, "No claim was stated."),
            (ClaimResult(id="inherited", title="The pipeline as handed over", metric="roc_auc", **none), 0.0, Outcome.NOT_SCORABLE, "No claim was stated."),
        ],
        skill=None,
        memo="",
        verdict_reason="The pipeline did not train.",
        needs_person=True,
        backend={"name": "process", "level": "none", "protections": []},
        calls=({"name": "train_real", "outcome": "crashed", "message": "SyntaxError", "wall_s": None},),
    )


SAMPLES = {"poor": poor, "middling": middling, "strong": strong}
