"""Accuses every column with full confidence."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import plain
from kit.personas.gamers._desk import Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column alike."""
    return plain(desk, desk.columns, 1.0, "Every column may be wrong.")


GAMER = Gamer(id="all_certain", summary="Accuses every column at confidence 1.", findings=findings)
