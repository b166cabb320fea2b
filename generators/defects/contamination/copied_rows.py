"""Rows of the training set stand in an evaluation set again, under new ids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generators.kinds import Mechanism, Words
from generators.model import Calendar
from generators.rows import Split


def strike(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: Calendar) -> Split:
    """Adds copies of training rows.

    Level 1 copies them as they are; from level 2 they carry a decision time of the evaluation period; from level 3 a few values
    differ slightly; at level 4 the entity is another one, too. The share of copied rows falls from 16% to 7%.
    """
    train, rows = split.tables["train"], split.tables[table]
    number = round({1: 0.16, 2: 0.13, 3: 0.10, 4: 0.07}[level] * len(rows))
    origin = np.sort(rng.choice(len(train), number, replace=False))
    copies = replace(train.take(origin), origin=origin, faulty=np.ones(number, dtype=np.bool_))
    if level >= 2:
        copies = replace(copies, shown_time=rng.choice(np.unique(rows.time), number))
    if level >= 3:
        copies = replace(copies, jitter=np.ones(number, dtype=np.bool_))
    if level >= 4:
        copies = replace(copies, shown_entity=rng.choice(np.unique(rows.entity), number))
    return split.with_table(table, rows.with_rows(copies))


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    disguise = {
        1: "as they are",
        2: "with a later decision time",
        3: "with a later decision time and small changes",
        4: "with another entity, a later decision time and small changes",
    }[level]
    return Words(
        title=f"`{site}` holds copies of training rows",
        explanation=f"Part of `{site}` are rows of `train`, {disguise}, under new ids. A model that remembers its training rows is rewarded for it.",
        trail=f"For these rows of `{site}` there is a row of `train` that equals it in nearly every column, label included; no two honest rows are that close.",
        price=f"The score on `{site}` is too high by what the model has memorised; production holds no row that it has seen.",
        question="How do you look for near copies between two tables when ids and dates have been changed?",
    )


MECHANISM = Mechanism(
    id="copied_rows",
    family="contamination",
    summary="Rows of the training set stand in an evaluation set again, under new ids.",
    locus="rows",
    strike=strike,
    twins=("returning_entities",),
    enemies=("resampled_before_split",),
    decisive=("duplicate_count",),
    words=words,
)
