"""Prints from `validate` that there is no skill, whatever the data."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._pipelines import finished
from kit.personas.gamers._suspects import unfit

GAMER = Gamer(
    id="lying_validate",
    summary="Prints a constant from `validate`; reports what does not recount.",
    findings=unfit,
    pipeline=finished("finish_constant.py"),
    pipeline_id="lying_validate",
)
