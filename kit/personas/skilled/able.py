"""Finds the easy half, drops what is found, and promises its own validation."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="able",
    summary="Finds the easy half, drops what is found, and promises its own validation.",
    theta=0.5,
    repair="drop",
    split="clean",
    claim="validated",
)
