"""Drops every column that the aware recount accuses, and reports them."""

from __future__ import annotations

from pathlib import Path

from kit.personas.gamers import Gamer
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._pipelines import without
from kit.personas.gamers._suspects import unfit


def pipeline(desk: Desk, package: Path) -> None:
    """Without the accused columns."""
    without(desk, package, [a.column for a in unfit(desk)])


GAMER = Gamer(
    id="drop_suspects",
    summary="Drops and reports every column that does not recount.",
    findings=unfit,
    pipeline=pipeline,
    pipeline_id="drop_suspects",
)
