"""Accuses the columns that sort the label best."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, plain, stated
from kit.personas.gamers._desk import Desk

BELIEF = 0.35
"""About a third of the strongest are guilty where strength means something; each has an honest twin at least."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Twice as many as there should be faults."""
    names = desk.looks()["strength"].nlargest(2 * COLUMN_FAULTS).index
    return plain(desk, names, stated(BELIEF, 0.4), "It knows the outcome suspiciously well.")


GAMER = Gamer(id="strongest", summary="Accuses the columns with the highest univariate strength.", findings=findings)
