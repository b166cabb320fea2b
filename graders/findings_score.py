"""What findings earn: each accusation is matched with the fault it names, or with none, and paid by its confidence.

gain(p) = 3p^2 - 2p^3 when it is true, loss(p) = 2p^3 when it is not. A hit is worth more with the right family and the right kind, half
without decisive evidence, and for a set of rows as much as the set is right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

from graders.findings import Finding, Findings
from graders.key import Fault, Key, VaultFault
from graders.model import FindingResult, Sensitivity
from graders.proof import check
from graders.rubric import Rubric


def gain(p: float) -> float:
    """What a true accusation at confidence p earns, in finds."""
    return 3 * p * p - 2 * p**3


def loss(p: float) -> float:
    """What a false accusation at confidence p costs, in finds."""
    return 2 * p**3


@dataclass(frozen=True, kw_only=True)
class Scored:
    """The findings, scored."""

    results: tuple[FindingResult, ...]
    credits: dict[str, float]
    """Best credit of each fault that was found."""
    losses: dict[int, float]
    """Loss of each false accusation, by the number of its finding."""
    raw: float
    """(credit - loss) / faults, before the floor."""
    fraction: float
    """F."""
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a finding names."""

    fault: Fault | None = None
    decoy: str | None = None
    share: float = 1.0
    """How far a set of rows counts."""
    beside: Fault | None = None
    """A fault that it touches without naming it: another of its changed columns, or a few of its rows."""
    forgiven: Literal["no", "when found", "always"] = "no"
    """Whether touching that fault is neutral."""
    words: str = ""


def score_findings(found: Findings, key: Key, rubric: Rubric) -> Scored:
    """Every finding with its verdict, credit or loss; the fraction F; notes."""
    rules = rubric.findings
    accusations = sorted((f for f in found.findings if f.accuses), key=lambda f: (-f.confidence, f.number))
    kept, late = accusations[: rules.most], accusations[rules.most :]
    matches = {f.number: match(f, key, rubric) for f in kept}
    results: dict[int, FindingResult] = {f.number: _result(f, "neutral", "`keep` is an opinion, not an accusation.") for f in found.findings}
    for f in late:
        results[f.number] = _result(f, "ignored", f"Only the {rules.most} accusations with the highest confidence count.")
    credits: dict[str, float] = {}
    losses: dict[int, float] = {}

    naming: dict[str, list[Finding]] = defaultdict(list)
    for f in kept:
        fault = matches[f.number].fault
        if fault is not None:
            naming[fault.id].append(f)
    for fault in key.truth.faults:
        if fault.id not in naming:
            continue
        paid = [(f, _hit(f, fault, matches[f.number], key, rubric)) for f in naming[fault.id]]
        best, hit = max(paid, key=lambda pair: (pair[0].confidence, pair[1].credit, -pair[0].number))
        results[best.number] = hit
        credits[fault.id] = hit.credit
        for f, _ in paid:
            if f is not best:
                results[f.number] = _result(f, "neutral", f"Names the same fault as finding {best.number}, which counts.", fault=fault.id)

    blamed: dict[Hashable, int] = {}
    for f in kept:
        m = matches[f.number]
        if m.fault is not None:
            continue
        if m.beside is not None and (m.forgiven == "always" or (m.forgiven == "when found" and m.beside.id in credits)):
            results[f.number] = _result(f, "neutral", m.words, fault=m.beside.id)
        elif _place(f) in blamed:
            results[f.number] = _result(f, "neutral", f"Says the same as finding {blamed[_place(f)]}, which counts.", decoy=m.decoy)
        else:
            blamed[_place(f)] = f.number
            cost = loss(f.confidence)
            losses[f.number] = cost
            verdict = "miss" if f.locus.kind == "rows" and m.beside is not None else "false_alarm"
            reason = f"{m.words} At confidence {f.confidence:g} it costs {cost:.2f} finds."
            results[f.number] = _result(f, verdict, reason, credit=-cost, decoy=m.decoy)

    d = max(1, len(key.truth.faults))
    raw = (sum(credits.values()) - sum(losses.values())) / d
    notes = (f"{len(accusations)} accusations were made; the {rules.most} with the highest confidence count.",) if late else ()
    ordered = tuple(results[f.number] for f in found.findings)
    return Scored(results=ordered, credits=credits, losses=losses, raw=raw, fraction=min(1.0, max(rules.floor, raw)), notes=notes)


