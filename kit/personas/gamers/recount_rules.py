"""Tries every rule that the kit's public source knows on every column, and calls guilty what none of them explains."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import unexplained

GAMER = Gamer(id="recount_rules", summary="Recounts with every known rule tried by fit; what none explains is guilty.", findings=unexplained)
