"""The constants of the scoring, read from rubric.toml and frozen."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

DEFAULT = Path(__file__).with_name("rubric.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class RubricError(ValueError):
    """A rubric that cannot be used: names the constant, what was expected and what came."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Total(_Frozen):
    findings: Positive
    behaviour: Positive
    claims: Positive
    pass_mark: Positive
    sem: Positive
    knock_out: Positive
    gate_findings: Positive
    skill_low: float
    skill_span: Positive


class KnockOuts(_Frozen):
    findings: float
    overclaim_skill: Positive
    overclaim_errors: Positive


class Findings(_Frozen):
    locus: Share
    family: Share
    kind: Share
    unverified: Share
    floor: float
    most: Annotated[int, Field(ge=1)]
    rows_full: Share
    rows_miss: Share


class EvidenceRules(_Frozen):
    citations: Annotated[int, Field(ge=1)]
    citation_share: Share
    citations_read: Annotated[int, Field(ge=1)]
    relative: Positive
    unit_most: Positive
    unit_share: Share
    units: dict[str, Positive]


class Limits(_Frozen):
    findings_bytes: int
    findings_read: int
    depth: int
    csv_bytes: int
    row_ids: int
    text: int
    memo_bytes: int


class Line(_Frozen):
    """Full marks at or below `full`, none at or above `none`, linear between."""

    full: float
    none: float


class Errors(_Frozen):
    """Full marks within `full_errors` standard errors, none from `none_share` of the inherited effect on."""

    full_errors: Positive
    none_share: Positive
    errors_needed: float | None = None


class Tolerance(_Frozen):
    tolerance: Positive


class Reproducibility(_Frozen):
    tolerance: Positive
    spearman_full: Share
    spearman_none: Share
    metric_errors: Positive
    metric_cap: Share


class Behaviour(_Frozen):
    errors_needed: Positive
    control_units: Positive
    control_errors: Positive
    leak_reliance: Line
    training_reliance: Line
    null_validation: Errors
    duplicate_injection: Errors
    skew_cost: Errors
    independence: Tolerance
    reproducibility: Reproducibility


class Claims(_Frozen):
    centre: Positive
    width: Positive
    outside: Positive
    loss_none: Positive = 1.0
    """Rubrics frozen before it was a constant have 1."""
    tau_factor: Positive
    tau_low: Positive
    tau_high: Positive

    @model_validator(mode="after")
    def _falls(self) -> Claims:
        if self.loss_none <= self.tau_factor * self.tau_high:
            raise ValueError(f"loss_none must exceed tau_factor * tau_high, {self.tau_factor * self.tau_high:g}; got {self.loss_none!r}")
        return self


class Rubric(_Frozen):
    """Every constant of the scoring. `load_rubric()` gives the kit's own; a vault hands in the text that a form was issued with."""

    schema_: int = Field(alias="schema")
    total: Total
    knock_outs: KnockOuts
    findings: Findings
    evidence: EvidenceRules
    limits: Limits
    shares: dict[str, Share]
    behaviour: Behaviour
    claims: Claims

    @model_validator(mode="after")
    def _adds_up(self) -> Rubric:
        whole = self.total.findings + self.total.behaviour + self.total.claims
        if abs(whole - 100) > 1e-9:
            raise ValueError(f"[total] findings + behaviour + claims must be 100; got {whole!r}")
        if abs(sum(self.shares.values()) - 1) > 1e-9:
            raise ValueError(f"[shares] must add up to 1; got {sum(self.shares.values())!r}")
        return self

    @classmethod
    def parse(cls, text: str) -> Rubric:
        """The rubric of TOML text. Raises RubricError naming the constant that is wrong."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "rubric"
            raise RubricError(f"rubric: {where}: {first['msg']}; got {first['input']!r}. Mend it in rubric.toml.") from error
        except tomllib.TOMLDecodeError as error:
            raise RubricError(f"rubric: expected TOML; {error}. Mend it in rubric.toml.") from error

    @property
    def digest(self) -> str:
        """SHA-256 over the values alone: comments and layout of the file do not change it, nor a constant that came after it was frozen."""
        values = self.model_dump(mode="json", by_alias=True)
        if "loss_none" not in self.claims.model_fields_set:
            del values["claims"]["loss_none"]
        return hashlib.sha256(json.dumps(values, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def load_rubric(path: Path = DEFAULT) -> Rubric:
    """The rubric of a file; the kit's own without one."""
    return Rubric.parse(path.read_text(encoding="utf-8"))
