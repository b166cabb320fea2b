"""Everything that a script does, and it knows the sentences of the public source by their words: guilty is what none explains."""

from __future__ import annotations

from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._suspects import without_reason

GAMER = by_rules(
    id="whole_script_reasons",
    summary="Misfits that no sentence of their kind explains, checklist, rebuild, back-tested claims.",
    suspects=without_reason,
)
