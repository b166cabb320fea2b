"""Whatever tells more of the outcome than its own recount does is guilty: what a leak is, without a word of DATA.md."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import gaining

GAMER = Gamer(id="strength_gain", summary="What tells more of the outcome than its own recount does is guilty.", findings=gaining)
