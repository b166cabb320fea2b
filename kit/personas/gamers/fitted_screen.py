"""Scores every column with a screen that was fitted on other forms and their keys."""

from __future__ import annotations

import json

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import MOST, one
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._screen import features, score

LEAST = 0.15
"""Chance of guilt from which a column is accused: below, a hedge earns next to nothing."""


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """Every column whose chance of guilt is worth a hedge; nothing without a fitted screen."""
    if desk.screen is None:
        return ()
    model = json.loads(desk.screen.read_text(encoding="utf-8"))
    frame = features(desk, rules=any(name.startswith("num_ruled_") for name in model["columns"]))
    chances = sorted(zip(score(model, frame), frame.index, strict=True), reverse=True)
    return tuple(
        one(desk, str(name), float(chance), "It looks like what was guilty on other forms.") for chance, name in chances[:MOST] if chance >= LEAST
    )


GAMER = Gamer(id="fitted_screen", summary="Accuses by a screen fitted on other forms and their keys.", findings=findings)
