"""Three scorecards as a grading would write them, for the tests of reports: a poor, a middling and a strong one (odd ones: odd_samples.py)."""

from __future__ import annotations

from sample_build import build, gain, ordinary_calls
from sample_faults import CHURN, PRICE_NAMES

from graders.model import ClaimResult, Outcome, Scorecard


def poor() -> Scorecard:
    """The pipeline as it was handed over, its splendid score believed."""
    scored = Outcome.SCORED
    lost = "The submission's call validate_null failed (crashed): KeyError: 'label'"
    calls = tuple(
        {**call, "outcome": "crashed", "message": "KeyError: 'label'"} if call["name"] in ("validate_null", "validate_duplicates") else call
        for call in ordinary_calls()
    )
    return build(
        takehome="k7q2mfp4xw",
        scenario="subscription_churn",
        title="Which subscribers will leave next month?",
        metric="roc_auc",
        faults=CHURN,
        found={0: (0.55, gain(0.55) * 0.85 * 0.5, False)},
        accusations=[
            (
                "column minutes_watched_90d of train",
                "d3",
                0.7,
                "An honest twin: the longer window is documented and ends at the decision.",
                "Too strong to be true.",
            ),
        ],
        keeps=[],
        behaviour={
            "leak_reliance": (
                scored,
                0.0,
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): retention_calls_30d: 101%; "
                "minutes_watched_28d: 97%.",
                {"full": 0.1, "none": 0.5, "inherited": 1.0, "f1": 1.01, "f3": 0.97, "worst": 1.01},
            ),
            "training_reliance": (
                scored,
                0.0,
                "Trained on repaired data, the production ranks move by 98% of what the inherited pipeline's move; full marks up to 10%, none "
                "from 50%.",
                {"value": 0.98, "full": 0.1, "none": 0.5, "inherited": 1.0, "ranks": 0.071, "ranks_inherited": 0.072, "ranks_noise": 0.004},
            ),
            "null_validation": (Outcome.NOT_SCORABLE, 0.0, lost, {}),
            "duplicate_injection": (Outcome.NOT_SCORABLE, 0.0, lost.replace("null", "duplicates"), {}),
            "skew_cost": (
                scored,
                0.1,
                "Serving costs 0.0312 of the metric against the same requests with the online path repaired; full marks up to 0.0052, none from "
                "0.0341.",
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
                ClaimResult(id="mine", title="Claim for the own pipeline", metric="roc_auc", point=0.94, low=0.93, high=0.95, truth=0.662, loss=10.4),
                0.0,
                Outcome.SCORED,
                "The result lies 0.268 below the stated range.",
            ),
            (
                ClaimResult(
                    id="inherited",
                    title="Claim for the pipeline as handed over",
                    metric="roc_auc",
                    point=None,
                    low=None,
                    high=None,
                    truth=0.655,
                    loss=None,
                ),
                0.0,
                Outcome.NOT_SCORABLE,
                "No claim was stated.",
            ),
        ],
        skill=0.58,
        memo="The model reaches 0.94 ROC AUC on the holdout and is ready to go live.\n\nRetrain every quarter.",
        verdict_reason="Knocked out by findings: F is -0.06, at least 0.40 is needed and by "
        "overclaim: production delivers 1.24 skill units less than was promised for the own pipeline.",
        knock_outs=(
            "findings: F is -0.06, at least 0.40 is needed",
            "overclaim: production delivers 1.24 skill units less than was promised for the own pipeline",
        ),
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
    return build(
        takehome="b3n8dy6tzr",
        scenario="subscription_churn",
        title="Which subscribers will leave next month?",
        metric="roc_auc",
        faults=CHURN,
        found={
            0: (0.98, gain(0.98), True),
            1: (0.9, gain(0.9) * 0.85, True),
            2: (0.9, gain(0.9) * 0.85, True),
            4: (0.95, gain(0.95), True),
            5: (0.85, gain(0.85), True),
            6: (0.9, gain(0.9), True),
        },
        accusations=[
            (
                "column payments_made_60d of train",
                "d4",
                0.5,
                "An honest twin: every late report had arrived by the decision.",
                "Many events behind this column have recorded_at well after event_time, so it must be using the future.",
            ),
            (
                "column tenure_days of train",
                None,
                0.35,
                "Nothing is wrong with this column: it agrees with its definition on both paths.",
                "Suspiciously predictive.",
            ),
        ],
        keeps=[("column refunds_28d_cents of serving_log", 0.7)],
        behaviour={
            "leak_reliance": (
                scored,
                0.62,
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): retention_calls_30d: 2%; minutes_watched_28d: 41%.",
                {"full": 0.1, "none": 0.5, "inherited": 1.0, "f1": 0.02, "f3": 0.41, "worst": 0.41},
            ),
            "training_reliance": (
                scored,
                0.55,
                "Trained on repaired data, the production ranks move by 28% of what the inherited pipeline's move; full marks up to 10%, none "
                "from 50%.",
                {"value": 0.28, "full": 0.1, "none": 0.5, "inherited": 1.0, "ranks": 0.023, "ranks_inherited": 0.072, "ranks_noise": 0.004},
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
                "Our instrument failed at validate_duplicates (the machine was too busy): not scored, no points lost, its share goes to the "
                "other parts.",
                {},
            ),
            "skew_cost": (
                scored,
                1.0,
                "Serving costs 0.0021 of the metric against the same requests with the online path repaired; full marks up to 0.0052, none from "
                "0.0341.",
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
                ClaimResult(
                    id="mine", title="Claim for the own pipeline", metric="roc_auc", point=0.745, low=0.728, high=0.762, truth=0.731, loss=0.21
                ),
                1.0,
                Outcome.SCORED,
                "The result lies inside the stated range, 0.014 below the point.",
            ),
            (
                ClaimResult(
                    id="inherited",
                    title="Claim for the pipeline as handed over",
                    metric="roc_auc",
                    point=0.71,
                    low=0.68,
                    high=0.74,
                    truth=0.655,
                    loss=1.48,
                ),
                0.29,
                Outcome.SCORED,
                "The result lies 0.025 below the stated range.",
            ),
        ],
        skill=0.84,
        memo=(
            "To the head of retention\n\nTrust the new ranking, not the old headline score: the old holdout shared six hundred rows with the "
            "training data.\n\n"
            "- Retention calls were counted after the decision; I cut the window.\n- Mobile spend arrives in whole units; I convert it.\n\n"
            "After launch, watch the share of requests by source and compare fifty served requests a week with the raw events."
        ),
        verdict_reason="51.47 lies within one standard error of measurement (10) of the pass mark 60: use the second form or the oral part.",
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
    return build(
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
                "Reliance on each leak, against the inherited pipeline's (full marks up to 10%): viewings_after_offer_30d: 0%; "
                "searches_area_28d: -1%.",
                {"full": 0.1, "none": 0.5, "inherited": 1.0, "f1": 0.003, "f3": -0.011, "worst": 0.003},
            ),
            "training_reliance": (
                scored,
                1.0,
                "Trained on repaired data, the production ranks move by 3% of what the inherited pipeline's move; full marks up to 10%, none "
                "from 50%.",
                {"value": 0.03, "full": 0.1, "none": 0.5, "inherited": 1.0, "ranks": 0.006, "ranks_inherited": 0.072, "ranks_noise": 0.004},
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
                "Serving costs 310.0000 of the metric against the same requests with the online path repaired; full marks up to 190.0000, none "
                "from 790.0000.",
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
                ClaimResult(
                    id="mine",
                    title="Claim for the own pipeline",
                    metric="mae",
                    point=24_100.0,
                    low=23_200.0,
                    high=25_000.0,
                    truth=24_480.0,
                    loss=0.16,
                ),
                0.97,
                Outcome.SCORED,
                "The result lies inside the stated range.",
            ),
            (
                ClaimResult(
                    id="inherited",
                    title="Claim for the pipeline as handed over",
                    metric="mae",
                    point=33_000.0,
                    low=31_000.0,
                    high=35_000.0,
                    truth=34_250.0,
                    loss=0.3,
                ),
                0.86,
                Outcome.SCORED,
                "The result lies inside the stated range.",
            ),
        ],
        skill=0.96,
        memo="Expect errors of about 24,000 on homes like last quarter's. Do not use it for new buildings.\n\nI would retrain when the weekly "
        "error passes 27,000.",
        verdict_reason="83.04 lies more than one standard error of measurement (10) above the pass mark 60.",
        questions=(
            "Your range for the inherited pipeline was wide. What would you need to make it narrower?",
            "Which of your seven findings are you least sure of, and why?",
        ),
    )


SAMPLES = {"poor": poor, "middling": middling, "strong": strong}
