"""Grading: from recorded evidence and a key to a scorecard. Pure: runs nothing, and the same evidence always gives the same bytes.

    T = clip(45 F + F U (30 B + 25 C), 0, 100)

F are the findings, B the behaviour, C the claims; U opens with production skill: accuracy is a floor. Knock-outs hold T below the pass mark.
Every point that is not earned is a loss with a reason, and the losses and the total make 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graders.claims import ScoredClaims, score_claims
from graders.criteria import Measured, criteria
from graders.evidence import CallResult, Evidence, EvidenceFault
from graders.faults import fault_results
from graders.findings import Findings, read_findings
from graders.findings_score import Scored, score_findings, sensitivity
from graders.key import Key
from graders.losses import Exact, scaled, settle
from graders.model import FaultResult, Outcome, Part, Scorecard, Section
from graders.probes import Production, production, units
from graders.questions import questions
from graders.rubric import Rubric, RubricError
from graders.verdict import decide

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Points of the three sections. A section that our instruments left without any number gives its points to the others."""

    findings: float
    behaviour: float
    claims: float


@dataclass(frozen=True, kw_only=True)
class Gate:
    """What behaviour and claims are multiplied with."""

    findings: float
    """min(1, F / gate_findings)"""
    skill: float
    """U"""

    @property
    def value(self) -> float:
        return self.findings * self.skill


def grade(evidence: Evidence, key: Key, *, rubric: Rubric) -> Scorecard:
    """The scorecard of one submission. Raises VaultFault or EvidenceFault when the form or the record cannot be used: our doing, never its."""
    if evidence.takehome != key.truth.id:
        raise EvidenceFault(f"the evidence is of take-home {evidence.takehome!r}, the key of {key.truth.id!r}. Grade it against its own form.")
    found = read_findings(evidence.findings_path, rubric.limits)
    scored = score_findings(found, key, rubric)
    produced = production(evidence, key)
    broken = _broken(evidence, produced)
    parts = _behaviour(evidence, key, rubric, broken)
    claimed = score_claims(found, produced, key, rubric)
    if broken:
        claimed = replace(claimed, parts=tuple(_void(p, broken) for p in claimed.parts))
    weights = _weights(parts, claimed.parts, rubric)
    skill = None if produced.value is None else produced.answered * units(key, produced.value)
    gate = _gate(scored.fraction, skill, bool(broken), rubric)
    behaviour = _section("behaviour", "What the pipeline does", parts, weights.behaviour, gate.value)
    claims = _section("claims", "What was promised", claimed.parts, weights.claims, gate.value)
    findings = Section(
        id="findings", title="What was found", fraction=round(scored.fraction, 6),
        points=round(weights.findings * scored.fraction, 2), possible=weights.findings,
    )  # fmt: skip
    exact = weights.findings * scored.fraction + gate.value * (_fraction(parts) * weights.behaviour + _fraction(claimed.parts) * weights.claims)
    capped = min(100.0, max(0.0, exact))
    knock_outs = _knock_outs(scored, claimed, rubric)
    held = min(capped, rubric.total.knock_out) if knock_outs else capped
    total = round(held, 2)
    faults = fault_results(scored, key, weights.findings)
    decision = decide(total, knock_outs, broken, produced, rubric)
    losses = [
        *_findings_losses(scored, faults, weights.findings),
        *_part_losses("behaviour", parts, weights.behaviour, gate, skill, rubric),
        *_part_losses("claims", claimed.parts, weights.claims, gate, skill, rubric),
        Exact(section="knock_out", points=capped - held, reason=f"Held at {rubric.total.knock_out:g}: {'; '.join(knock_outs)}.", ref="knock_out"),
    ]
    return Scorecard(
        schema=SCHEMA, takehome=key.truth.id, scenario=key.truth.scenario, title=key.truth.title, form=key.truth.form, level=key.truth.level,
        metric=key.truth.metric, kit_version=evidence.kit_version, rubric=rubric.digest, submission_sha256=evidence.submission_sha256,
        total=total, verdict=decision.verdict, verdict_reason=decision.reason, pass_mark=rubric.total.pass_mark, sem=rubric.total.sem,
        knock_outs=knock_outs, production_skill=None if skill is None else _plain(skill), gate=round(gate.value, 6),
        findings=findings, behaviour=behaviour, claims=claims, finding_results=scored.results,
        fault_results=faults, claim_results=claimed.results, sensitivity=sensitivity(scored, key),
        losses=settle(total, losses), backend=evidence.backend,
        calls=tuple({"name": c.name, "outcome": c.outcome, "message": c.message, "wall_s": c.wall_s} for c in evidence.calls),
        notes=_notes(evidence, found, scored, parts, claimed, produced), needs_person=decision.needs_person,
        memo=evidence.memo(rubric.limits.memo_bytes), questions=questions(faults, scored.results, claimed.results),
    )  # fmt: skip


