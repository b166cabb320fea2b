"""Finds most faults, works the columns out anew, and promises its own validation."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="solid",
    summary="Finds most faults, works the columns out anew, and promises its own validation.",
    theta=1.5,
    repair="recompute",
    split="clean",
    claim="validated",
)
