"""Everything that a script does without reading, in one hand-in: recount, checklist, rebuild by fit, back-tested claims."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._pipelines import rebuilt
from kit.personas.gamers._suspects import one_sided


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What fits on one path only, and what the checklist finds."""
    return (*one_sided(desk), *checklist(desk, overlap=False))


GAMER = Gamer(
    id="whole_script",
    summary="One-sided recount, checklist, rebuild by fit, back-tested claims.",
    findings=findings,
    claims=tried_out,
    pipeline=rebuilt,
    pipeline_id="blind_rebuild",
)
