"""Suspects of the recounts, for whoever accuses them and for whoever builds on that."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers._accuse import among, misfits, recounted
from kit.personas.gamers._desk import Desk

LEAST = 0.02
"""Mismatch from which a column is accused."""


def unfit(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits as known at the decision, bookings ahead allowed, offline or as served."""
    names = misfits(desk.recounted(), ("aware_train", "aware_served"), LEAST)
    why = "Recounted from what was on record at the decision it does not come out, even with what was booked ahead."
    return recounted(desk, names, among(len(names)), why)


def one_sided(desk: Desk) -> tuple[Accusation, ...]:
    """Every column whose definition holds on one path and not on the other, apart from those that misfit in old rows only."""
    frame = desk.recounted()
    frame = frame[(frame["aware_train"] <= LEAST) != (frame["aware_served"] <= LEAST)]
    frame = frame[(frame["recent_train"] > LEAST) | (frame["aware_served"] > LEAST)]  # only old rows: the log has been purged since
    names = misfits(frame, ("aware_train", "aware_served"), LEAST)
    return recounted(desk, names, among(len(names)), "Its definition holds on one of the two paths and fails on the other.")


def unexplained(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits under each known rule; of training only the last decisions, because logs are purged."""
    names = misfits(desk.ruled(), ("ruled_recent", "ruled_served"), LEAST)
    return recounted(desk, names, among(len(names)), "No definition of any known form holds on both paths.", rules=True)
