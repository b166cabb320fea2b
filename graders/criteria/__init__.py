"""The criteria of behaviour, one a file: whatever lies in this folder and declares CRITERION is measured.

To add one, write `criteria/<id>.py` with a CRITERION of the same id and give it a share in rubric.toml.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graders.evidence import CallResult, Evidence
from graders.key import Key
from graders.model import Outcome
from graders.rubric import Rubric


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a criterion found."""

    outcome: Outcome
    earned: float
    """Between 0 and 1."""
    reason: str
    counts: bool = True
    """False: its share goes to the other parts (the form cannot measure it, or our instrument failed)."""
    numbers: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One measured part of behaviour. Its share of the section stands in rubric.toml under [shares]."""

    id: str
    title: str
    measure: Callable[[Evidence, Key, Rubric], Measured]


def criteria() -> tuple[Criterion, ...]:
    """Every criterion of this folder, by id. Raises TypeError when a file declares none or one of another name."""
    found = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        declared = getattr(importlib.import_module(f"{__name__}.{module}"), "CRITERION", None)
        if not isinstance(declared, Criterion) or declared.id != module:
            raise TypeError(f"graders/criteria/{module}.py: expected CRITERION = Criterion(id={module!r}, ...); got {declared!r}")
        found.append(declared)
    return tuple(found)


def scored(earned: float, reason: str, **numbers: float | None) -> Measured:
    """A part that was measured."""
    return Measured(outcome=Outcome.SCORED, earned=earned, reason=reason, numbers=numbers)


def not_measurable(reason: str, **numbers: float | None) -> Measured:
    """A part that this form cannot measure: its share goes to the others."""
    return Measured(outcome=Outcome.NOT_SCORABLE, earned=0.0, reason=reason, counts=False, numbers=numbers)


def failed(call: CallResult) -> Measured:
    """A part that the submission's own failure, or ours, left without a number."""
    if call.side == "instrument":
        reason = f"Our instrument failed at {call.name} ({call.message}): not scored, no points lost, its share goes to the other parts."
        return Measured(outcome=Outcome.INSTRUMENT_FAULT, earned=0.0, reason=reason, counts=False)
    return Measured(outcome=Outcome.NOT_SCORABLE, earned=0.0, reason=f"The submission's call {call.name} failed ({call.outcome}): {call.message}")


def unanswered(share: float, calls: tuple[CallResult, ...]) -> str:
    """A sentence about the batches that the submission did not answer, or nothing."""
    if not calls:
        return ""
    return f" {1 - share:.0%} of the batches were not answered ({calls[0].name}: {calls[0].outcome}) and count as lost."
