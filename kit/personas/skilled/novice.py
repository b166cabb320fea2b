"""Finds the loudest fault at best, believes the holdout and changes nothing."""

from __future__ import annotations

from kit.personas.skilled import Skilled

SKILLED = Skilled(
    id="novice",
    summary="Finds the loudest fault at best, believes the holdout and changes nothing.",
    theta=-1.5,
    repair="nothing",
    split="holdout",
    claim="holdout",
)
