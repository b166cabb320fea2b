"""Builds a sample scorecard whose totals, shares and losses are worked out from its parts, so that losses and total make 100."""

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
    """Values, given and honest, of a fault and its twin."""
    rng = np.random.Generator(np.random.PCG64(seed))
    if kind == "category":
        words = np.array(["basic", "family", "student", "premium"])
        honest = words[rng.integers(0, 4, 24)]
        given = np.where(rng.random(24) < 0.3, words[rng.integers(0, 4, 24)], honest)
        return {"given": [*given.tolist()], "honest": [*honest.tolist()], "twin_given": [*honest.tolist()], "twin_honest": [*honest.tolist()]}
    if kind == "money":
        honest_n = np.round(rng.lognormal(9.0, 0.8, 24)).astype(float)
        given_n = np.where(rng.random(24) < 0.4, np.round(honest_n / 100, 2), honest_n)
        twin = np.round(rng.lognormal(8.8, 0.7, 24)).astype(float)
    else:
        honest_n = rng.poisson(4, 24).astype(float)
        given_n = honest_n + rng.poisson(1.4, 24) * (rng.random(24) < 0.6)
        twin = rng.poisson(4, 24).astype(float)
    given_list: list[float | str | None] = [float(v) for v in given_n]
    if kind == "gaps":
        given_list[::7] = [None] * len(given_list[::7])
    return {
        "given": given_list,
        "honest": [float(v) for v in honest_n],
        "twin_given": [float(v) for v in twin],
        "twin_honest": [float(v) for v in twin],
    }


def _locus(fault: dict[str, Any]) -> str:
    return str(fault.get("locus") or f"column {fault['column']} of {fault.get('table', 'train')}")


def build(
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
        losses.append(
            Loss(
                section="findings", points=share * 2 * p**3, reason=f"False alarm: {locus}, stated with confidence {p:.2f}.", ref=f"finding {number}"
            )
        )
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
    alarms = [loss for loss in losses if loss.ref.startswith("finding ")]
    left = 45 - sum(loss.points for loss in losses if loss not in alarms)
    spared = min(1.0, left / sum(loss.points for loss in alarms)) if alarms else 1.0
    losses = [replace(loss, points=loss.points * spared) if loss in alarms else loss for loss in losses]
    use = 0.0 if skill is None else min(1.0, max(0.0, (skill - 0.3) / 0.5))
    gate = max(0.0, min(1.0, fraction)) * use

    counted = {
        part: s for part, (s, _) in SHARES.items() if behaviour[part][0] is not Outcome.INSTRUMENT_FAULT and behaviour[part][3].get("counts", 1) == 1
    }
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
            losses.append(Loss(section="gate", points=value * (1 - gate), reason=reason, ref=f"{section}_findings_gate"))
    raw_total = 45 * fraction + gate * (30 * b + 25 * c)
    total = min(100.0, max(0.0, raw_total))
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
        findings=Section(id="findings", title="What was found", fraction=fraction, points=45 * fraction, possible=45.0),
        behaviour=Section(id="behaviour", title="What the pipeline does", fraction=b, points=30 * b * gate, possible=30.0, parts=tuple(parts)),
        claims=Section(id="claims", title="What was promised", fraction=c, points=25 * c * gate, possible=25.0, parts=tuple(claim_parts)),
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
        calls=calls or ordinary_calls(),
        backend=backend
        or {"name": "bubblewrap", "level": "full", "protections": ["no network", "read-only system", "own process tree", "memory limit"]},
        notes=notes,
        needs_person=needs_person,
        memo=memo,
        questions=questions,
    )


def ordinary_calls() -> tuple[dict[str, Any], ...]:
    names = [
        "train_real",
        "train_again",
        "train_repaired",
        "validate_real",
        "validate_null",
        "validate_duplicates",
        "validate_control_a",
        "validate_control_b",
    ]
    names += [
        f"predict_real_p{batch}_{probe}"
        for batch in range(1, 5)
        for probe in ("served", "honest", "leak_f1", "leak_f3", "order", "part_a", "part_b", "late")
    ]
    return tuple({"name": name, "outcome": "ok", "message": "", "wall_s": 24.0 if name.startswith("train") else 2.5} for name in names)
