"""Everything that a script does: gain over the recount for leaks, signatures for skews, checklist, rebuild by fit, back-tested claims."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import gaining, signed


def suspects(desk: Desk) -> tuple[Accusation, ...]:
    """What gains strength over its recount, and what is served as a known fault would serve it."""
    return (*gaining(desk), *(accused for accused in signed(desk) if accused.table == "serving_log"))


GAMER = by_rules(
    id="whole_script_gain", summary="Gain over the recount, signatures of skew, checklist, rebuild, back-tested claims.", suspects=suspects
)
