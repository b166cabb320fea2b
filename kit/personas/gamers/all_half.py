"""Accuses every column at even odds."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import plain
from kit.personas.gamers._desk import Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column alike."""
    return plain(desk, desk.columns, 0.5, "Every column may be wrong.")


GAMER = Gamer(id="all_half", summary="Accuses every column at confidence .5.", findings=findings)
