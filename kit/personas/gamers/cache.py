"""Averages its scores with whatever an earlier call could leave behind."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._pipelines import finished
from kit.personas.gamers._suspects import unfit

GAMER = Gamer(
    id="cache",
    summary="Averages scores across calls; reports what does not recount.",
    findings=unfit,
    pipeline=finished("finish_cache.py"),
    pipeline_id="cache",
    contained=True,
)
