"""Finds some easy faults, drops those columns, and promises what the holdout says."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="beginner",
    summary="Finds some easy faults, drops those columns, and promises what the holdout says.",
    theta=-0.5,
    repair="drop",
    split="holdout",
    claim="holdout",
)
