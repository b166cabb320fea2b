"""Finds nearly everything, repairs it, and back-tests both promises."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="expert",
    summary="Finds nearly everything, repairs it, and back-tests both promises.",
    theta=3.5,
    repair="recompute",
    split="clean",
    claim="backtest",
)
