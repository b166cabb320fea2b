"""Everything that a script does, and it reads the dates of DATA.md: misfits without an excuse, checklist, rebuild by fit, back-tested claims."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import without_excuse
from kit.personas.gamers.whole_script_rules import pipeline


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What misfits without an excuse, and what the checklist finds."""
    return (*without_excuse(desk), *checklist(desk, overlap=False))


GAMER = Gamer(
    id="whole_script_dates",
    summary="Misfits that no sentence's dates excuse, checklist, rebuild, back-tested claims.",
    findings=findings,
    claims=tried_out_by_rules,
    pipeline=pipeline,
    pipeline_id="rebuild_rules",
)
