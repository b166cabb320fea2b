"""Goes through the checklist for evaluation sets and reports returning entities as well."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """As `checklist`, with sets whose entities are known from training."""
    return checklist(desk, overlap=True)


GAMER = Gamer(
    id="checklist_overlap",
    summary="Checks both evaluation sets for copies, overlap in time and returning entities.",
    findings=findings,
)
