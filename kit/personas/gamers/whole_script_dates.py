"""Everything that a script does, and it reads the dates of DATA.md: guilty is what misfits without an excuse."""

from __future__ import annotations

from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._suspects import without_excuse

GAMER = by_rules(
    id="whole_script_dates", summary="Misfits that no sentence's dates excuse, checklist, rebuild, back-tested claims.", suspects=without_excuse
)
