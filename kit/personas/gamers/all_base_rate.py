"""Accuses every column at the share of columns that are usually wrong."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, plain
from kit.personas.gamers._desk import Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column alike."""
    return plain(desk, desk.columns, round(COLUMN_FAULTS / len(desk.columns), 3), "So many columns are wrong on an average form.")


GAMER = Gamer(id="all_base_rate", summary="Accuses every column at the base rate.", findings=findings)
