"""Guilty is what some faulty job brings out to the last cell of all rows, however many days late it ran."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import worked

GAMER = Gamer(id="recount_jobs", summary="Looks for the faulty job that writes a column to the last cell; signatures of skew.", findings=worked)
