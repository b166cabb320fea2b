"""Everything that a script does that was written from the kit's public source: rules tried by fit, checklist, rebuild, back-tested claims."""

from __future__ import annotations

from pathlib import Path

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._pipelines import rebuilt
from kit.personas.gamers._suspects import unexplained


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """What no known rule explains, and what the checklist finds."""
    return (*unexplained(desk), *checklist(desk, overlap=False))


def pipeline(desk: Desk, package: Path) -> None:
    """Every column by the definition and the rule that fit best."""
    rebuilt(desk, package, rules=True)


GAMER = Gamer(
    id="whole_script_rules",
    summary="Recount with every known rule tried, checklist, rebuild, back-tested claims.",
    findings=findings,
    claims=tried_out_by_rules,
    pipeline=pipeline,
    pipeline_id="rebuild_rules",
)
