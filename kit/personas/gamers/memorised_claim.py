"""Rebuilds by fit and claims what other forms gave."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import typical
from kit.personas.gamers._contamination import plain
from kit.personas.gamers._pipelines import rebuilt

GAMER = Gamer(
    id="memorised_claim",
    summary="Claims what other forms gave; the checklist reported.",
    findings=plain,
    claims=typical,
    pipeline=rebuilt,
    pipeline_id="blind_rebuild",
)
