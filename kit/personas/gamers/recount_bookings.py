"""Recounts as known at the decision, bookings ahead allowed, and calls every mismatch guilty."""

from __future__ import annotations

from kit.personas.gamers import Gamer
from kit.personas.gamers._suspects import unfit

GAMER = Gamer(id="recount_bookings", summary="Recounts on the record clock, bookings ahead allowed; a mismatch is guilty.", findings=unfit)