def _broken(evidence: Evidence, produced: Production) -> str | None:
    """Why there is no pipeline to judge: it does not train, or predicts nothing; None while it does, or when the fault is ours."""
    train = evidence.call("train_real")
    lost = train if train.side == "submission" else produced.failed[0] if produced.failed and produced.value is None and not produced.faults else None
    return (
        None
        if lost is None
        else f"The pipeline does not {'train' if lost is train else 'predict'}: {lost.name} failed ({lost.outcome}): {lost.message}"
    )


def _behaviour(evidence: Evidence, key: Key, rubric: Rubric, broken: str | None) -> tuple[Part, ...]:
    """Every criterion measured, with the shares of those that do not count given to the others."""
    declared = criteria()
    if set(rubric.shares) != {c.id for c in declared}:
        raise RubricError(f"rubric: shares: expected one for each of {', '.join(c.id for c in declared)}; got {', '.join(sorted(rubric.shares))}")
    parts = []
    for criterion in declared:
        measured = criterion.measure(evidence, key, rubric)
        share = rubric.shares[criterion.id] if measured.counts else 0.0
        part = _part(criterion.id, criterion.title, share, measured)
        parts.append(_void(part, broken) if broken else part)
    return tuple(parts)


def _part(id: str, title: str, share: float, measured: Measured) -> Part:
    return Part(
        id=id, title=title, outcome=measured.outcome, earned=measured.earned, share=share, points=0.0, possible=0.0, reason=measured.reason,
        measured=dict(measured.numbers),
    )  # fmt: skip


def _void(part: Part, why: str) -> Part:
    """A part of a pipeline that does not run: nothing is earned, whatever else was measured."""
    return part if part.share == 0 else replace(part, outcome=Outcome.NOT_SCORABLE, earned=0.0, reason=why)


def _fraction(parts: Sequence[Part]) -> float:
    """B or C: what was earned over the shares that count."""
    whole = sum(p.share for p in parts)
    return sum(p.earned * p.share for p in parts) / whole if whole else 0.0


def _weights(behaviour: Sequence[Part], claims: Sequence[Part], rubric: Rubric) -> Weights:
    total = rubric.total
    b, c = any(p.share for p in behaviour), any(p.share for p in claims)
    if b and c:
        return Weights(findings=total.findings, behaviour=total.behaviour, claims=total.claims)
    rest = total.behaviour + total.claims
    return Weights(findings=total.findings if b or c else total.findings + rest, behaviour=rest if b else 0.0, claims=rest if c else 0.0)


def _gate(f: float, skill: float | None, broken: bool, rubric: Rubric) -> Gate:
    """The findings gate and the accuracy floor. Where our own fault left no production score the floor stays open."""
    total = rubric.total
    opened = 0.0 if broken else 1.0 if skill is None else min(1.0, max(0.0, (skill - total.skill_low) / total.skill_span))
    return Gate(findings=min(1.0, max(0.0, f / total.gate_findings)), skill=opened)


def _section(id: str, title: str, parts: Sequence[Part], possible: float, gate: float) -> Section:
    whole = sum(p.share for p in parts)
    settled = []
    for p in parts:
        share = p.share / whole if whole else 0.0
        worth = possible * share
        numbers = {name: None if value is None else _plain(value) for name, value in p.measured.items()}
        settled.append(
            replace(
                p,
                share=round(share, 6),
                earned=round(p.earned, 6),
                points=round(worth * p.earned * gate, 2),
                possible=round(worth, 2),
                measured=numbers,
            )
        )
    fraction = _fraction(parts)
    return Section(
        id=id, title=title, fraction=round(fraction, 6), points=round(possible * fraction * gate, 2), possible=possible, parts=tuple(settled)
    )


