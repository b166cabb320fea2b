"""An evaluation set whose decisions lie among the training decisions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.kinds import Mechanism, Words
from generators.model import Calendar
from generators.rows import Split


def strike(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: Calendar) -> Split:
    """All, 60, 35 or 20% of the table's rows are replaced by decisions from the training period that train does not hold."""
    rows, reserve = split.tables[table], split.reserve
    number = min(round({1: 1.0, 2: 0.6, 3: 0.35, 4: 0.2}[level] * len(rows)), len(reserve))
    drawn = np.sort(rng.choice(len(reserve), number, replace=False))
    kept = np.sort(rng.choice(len(rows), len(rows) - number, replace=False))
    return split.with_table(table, rows.take(kept).with_rows(replace(reserve.take(drawn), faulty=np.ones(number, dtype=np.bool_))))


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"Decisions of `{site}` lie among those of training",
        explanation=f"`{site}` was split off at random instead of by time: rows of it fall on the same decision dates as `train`, and training rows of the same {entity} lie after them.",
        trail=f"The first decision of `{site}` comes before the last label of `train` was known; for many of its rows the same {entity} has a later row in `train`.",
        price="Production always lies after training. A score from among the training dates hides drift and rewards remembering single cases.",
        question="When is a random split good enough, and what does a split by time have to leave out?",
    )


MECHANISM = Mechanism(
    id="time_shuffled_split",
    family="contamination",
    summary="Decisions of an evaluation set lie among the training decisions instead of after them.",
    locus="split",
    strike=strike,
    twins=("later_split",),
    decisive=("timestamp_gap",),
    words=words,
)
