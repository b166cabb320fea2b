"""Everything that a script does that was written from the kit's public source: what no known rule explains is guilty."""

from __future__ import annotations

from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._suspects import unexplained

GAMER = by_rules(
    id="whole_script_rules", summary="Recount with every known rule tried, checklist, rebuild, back-tested claims.", suspects=unexplained
)
