"""Accuses columns whose definition, as known at the decision, holds on one path and not on the other."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import one_sided

GAMER = Gamer(id="recount_one_sided", summary="Recounts on the record clock; fitting on one path only is guilty.", findings=one_sided)
