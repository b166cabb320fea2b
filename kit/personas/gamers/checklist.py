"""Goes through the checklist for evaluation sets: copies and overlap in time."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._contamination import plain

GAMER = Gamer(id="checklist", summary="Checks both evaluation sets for copies and overlap in time.", findings=plain)
