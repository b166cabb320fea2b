"""Everything that a script does that was written from the kit's public source, convicting by the signatures of its mechanisms."""

from __future__ import annotations

from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._suspects import signed

GAMER = by_rules(id="whole_script_signs", summary="Recount with every known rule and fault, checklist, rebuild, back-tested claims.", suspects=signed)
