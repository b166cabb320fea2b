"""Hands in somebody else's findings: those of another form, or columns drawn by a hash."""

from __future__ import annotations

import hashlib
import tomllib
from typing import Any

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, plain
from kit.personas.gamers._desk import OFFLINE, Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """The accusations of the other form that can be meant here, with its confidences; without one, six columns at even odds."""
    if desk.other is None:
        drawn = sorted(desk.columns, key=lambda name: hashlib.sha256(f"{desk.id} {name}".encode()).hexdigest())
        return plain(desk, drawn[:COLUMN_FAULTS], 0.5, "A friend had this one.")
    listed = tomllib.loads(desk.other.read_text(encoding="utf-8")).get("finding", [])
    return tuple(a for entry in listed if (a := _here(desk, entry)) is not None)


def _here(desk: Desk, entry: dict[str, Any]) -> Accusation | None:
    locus = entry.get("locus", {})
    table, column, place = str(locus.get("table", "train")), str(locus.get("column", "")), str(locus.get("kind", ""))
    if place == "column" and column not in desk.columns or place == "rows" or (place == "split" and table not in OFFLINE):
        return None  # columns of another scenario and rows of another form do not exist here
    return Accusation(
        kind_of_locus=place, table=table, column=column, family=str(entry.get("family", "target_leakage")), kind=str(entry.get("kind", "")),
        confidence=float(entry.get("confidence", 0.5)), why="A friend had this one.",
    )  # fmt: skip


GAMER = Gamer(id="borrowed", summary="Hands in the findings of another form.", findings=findings)
