"""Rare rows were multiplied before the split, so their copies lie on both sides of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.kinds import Mechanism, Words
from generators.model import Calendar
from generators.rows import Split


def strike(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: Calendar) -> Split:
    """Adds one or two copies each of training rows with a rare label (positives; for a number, its top sixth).

    The copies make up 40, 30, 22 or 16% of the table's rare rows; from level 3 a few values differ slightly, as interpolated copies
    do, and from level 2 the copies carry decision times of the evaluation period.
    """
    train, rows = split.tables["train"], split.tables[table]
    rare = np.flatnonzero(split.train_labels >= max(1.0, float(np.quantile(split.train_labels, 5 / 6))))
    wanted = {1: 0.40, 2: 0.30, 3: 0.22, 4: 0.16}[level] * len(rows) * len(rare) / len(train)
    chosen = rng.choice(rare, max(20, round(wanted / 1.5)), replace=False)
    origin = np.sort(np.repeat(chosen, rng.integers(1, 3, len(chosen))))
    number = len(origin)
    copies = replace(train.take(origin), origin=origin, faulty=np.ones(number, dtype=np.bool_))
    if level >= 2:
        copies = replace(copies, shown_time=rng.choice(np.unique(rows.time), number))
    if level >= 3:
        copies = replace(copies, jitter=np.ones(number, dtype=np.bool_))
    return split.with_table(table, rows.with_rows(copies))


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"Rare rows were multiplied before `{site}` was split off",
        explanation=f"Rows with a rare label were copied to balance the data, and only then was `{site}` split off: copies of one row lie in `train` and in `{site}`.",
        trail=f"Rows of `{site}` with a rare label have a nearly equal row in `train`, some of them twice; rows with a common label have none.",
        price=f"The score on `{site}` counts remembered rows as found cases, and its rate of rare labels is not that of production.",
        question="In which order do you split, resample and fit, and why?",
    )


MECHANISM = Mechanism(
    id="resampled_before_split",
    family="contamination",
    summary="Rare rows were multiplied before the split, so their copies lie on both sides of it.",
    locus="rows",
    strike=strike,
    twins=("returning_entities",),
    enemies=("copied_rows",),
    decisive=("duplicate_count",),
    words=words,
)