def _knock_outs(scored: Scored, claimed: ScoredClaims, rubric: Rubric) -> tuple[str, ...]:
    found = []
    if scored.fraction < rubric.knock_outs.findings:
        found.append(f"findings: F is {scored.fraction:.2f}, at least {rubric.knock_outs.findings:.2f} is needed")
    if claimed.overclaim:
        found.append(claimed.overclaim)
    return tuple(found)


def _findings_losses(scored: Scored, faults: Sequence[FaultResult], possible: float) -> list[Exact]:
    """One loss a fault for what it left, one a false accusation; the floor of the section spares the rest."""
    d = max(1, len(faults))
    missed = [
        Exact(section="findings", points=possible * (1 - scored.credits.get(f.id, 0.0)) / d, ref=f.id, reason=f"{f.title or f.locus}: {f.reason}")
        for f in faults
    ]
    left = possible - sum(e.points for e in missed)
    alarms = [
        Exact(
            section="findings",
            points=possible * scored.losses[r.number] / d,
            ref=f"finding {r.number}",
            reason=f"Finding {r.number} ({r.locus}): {r.reason}",
        )
        for r in scored.results
        if r.number in scored.losses
    ]
    return missed + scaled(alarms, left)


def _part_losses(section: str, parts: Sequence[Part], possible: float, gate: Gate, skill: float | None, rubric: Rubric) -> list[Exact]:
    """One loss a part for what it did not earn, and one for each gate that kept back what it did earn."""
    whole = sum(p.share for p in parts)
    if not whole:
        return []
    lost = [Exact(section=section, points=possible * p.share / whole * (1 - p.earned), ref=p.id, reason=f"{p.title}: {p.reason}") for p in parts]
    earned = possible * _fraction(parts)
    by_findings = (
        f"What the {section} earned counts {gate.findings:.0%}, as far as the findings go (in full from F = {rubric.total.gate_findings:g}): "
        "a repair without a diagnosis does not show the judgement asked for."
    )
    at = "nothing" if skill is None else f"{max(-9.99, skill):.2f}"
    by_skill = (
        f"What the {section} earned counts {gate.skill:.0%}, because the production skill is {at}; full from "
        f"{rubric.total.skill_low + rubric.total.skill_span:g} (1 is the honest reference)."
    )
    return [
        *lost,
        Exact(section="gate", points=earned * (1 - gate.findings), ref=f"{section}_findings_gate", reason=by_findings),
        Exact(section="gate", points=earned * gate.findings * (1 - gate.skill), ref=f"{section}_skill_gate", reason=by_skill),
    ]


def _notes(
    evidence: Evidence, found: Findings, scored: Scored, parts: Sequence[Part], claimed: ScoredClaims, produced: Production
) -> tuple[str, ...]:
    """What a reader must know, in a fixed order, nothing twice."""
    notes = [*evidence.notes, *found.notes, *scored.notes]
    notes += [f"{p.title}: {p.reason}" for p in (*parts, *claimed.parts) if p.outcome is Outcome.INSTRUMENT_FAULT]
    ours: list[CallResult] = [c for c in evidence.calls if c.side == "instrument"]
    if ours:
        notes.append(f"Instrument faults, which cost no points: {', '.join(c.name for c in ours[:8])}{' ...' if len(ours) > 8 else ''}.")
    if produced.failed and produced.value is not None:
        notes.append(f"{len(produced.failed)} production batches were not answered and count as the constant predictor in the accuracy floor.")
    unmeasured = [p.title for p in parts if p.share == 0 and p.outcome is Outcome.NOT_SCORABLE]
    if unmeasured:
        notes.append(f"This form cannot measure: {'; '.join(unmeasured)}. Their shares went to the other parts of behaviour.")
    return tuple(dict.fromkeys(notes))


def _plain(value: float) -> float:
    """A number for the scorecard: finite, six decimals, no negative zero."""
    return round(min(1e9, max(-1e9, value)), 6) + 0.0
