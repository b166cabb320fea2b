"""Adds noise to its scores so that reliance is hard to measure."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._pipelines import finished
from kit.personas.gamers._suspects import unfit

GAMER = Gamer(
    id="noise",
    summary="Adds noise to its scores; reports what does not recount.",
    findings=unfit,
    pipeline=finished("finish_noise.py"),
    pipeline_id="noise",
)