def match(finding: Finding, key: Key, rubric: Rubric) -> Match:
    """The fault that a finding names, or the decoy it accuses, or nothing."""
    locus = finding.locus
    if locus.kind == "column":
        for fault in key.truth.faults:
            if any(place.kind == "column" and place.column == locus.column for place in fault.loci):
                return Match(fault=fault)
        for fault in key.truth.faults:
            if locus.column in fault.changed:
                words = f"This column changes with another fault ({fault.title or fault.id}) but is not its place."
                return Match(beside=fault, forgiven="always", words=words)
        decoy = next((d for d in key.truth.decoys if d.locus.kind == "column" and d.locus.column == locus.column), None)
    else:
        named = [f for f in key.truth.faults if any(p.kind == locus.kind and p.table == locus.table for p in f.loci)]
        if locus.kind == "split" and named:
            return Match(fault=named[0])
        if named:
            return _rows(finding, named, key, rubric)
        decoy = next((d for d in key.truth.decoys if d.locus.kind != "column" and d.locus.table == locus.table), None)
    if decoy is not None:
        return Match(decoy=decoy.id, words=f"Honest, though it looks guilty: {decoy.title}.")
    exists = locus.kind != "column" or locus.column in key.truth.columns
    return Match(words="Nothing is wrong there." if exists else f"There is no column {locus.column!r} in this take-home.")


def _rows(finding: Finding, named: list[Fault], key: Key, rubric: Rubric) -> Match:
    """The row fault that a set of rows fits best."""
    ids = set(finding.locus.ids)
    fits = [(f1(ids, _truth(fault, finding.locus.table, key)), fault) for fault in named]
    value, fault = max(fits, key=lambda fit: fit[0])
    if value >= rubric.findings.rows_miss:
        return Match(fault=fault, share=min(1.0, value / rubric.findings.rows_full), words=f"the rows overlap with an F1 of {value:.2f}")
    words = f"Most of these rows are sound (F1 {value:.2f}, at least {rubric.findings.rows_miss:g} is needed)."
    return Match(beside=fault, forgiven="when found" if value > 0 else "no", words=words)


def _truth(fault: Fault, table: str, key: Key) -> set[str]:
    """The rows of a table that make the fault: its own set, or the other side of its pairs."""
    rows = key.truth.row_sets.get(fault.id)
    if rows is None:
        raise VaultFault(f"key.json: row_sets: expected the rows of {fault.id}, whose locus is a set of rows; there are none. Issue the form anew.")
    return set(rows.rows) if rows.table == table else {other for _, other in rows.pairs}


def f1(named: set[str], true: set[str]) -> float:
    """Agreement of two sets of rows: 2 x both / (named + true)."""
    return 2 * len(named & true) / (len(named) + len(true)) if named or true else 0.0


def _hit(finding: Finding, fault: Fault, m: Match, key: Key, rubric: Rubric) -> FindingResult:
    rules = rubric.findings
    family = finding.family == fault.family or finding.family in fault.siblings
    kind = finding.kind in (fault.mechanism, *fault.alike)
    place = rules.kind if kind else rules.family if family else rules.locus
    proof = check(finding, fault, key, rubric.evidence)
    credit = gain(finding.confidence) * place * (1.0 if proof.holds else rules.unverified) * m.share
    named = "right place, family and kind" if kind else "right place and family" if family else "right place, another family"
    words = [named, *([m.words] if m.words else []), ("evidence holds: " if proof.holds else "evidence does not hold: ") + proof.words]
    reason = f"{'; '.join(words)}. At confidence {finding.confidence:g} it earns {credit:.2f} finds."
    result = _result(finding, "hit", reason[0].upper() + reason[1:], credit=credit, fault=fault.id)
    return replace(result, verified=proof.holds, family_right=family, kind_right=kind)


def _result(finding: Finding, verdict: str, reason: str, *, credit: float = 0.0, fault: str | None = None, decoy: str | None = None) -> FindingResult:
    return FindingResult(
        number=finding.number, locus=finding.locus.words(), verdict=verdict, fault=fault, decoy=decoy, confidence=finding.confidence,
        credit=round(credit, 6), verified=False, family_right=False, kind_right=False, reason=reason, why=finding.why,
    )  # fmt: skip


def _place(finding: Finding) -> Hashable:
    """What makes two accusations the same: the column, whatever table it was named in; the split; the very rows."""
    locus = finding.locus
    return locus.column if locus.kind == "column" else (locus.kind, locus.table, frozenset(locus.ids))


def sensitivity(scored: Scored, key: Key) -> Sensitivity:
    """Hits, false alarms, d' and criterion over faults and decoys, and the stated confidences with what was true."""
    d, n = len(key.truth.faults), len(key.truth.decoys)
    hits = len(scored.credits)
    accused = {r.decoy for r in scored.results if r.decoy and r.verdict == "false_alarm"}
    d_prime = criterion = None
    if d and n:
        z = NormalDist().inv_cdf
        hit, alarm = z((hits + 0.5) / (d + 1)), z((len(accused) + 0.5) / (n + 1))  # half a case added: finite at none and at all
        d_prime, criterion = round(hit - alarm, 6), round(-(hit + alarm) / 2, 6)
    stated = tuple((r.confidence, r.verdict == "hit") for r in scored.results if r.verdict in ("hit", "false_alarm", "miss"))
    return Sensitivity(
        hits=hits, misses=d - hits, false_alarms=len(scored.losses), decoys=n, decoys_accused=len(accused), d_prime=d_prime,
        criterion=criterion, calibration=stated,
    )  # fmt: skip
