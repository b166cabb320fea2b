"""The nouns of grading: what is measured, what it earned, and why.

A Scorecard is the one thing that reports read. It is plain data: `to_json` and `from_json` lose nothing, and the same evidence
always gives the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import Enum, StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a criterion came out. An instrument fault is ours and never costs a point."""

    SCORED = "scored"
    NOT_SCORABLE = "not_scorable"
    INSTRUMENT_FAULT = "instrument_fault"


class Verdict(StrEnum):
    PASS = "pass"
    REFER = "refer"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One measured part of behaviour, or one claim: its share, what was measured, what it earned."""

    id: str
    """Name of the criterion file, or of the claim."""
    title: str
    outcome: Outcome
    earned: float
    """Between 0 and 1; 0 where nothing was scored."""
    share: float
    """Share of its section after the shares of parts that could not be measured were given to the others."""
    points: float
    """Points of the total that this part brought, after the gates."""
    possible: float
    """Points that it could have brought."""
    reason: str
    """One or two plain sentences: why this many points."""
    measured: dict[str, float | None] = field(default_factory=dict)
    """The numbers behind it, by name; `value`, `full`, `none` and `inherited` in one unit, the part's own."""


@dataclass(frozen=True, kw_only=True)
class FindingResult:
    """What became of one finding of the submission."""

    number: int
    """Position in findings.toml, from 1."""
    locus: str
    """The locus in words, e.g. `column calls_28d of train`."""
    verdict: str
    """`hit`, `false_alarm`, `neutral` (names something already found, or an opinion), `ignored` (past the 24th), `miss` (row set too far off)."""
    fault: str | None
    """The fault it names, if any."""
    decoy: str | None
    """The decoy that it accused, if any."""
    confidence: float
    credit: float
    """Credit (positive) or loss (negative), in finds."""
    verified: bool
    """Whether decisive evidence was checked and holds."""
    family_right: bool
    kind_right: bool
    reason: str
    why: str = ""
    """The candidate's own words."""


@dataclass(frozen=True, kw_only=True)
class FaultResult:
    """One planted fault: what it was, whether it was found, what it costs in production, its honest twin."""

    id: str
    mechanism: str
    family: str
    level: int
    locus: str
    title: str
    explanation: str
    trail: str
    price: str
    question: str
    found: bool
    credit: float
    """Best credit it earned, in finds (at most 1)."""
    lost_points: float
    """Points of the 45 that this fault left on the table."""
    reason: str
    twin: str
    """Id of the honest twin."""
    twin_title: str
    twin_locus: str
    twin_explanation: str
    twin_accused: bool
    plot: dict[str, Any] = field(default_factory=dict)
    """Small lists "given", "honest", "twin_given", "twin_honest", with the names in "column" and "twin_column"; {} for rows and splits."""


@dataclass(frozen=True, kw_only=True)
class ClaimResult:
    """One claim against what production really gave."""

    id: str
    """`mine` or `inherited`."""
    title: str
    metric: str
    point: float | None
    low: float | None
    high: float | None
    truth: float | None
    """What the pipeline scored on the hidden production batches."""
    loss: float | None
    """In skill units."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Findings, behaviour or claims: a fraction earned and the points it brought."""

    id: str
    title: str
    fraction: float
    """F, B or C: between -0.25 and 1 for findings, 0 and 1 for the others."""
    points: float
    possible: float
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Points lost, and why: the sum over all losses and the total make 100."""

    section: str
    points: float
    reason: str
    ref: str = ""
    """Id of the fault, part or claim that it belongs to."""


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Reported beside the findings score, not scored."""

    hits: int
    misses: int
    false_alarms: int
    decoys: int
    decoys_accused: int
    d_prime: float | None
    criterion: float | None
    calibration: tuple[tuple[float, bool], ...] = ()
    """(stated confidence, was it true) for each accusation."""


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """Everything a report says about one graded submission."""

    schema: int
    takehome: str
    scenario: str
    title: str
    form: str
    level: str
    metric: str
    kit_version: str
    rubric: str
    """Digest of the rubric that scored it."""
    submission_sha256: str
    total: float
    verdict: Verdict
    verdict_reason: str
    pass_mark: float
    sem: float
    """Standard error of measurement used for the referral band."""
    knock_outs: tuple[str, ...]
    production_skill: float | None
    """s, in skill units: 0 is the constant predictor, 1 the honest reference."""
    gate: float
    """min(1, F / gate_findings) * U: what behaviour and claims were multiplied with."""
    findings: Section
    behaviour: Section
    claims: Section
    finding_results: tuple[FindingResult, ...]
    fault_results: tuple[FaultResult, ...]
    claim_results: tuple[ClaimResult, ...]
    sensitivity: Sensitivity
    losses: tuple[Loss, ...]
    calls: tuple[dict[str, Any], ...]
    """name, outcome, message, wall_s of each call of the submission."""
    backend: dict[str, Any]
    """Sandbox: name, level, protections."""
    notes: tuple[str, ...]
    """Things a reader must know: instrument faults, needs a person to look, unsandboxed."""
    needs_person: bool = False
    memo: str = ""
    """The memo as submitted, for a person to judge; never scored."""
    questions: tuple[str, ...] = ()
    """Interview questions made from this candidate's own misses, false alarms, best hit and claim."""

    def to_json(self) -> str:
        """The scorecard as stable JSON text: sorted keys, two-space indent, final newline."""
        return json.dumps(asdict(self), indent=2, sort_keys=True, allow_nan=False, default=_plain) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Scorecard:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        raw["verdict"] = Verdict(raw["verdict"])
        for name in ("findings", "behaviour", "claims"):
            raw[name] = _section(raw[name])
        for name, kind in (("finding_results", FindingResult), ("fault_results", FaultResult), ("claim_results", ClaimResult), ("losses", Loss)):
            raw[name] = tuple(kind(**item) for item in raw[name])
        sensitivity = raw["sensitivity"]
        sensitivity["calibration"] = tuple((float(p), bool(y)) for p, y in sensitivity["calibration"])
        raw["sensitivity"] = Sensitivity(**sensitivity)
        for name in ("knock_outs", "notes", "questions", "calls"):
            raw[name] = tuple(raw[name])
        return cls(**raw)


def _section(raw: dict[str, Any]) -> Section:
    parts = tuple(Part(**{**part, "outcome": Outcome(part["outcome"])}) for part in raw["parts"])
    return Section(**{**raw, "parts": parts})


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a scorecard holds plain data only; got {value!r} of type {type(value).__name__}")
