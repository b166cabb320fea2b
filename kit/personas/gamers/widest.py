"""Claims an interval that cannot miss."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import boundless
from kit.personas.gamers._contamination import plain

GAMER = Gamer(
    id="widest",
    summary="Claims in an interval that cannot miss; the checklist reported.",
    findings=plain,
    claims=boundless,
)
