"""Accuses only columns that a window ending after the decision fits better."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, among, recounted
from kit.personas.gamers._desk import Desk

GAIN = 0.01
"""By how much a later end must fit better."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every such column, at seven in ten."""
    gain = desk.recounted()["later_gain"]
    names = [str(name) for name in gain[gain > GAIN].nlargest(COLUMN_FAULTS).index]
    return recounted(desk, names, among(len(names), 0.7 * len(names)), "A window that ends after the decision fits better.")


GAMER = Gamer(id="recount_later_end", summary="Recounts on the event clock; only a better-fitting later end is guilty.", findings=findings)
