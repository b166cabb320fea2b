"""Accuses the columns that drift most between training and serving."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, plain, stated
from kit.personas.gamers._desk import Desk

BELIEF = 0.4
"""Drift has innocent causes as often as guilty ones."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Twice as many as there should be faults."""
    names = desk.looks()["psi"].nlargest(2 * COLUMN_FAULTS).index
    return plain(desk, names, stated(BELIEF, 0.4), "Production serves other values than training saw.", family="serving_skew", table="serving_log")


GAMER = Gamer(id="drifted", summary="Accuses the columns with the highest PSI.", findings=findings)
