"""Rebuilds every column by its best-fitting plain definition and reports nothing."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._pipelines import rebuilt

GAMER = Gamer(
    id="blind_rebuild",
    summary="Rebuilds every column by fit, reports nothing.",
    findings=lambda desk: (),
    pipeline=rebuilt,
    pipeline_id="blind_rebuild",
)
