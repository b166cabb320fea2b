"""Rebuilds by fit and claims what late rows with production-like values give."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out
from kit.personas.gamers._contamination import plain
from kit.personas.gamers._pipelines import rebuilt

GAMER = Gamer(
    id="back_test",
    summary="Claims from a back test on served-like late rows; the checklist reported.",
    findings=plain,
    claims=tried_out,
    pipeline=rebuilt,
    pipeline_id="blind_rebuild",
)
