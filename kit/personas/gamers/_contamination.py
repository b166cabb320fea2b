"""The checklist for evaluation sets: copies of training rows, decisions among the training decisions, entities that come back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from graders import statistics
from kit.personas._writing import Accusation
from kit.personas.gamers._accuse import CITED, stated
from kit.personas.gamers._desk import Desk
from kit.personas.workshop.asof import micros
from kit.personas.workshop.rows import copied

SETS = ("holdout", "acceptance")
SURE, HUNCH = 0.9, 0.2
"""Chance that a copy or an overlap in time is a fault, and that returning entities alone are."""


def checklist(desk: Desk, *, overlap: bool) -> tuple[Accusation, ...]:
    """Both evaluation sets against training; with `overlap` on, returning entities are reported too."""
    found: list[Accusation] = []
    for table in SETS:
        split, rows = _split(desk, table), _copies(desk, table)
        found += [a for a in (split, rows) if a is not None]
        if overlap and split is None and rows is None and (returning := _returning(desk, table)) is not None:
            found.append(returning)
    return tuple(found)


def plain(desk: Desk) -> tuple[Accusation, ...]:
    """Copied rows and shuffled splits of both evaluation sets."""
    return checklist(desk, overlap=False)


def _split(desk: Desk, table: str) -> Accusation | None:
    return desk.remember(f"split of {table}", lambda: _shuffled(desk, table))


def _copies(desk: Desk, table: str) -> Accusation | None:
    return desk.remember(f"copies in {table}", lambda: _copied(desk, table))


def _shuffled(desk: Desk, table: str) -> Accusation | None:
    frame, train = desk.table(table), desk.table("train")
    gap = statistics.timestamp_gap(frame, train)
    if gap >= 0:
        return None
    last = train.assign(at=micros(train["decision_time"])).sort_values("at", kind="stable").drop_duplicates("entity_id", keep="last")
    both = frame.assign(at=micros(frame["decision_time"])).merge(last[["row_id", "entity_id", "at"]], on="entity_id", suffixes=("", "_train"))
    both = both[both["at"] < both["at_train"]]
    return Accusation(
        kind_of_locus="split", table=table, family="contamination", kind="time_shuffled_split", confidence=stated(SURE, 1.0),
        why="Decisions of this set lie among those of training.", pairs=_pairs(both["row_id"].tolist(), both["row_id_train"].tolist()),
        statistic={"name": "timestamp_gap", "table": table, "other": "train", "value": round(gap, 6)},
    )  # fmt: skip


def _copied(desk: Desk, table: str) -> Accusation | None:
    frame, train = desk.table(table), desk.table("train")
    found = copied(frame, train)
    mine = np.flatnonzero(found >= 0)
    if len(mine) < CITED:
        return None
    counts = pd.Series(found[mine]).value_counts()
    label = frame["label"].to_numpy(dtype=np.float64)
    rare = desk.metric == "roc_auc" and label[mine].mean() > 2 * label.mean()
    kind = "resampled_before_split" if rare or (counts > 1).mean() > 0.1 else "copied_rows"
    return Accusation(
        kind_of_locus="rows", table=table, family="contamination", kind=kind, confidence=stated(SURE, 1.0),
        why="These rows stand in training, too, with the same label and nearly the same values.",
        rows=tuple(frame["row_id"].iloc[mine].astype(str)),
        pairs=_pairs(frame["row_id"].iloc[mine].tolist(), train["row_id"].iloc[found[mine]].tolist()),
        statistic={"name": "duplicate_count", "table": table, "other": "train", "value": statistics.duplicate_count(frame, train)},
    )  # fmt: skip


def _returning(desk: Desk, table: str) -> Accusation | None:
    frame, train = desk.table(table), desk.table("train")
    share = statistics.group_overlap(frame, train)
    both = frame.merge(train[["row_id", "entity_id"]].drop_duplicates("entity_id"), on="entity_id", suffixes=("", "_train"))
    if share < 0.2 or len(both) < CITED:
        return None
    return Accusation(
        kind_of_locus="rows", table=table, family="contamination", kind="copied_rows", confidence=stated(HUNCH, 0.4),
        why="These entities are known from training.", rows=tuple(both["row_id"].astype(str)),
        pairs=_pairs(both["row_id"].tolist(), both["row_id_train"].tolist()),
        statistic={"name": "group_overlap", "table": table, "other": "train", "value": round(share, 6)},
    )  # fmt: skip


def _pairs(rows: Sequence[str], others: Sequence[str]) -> tuple[dict[str, str], ...]:
    chosen = range(0, len(rows), max(1, len(rows) // CITED))
    return tuple({"row": str(rows[i]), "other": str(others[i])} for i in list(chosen)[:CITED])
