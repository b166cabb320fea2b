"""Everything that a script does that was written from the kit's public source: rules tried by fit, checklist, rebuild, back-tested claims."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import tried_out_by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._pipelines import rebuilt


def by_rules(*, id: str, summary: str, suspects: Callable[[Desk], tuple[Accusation, ...]]) -> Gamer:
    """The gamer that accuses these suspects and what the checklist finds; all such gamers hand in one pipeline."""
    return Gamer(
        id=id,
        summary=summary,
        findings=lambda desk: (*suspects(desk), *checklist(desk, overlap=False)),
        claims=tried_out_by_rules,
        pipeline=_rebuilt,
        pipeline_id="rebuild_rules",
    )


def _rebuilt(desk: Desk, package: Path) -> None:
    """Every column by the definition and the rule that fit best."""
    rebuilt(desk, package, rules=True)
