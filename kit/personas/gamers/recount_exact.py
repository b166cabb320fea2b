"""Guilty is what a known fault's computation brings out to the last cell."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import exact

GAMER = Gamer(id="recount_exact", summary="Recounts with every known fault; what comes out to the last cell is guilty.", findings=exact)
