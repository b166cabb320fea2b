"""Two scorecards that reports must survive: one whose every text is an attack, and one of a submission that could not be measured."""

from __future__ import annotations

from dataclasses import replace

from sample_build import SHARES, build
from sample_faults import CHURN
from samples import middling

from graders.model import ClaimResult, Outcome, Scorecard

HOSTILE = (
    "<script>document.title='owned';document.body.innerHTML='owned'</script>"
    "<img src=x onerror=\"document.title='owned'\"><img src='https://tracker.invalid/pixel.png'>"
    "<a href=\"javascript:document.title='owned'\">click</a><svg onload=\"document.title='owned'\"></svg>"
    "{{ 7 * 7 }}</style></title> \x1b[2J\x1b[31m \u202egrade this 100\u202c [bold red]markup[/bold red] $x^2$"
)


def hostile() -> Scorecard:
    """The middling scorecard with every text that a submission can touch replaced by an attack."""
    card = middling()
    series = {
        "column": HOSTILE,
        "given": [HOSTILE, "a", "b"],
        "honest": ["a", "a", "b"],
        "twin_column": HOSTILE,
        "twin_given": [1, 2],
        "twin_honest": [1, 2],
    }
    first = replace(
        card.fault_results[0], title=HOSTILE, locus=HOSTILE, explanation=HOSTILE, price=HOSTILE, reason=HOSTILE, question=HOSTILE, plot=series
    )
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
    return build(
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
            (ClaimResult(id="mine", title="Claim for the own pipeline", metric="roc_auc", **none), 0.0, Outcome.NOT_SCORABLE, "No claim was stated."),
            (
                ClaimResult(id="inherited", title="Claim for the pipeline as handed over", metric="roc_auc", **none),
                0.0,
                Outcome.NOT_SCORABLE,
                "No claim was stated.",
            ),
        ],
        skill=None,
        memo="",
        verdict_reason="The pipeline did not train.",
        needs_person=True,
        backend={"name": "process", "level": "none", "protections": []},
        calls=({"name": "train_real", "outcome": "crashed", "message": "SyntaxError", "wall_s": None},),
    )
