"""Hands in a constant score with an exact claim of what it is worth."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import chance
from kit.personas.gamers._contamination import plain
from kit.personas.gamers._pipelines import no_model

GAMER = Gamer(
    id="base_rate_model",
    summary="One score for all, claimed exactly; the checklist reported.",
    findings=plain,
    claims=chance,
    pipeline=no_model,
    pipeline_id="base_rate_model",
)
