"""Reads the dates of DATA.md by pattern: guilty is what misfits at decisions that no sentence speaks of."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import without_excuse

GAMER = Gamer(
    id="recount_dates",
    summary="Recounts by the rule that fits; what misfits where no sentence of DATA.md names the days is guilty.",
    findings=without_excuse,
)
