"""Everything that a script does that was written from the kit's public source, convicting by the signatures of its mechanisms."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import signed
from kit.personas.gamers.whole_script_rules import pipeline


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What a known fault explains and no known rule does, and what the checklist finds."""
    return (*signed(desk), *checklist(desk, overlap=False))


GAMER = Gamer(
    id="whole_script_signs",
    summary="Recount with every known rule and fault, checklist, rebuild, back-tested claims.",
    findings=findings,
    claims=tried_out_by_rules,
    pipeline=pipeline,
    pipeline_id="rebuild_rules",
)
