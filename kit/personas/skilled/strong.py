"""Misses a subtle fault now and then, repairs the rest, and back-tests both promises."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="strong",
    summary="Misses a subtle fault now and then, repairs the rest, and back-tests both promises.",
    theta=2.5,
    repair="recompute",
    split="clean",
    claim="backtest",
)
