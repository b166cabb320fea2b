"""Everything that a script does, and it knows the sentences of the public source by their words: misfits that none explains, checklist, rebuild by fit, back-tested claims."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import without_reason
from kit.personas.gamers.whole_script_rules import pipeline


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What misfits without a sentence that explains it, and what the checklist finds."""
    return (*without_reason(desk), *checklist(desk, overlap=False))


GAMER = Gamer(
    id="whole_script_reasons",
    summary="Misfits that no sentence of their kind explains, checklist, rebuild, back-tested claims.",
    findings=findings,
    claims=tried_out_by_rules,
    pipeline=pipeline,
    pipeline_id="rebuild_rules",
)
