"""Knows the signature of every public mechanism: guilty is what a fault explains and no honest rule does."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import signed

GAMER = Gamer(
    id="recount_signs", summary="Recounts with every known rule and fault; what a fault explains and no rule does is guilty.", findings=signed
)
