"""Recounts every column as it was known at the decision and calls every mismatch guilty."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import among, misfits, recounted
from kit.personas.gamers._desk import Desk

LEAST = 0.02
"""Mismatch from which a column is accused."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits offline or as served."""
    names = misfits(desk.recounted(), ("plain_train", "plain_served"), LEAST)
    return recounted(desk, names, among(len(names)), "Recounted from what was on record at the decision it does not come out.")


GAMER = Gamer(id="recount_aware", summary="Recounts on the record clock, amendments undone; a mismatch is guilty.", findings=findings)
