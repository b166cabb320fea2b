"""Simulated candidates of a stated skill. What they find is drawn from that skill and the assumed difficulty of each fault.

They read the key to know where to look, and what they cite is true: what they show is a check of the design (does more skill score higher,
on every form alike?), never evidence about people. To add a level, write `skilled/<id>.py` with SKILLED = Skilled(id="<id>", ...); nothing
else is edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kit.personas._registry import declared

DIFFICULTY = {1: -1.5, 2: -0.5, 3: 0.5, 4: 1.5}
"""Assumed item difficulty by level (MEASUREMENT.md, section 1)."""


@dataclass(frozen=True, kw_only=True)
class Skilled:
    """One level of skill with its habits."""

    id: str
    """Name of its file."""
    summary: str
    """What this person does, in one line."""
    theta: float
    """Skill on the scale of DIFFICULTY."""
    repair: Literal["recompute", "drop", "nothing"]
    """What becomes of a column that was found guilty."""
    split: Literal["clean", "holdout"]
    """What validation is made on: late rows that copy nothing (once a fault of rows or split was found), or the holdout as it is."""
    claim: Literal["backtest", "validated", "holdout"]
    """Where promises come from: its own validation, and a back test of the pipeline as handed over; its own validation for both, less a
    guess; the holdout as shown."""


def skilled() -> dict[str, Skilled]:
    """Every level of this folder, from the least skill to the most. Raises TypeError when a file declares none or one of another name."""
    return dict(sorted(declared(__name__, __path__, Skilled).items(), key=lambda item: item[1].theta))
