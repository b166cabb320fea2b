"""Recounts every column by event time alone and calls every mismatch guilty."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import among, misfits, recounted
from kit.personas.gamers._desk import Desk

LEAST = 0.05
"""Mismatch from which a column is accused; late records alone make a little."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits offline or as served."""
    names = misfits(desk.recounted(), ("naive_train", "naive_served"), LEAST)
    return recounted(desk, names, among(len(names)), "Recounted from the events it does not come out.")


GAMER = Gamer(id="recount_naive", summary="Recounts on the event clock; a mismatch is guilty.", findings=findings)
