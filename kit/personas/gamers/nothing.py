"""Reports nothing and believes the holdout."""

from __future__ import annotations

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._desk import Desk


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """None."""
    return ()


GAMER = Gamer(id="nothing", summary="Reports nothing and hands everything in as received.", findings=findings)
