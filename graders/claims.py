"""What claims earn: how near the promised production score is to the real one, and how honest the interval.

In skill units, for point c, 80% interval [l, u] and result y:  L = 2|c - y| + (u - l) + 10 (l - y)+ + 10 (y - u)+ , and a claim earns
(N - L) / (N - 5.1 tau), cut to [0, 1]: nothing from the loss N on, in full up to 5.1 tau. tau is the claim error of the reference itself on
this form. N and every other constant is the rubric's.
"""

from __future__ import annotations

from dataclasses import dataclass

from graders.findings import Claim, Findings
from graders.key import Key
from graders.model import ClaimResult, Outcome, Part
from graders.probes import Production, signed, units
from graders.rubric import Claims as Rules
from graders.rubric import Rubric

TITLES = {"mine": "Claim for the own pipeline", "inherited": "Claim for the pipeline as handed over"}


@dataclass(frozen=True, kw_only=True)
class ScoredClaims:
    """Both claims: parts whose shares are settled, results for the report, and whether the own claim promised far too much."""

    parts: tuple[Part, ...]
    results: tuple[ClaimResult, ...]
    overclaim: str | None
    """The knock-out in words, if it is one."""


def claim_loss(point: float, low: float, high: float, result: float, rules: Rules) -> float:
    """L of a claim; all four numbers in skill units."""
    outside = max(0.0, low - result) + max(0.0, result - high)
    return rules.centre * abs(point - result) + rules.width * (high - low) + rules.outside * outside


def claim_credit(loss: float, tau: float, rules: Rules) -> float:
    """C of a claim with this loss."""
    tau = min(rules.tau_high, max(rules.tau_low, tau))
    return min(1.0, max(0.0, (rules.loss_none - loss) / (rules.loss_none - rules.tau_factor * tau)))


def score_claims(found: Findings, produced: Production, key: Key, rubric: Rubric) -> ScoredClaims:
    """The claims against what production gave."""
    reference = key.truth.reference
    ours = produced.value is None and bool(produced.faults)
    truths = {"mine": produced.value, "inherited": reference.m_inherited}
    parts: list[Part] = []
    results: list[ClaimResult] = []
    for id, truth in truths.items():
        claim = found.claims.get(id)
        part, loss = _part(id, claim, truth, ours and id == "mine", found.problems.get(id, ""), key, rubric)
        parts.append(part)
        point, low, high = (claim.point, claim.low, claim.high) if claim else (None, None, None)
        truth = None if truth is None else round(truth, 6)
        results.append(
            ClaimResult(id=id, title=TITLES[id], metric=key.truth.metric, point=point, low=low, high=high, truth=truth, loss=loss),
        )
    return ScoredClaims(parts=tuple(parts), results=tuple(results), overclaim=_overclaim(found.claims.get("mine"), produced, key, rubric))


def _part(id: str, claim: Claim | None, truth: float | None, ours: bool, problem: str, key: Key, rubric: Rubric) -> tuple[Part, float | None]:
    """One claim as a part whose share is 1 when it counts and 0 when it does not, and its loss."""

    def part(outcome: Outcome, earned: float, reason: str, share: float = 1.0, **measured: float | None) -> Part:
        return Part(id=id, title=TITLES[id], outcome=outcome, earned=earned, share=share, points=0.0, possible=0.0, reason=reason, measured=measured)

    if ours:
        reason = "Our instrument gave no production score, so this claim is not scored and its share goes to the other."
        return part(Outcome.INSTRUMENT_FAULT, 0.0, reason, share=0.0), None
    if claim is None:
        return part(Outcome.NOT_SCORABLE, 0.0, problem or f"No [claim.{id}] was handed in."), None
    if truth is None:
        return part(Outcome.NOT_SCORABLE, 0.0, "The pipeline scored nothing in production, so there is nothing to hold the claim against."), None
    rules = rubric.claims
    point, result = units(key, claim.point), units(key, truth)
    low, high = sorted((units(key, claim.low), units(key, claim.high)))
    loss = claim_loss(point, low, high, result, rules)
    tau = min(rules.tau_high, max(rules.tau_low, key.truth.reference.tau))
    earned = claim_credit(loss, tau, rules)
    where = "inside the interval" if low <= result <= high else "outside of the interval"
    reason = (
        f"Promised {claim.point:.4g} [{claim.low:.4g}, {claim.high:.4g}], production gave {truth:.4g}, {where}: the point is "
        f"{abs(point - result):.2f} skill units off, the interval {high - low:.2f} wide. "
        f"Full marks up to a loss of {rules.tau_factor * tau:.2f}, none from {rules.loss_none:g}; it is {loss:.2f}."
    )
    return part(Outcome.SCORED, earned, reason, loss=loss, tau=tau, point=point, low=low, high=high, result=result), round(min(loss, 1e9), 6)


def _overclaim(claim: Claim | None, produced: Production, key: Key, rubric: Rubric) -> str | None:
    """The overclaim in words: the promised score is above the delivered one by more than chance and by more than a quarter."""
    if claim is None or produced.value is None:
        return None
    rules, metric = rubric.knock_outs, key.truth.metric
    excess = units(key, claim.point) - units(key, produced.value)
    errors = (signed(metric, claim.point) - signed(metric, produced.value)) / key.truth.reference.metric_se
    if excess <= rules.overclaim_skill or errors <= rules.overclaim_errors:
        return None
    return f"overclaim: production delivers {min(excess, 1e6):.2f} skill units less than was promised for the own pipeline"
