"""Rounds as `kit.cohort.gather` would find them, for the tests of their page and spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kit.cohort import Cohort, Row

_ABOUT = {"scenario": "home_pricing", "form": "standard", "level": "mid"}


def graded(id: str, total: float, **more: Any) -> Row:
    """A graded row with a round number of everything."""
    row = Row(
        id=id, candidate="", **_ABOUT, grade=1, verdict="Pass" if total > 70 else "Refer", total=total,
        low=max(0.0, total - 10), high=min(100.0, total + 10),
        findings=total * 0.45, behaviour=total * 0.3, claims=total * 0.25, found=round(total / 12.5), planted=8, false_alarms=2, production_skill=0.9,
    )  # fmt: skip
    return replace(row, **more)


def cohort(number: int = 6, *, candidate: str = "") -> Cohort:
    """Some graded, one not, one that cannot be read, one that has to be settled."""
    rows = [graded(f"th_{place:012d}", 92.0 - 60 * place / max(1, number - 1), candidate=candidate) for place in range(number)]
    rows[-1] = replace(rows[-1], settle=("Run without a sandbox",), knock_outs=("F below .2",))
    rows.append(Row(id="th_waiting00000", candidate=candidate, **_ABOUT, verdict="Not graded"))
    rows.append(Row(id="th_damaged00000", candidate=candidate, **_ABOUT, verdict="Damaged", problem="grade 1 must have a scorecard.json; got none"))
    return Cohort(
        round="2029 spring", rows=tuple(rows), pass_mark=60.0, sem=10.0,
        families=(("target_leakage", 7, 12), ("future_timestamp", 3, 12), ("contamination", 10, 12), ("serving_skew", 2, 12)),
    )  # fmt: skip
