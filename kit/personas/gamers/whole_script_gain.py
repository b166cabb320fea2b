"""Everything that a script does: gain over the recount for leaks, signatures for skews, checklist, rebuild by fit, back-tested claims."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import gaining, signed
from kit.personas.gamers.whole_script_rules import pipeline


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What gains strength over its recount, what is served as a known fault would serve it, and what the checklist finds."""
    served = tuple(accused for accused in signed(desk) if accused.table == "serving_log")
    return (*gaining(desk), *served, *checklist(desk, overlap=False))


GAMER = Gamer(
    id="whole_script_gain",
    summary="Gain over the recount, signatures of skew, checklist, rebuild, back-tested claims.",
    findings=findings,
    claims=tried_out_by_rules,
    pipeline=pipeline,
    pipeline_id="rebuild_rules",
)
