"""Accuses columns whose names smell of an outcome."""

from __future__ import annotations

import re

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import among, plain, stated
from kit.personas.gamers._desk import Desk

SMELL = re.compile(
    r"status|stage|final|outcome|result|refund|cancel|clos|end|after|next|last|since|class|band|grade|priority|fee|deposit|penalt|contact"
)
"""What a reviewer who has seen leaks before looks for in a name."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """The columns that smell, at half of the belief that all faults are among them."""
    names = [name for name in desk.columns if SMELL.search(name)]
    return plain(desk, names, stated(among(len(names)) / 2, 0.4), "The name suggests a process that follows the outcome.")


GAMER = Gamer(id="names", summary="Accuses columns with suspicious names.", findings=findings)
