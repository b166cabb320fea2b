"""Believes the holdout to the last digit."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._claims import pointed
from kit.personas.gamers._contamination import plain

GAMER = Gamer(
    id="zero_width",
    summary="Claims without an interval; the checklist reported.",
    findings=plain,
    claims=pointed,
)
