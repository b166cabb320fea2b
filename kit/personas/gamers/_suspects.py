"""Suspects of the recounts, for whoever accuses them and for whoever builds on that."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from kit.personas._writing import Accusation
from kit.personas.gamers._accuse import COLUMN_FAULTS, among, misfits, recounted
from kit.personas.gamers._dates import KINDS, unexcused
from kit.personas.gamers._desk import OFFLINE, Desk
from kit.personas.workshop.asof import Floats

LEAST = 0.02
"""Mismatch from which a column is accused."""
GAIN = 0.03
"""Strength that a column must have over its recount to be accused."""
PART = 0.3
"""Share of its mismatch that may be left under a known fault's computation."""
SPOTLESS = 0.004
"""Share of cells that may be left where a computation comes out to the last cell."""
TO_THE_LAST = 0.0005
"""Share of cells that may be left where a job wrote a column: one or two of some thousands."""
MOST = 0.8
"""Share of the cells in question that must be as a known fault would have them."""


def unfit(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits as known at the decision, bookings ahead allowed, offline or as served."""
    names = misfits(desk.recounted(), ("aware_train", "aware_served"), LEAST)
    why = "Recounted from what was on record at the decision it does not come out, even with what was booked ahead."
    return recounted(desk, names, among(len(names)), why)


def one_sided(desk: Desk) -> tuple[Accusation, ...]:
    """Every column whose definition holds on one path and not on the other, apart from those that misfit in old rows only."""
    frame = desk.recounted()
    frame = frame[(frame["aware_train"] <= LEAST) != (frame["aware_served"] <= LEAST)]
    frame = frame[(frame["recent_train"] > LEAST) | (frame["aware_served"] > LEAST)]  # only old rows: the log has been purged since
    names = misfits(frame, ("aware_train", "aware_served"), LEAST)
    return recounted(desk, names, among(len(names)), "Its definition holds on one of the two paths and fails on the other.")


def signed(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that no known rule explains and that a known fault does: what is left of its mismatch under the fault's own computation."""
    frame = desk.ruled().join(desk.recounted()[["same_spread"]])
    train = frame["ruled_train"]
    shows = (frame[["ruled_event", "ruled_later"]].min(axis=1) < PART * train) | (
        (frame["ruled_filled"] > PART * train) & (frame["ruled_next"] > MOST)
    )
    skews = (frame["ruled_short"] < PART * frame["ruled_served"]) | (frame["ruled_unit"] > MOST) | (frame["same_spread"] > 1 - PART / 3)
    guilty = frame[((train > LEAST) & shows) | ((frame["ruled_served"] > LEAST) & (train <= LEAST) & skews)]
    names = misfits(guilty, ("ruled_train", "ruled_served"), LEAST)
    return recounted(desk, names, among(len(names)), "What a known fault would have computed comes out, and no honest definition does.", rules=True)


def exact(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that a known fault's computation brings out to the last cell: what only looks like it is a little off."""
    frame = desk.ruled()
    left = frame[["ruled_event", "ruled_later", "ruled_short"]].min(axis=1)
    shows = ((frame["ruled_train"] > LEAST) & ((left < SPOTLESS) | ((frame["ruled_next"] > 1 - SPOTLESS) & (frame["ruled_filled"] > LEAST)))) | (
        (frame["ruled_served"] > LEAST) & ((frame["ruled_short"] < SPOTLESS) | (frame["ruled_unit"] > 1 - SPOTLESS))
    )
    names = misfits(frame[shows], ("ruled_train", "ruled_served"), LEAST)
    return recounted(desk, names, among(len(names)), "What a known fault would have computed comes out to the last cell.", rules=True)


def worked(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that a faulty job would have written so, to the last cell of all rows; and what is served as a known fault would serve it."""
    frame = desk.jobs()
    names = [str(name) for name in frame.index[frame["left"] <= TO_THE_LAST].tolist()]
    why = "A job that runs too late writes every cell of it as it stands here."
    skews = tuple(accused for accused in signed(desk) if accused.table == "serving_log")
    return (*recounted(desk, names, among(len(names), 0.9 * len(names)), why, rules=True), *skews)


def gaining(desk: Desk) -> tuple[Accusation, ...]:
    """Every column whose given values tell more of the outcome than its recount by the rule that fits, on the evaluation set."""
    table = desk.table("holdout")
    honest = desk.honest("holdout", rules=True)
    label = table["label"].to_numpy(dtype=np.float64)
    task = desk.task
    gain = {
        str(name): _strength(table[name].to_numpy(dtype=np.float64, na_value=np.nan), label, task)
        - _strength(honest[name].to_numpy(dtype=np.float64), label, task)
        for name in honest
    }
    names = sorted((name for name in gain if gain[name] > GAIN), key=lambda name: -gain[name])[:COLUMN_FAULTS]
    why = "It tells more of the outcome than what can be recounted of it."
    return recounted(desk, names, among(len(names), 0.9 * len(names)), why, rules=True)


def _strength(column: Floats, label: Floats, task: str) -> float:
    """AUC above .5 or absolute correlation; gaps at the mean."""
    known = ~np.isnan(column)
    filled = np.where(known, column, column[known].mean() if known.any() else 0.0)
    if task == "binary":
        return abs(float(roc_auc_score(label > 0, filled)) - 0.5)
    return abs(float(np.corrcoef(filled, label)[0, 1])) if filled.std() > 0 else 0.0


def unexplained(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits under each known rule; of training only the last decisions, because logs are purged."""
    names = misfits(desk.ruled(), ("ruled_recent", "ruled_served"), LEAST)
    return recounted(desk, names, among(len(names)), "No definition of any known form holds on both paths.", rules=True)


def without_excuse(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits at decisions that no sentence with dates excuses."""
    return _unexcused(desk, None, "It differs from its recount at decisions that no sentence of DATA.md speaks of.")


def without_reason(desk: Desk) -> tuple[Accusation, ...]:
    """Every column that misfits as a known fault would have it, at decisions of which no sentence of the kind speaks that could explain that."""
    frame = desk.ruled()
    train = frame["ruled_train"]
    kind = pd.Series(".", index=frame.index)  # of what no known fault leads to, any sentence speaks
    kind[(train > LEAST) & (frame["ruled_event"] < PART * train)] = KINDS["event"]
    kind[(train > LEAST) & (frame["ruled_later"] < np.minimum(PART * train, frame["ruled_event"]))] = KINDS["later"]
    kind[(train > LEAST) & (frame["ruled_filled"] > PART * train)] = KINDS["filled"]
    kind[(train <= LEAST) & (frame["ruled_served"] > LEAST)] = KINDS["served"]
    return _unexcused(desk, kind, "No sentence of DATA.md explains that it differs from its recount there as it does.")


def _unexcused(desk: Desk, words: pd.Series | None, why: str) -> tuple[Accusation, ...]:
    sides = pd.DataFrame({"train": unexcused(desk, OFFLINE, words), "served": unexcused(desk, ("serving_log",), words)})
    names = misfits(sides, ("train", "served"), LEAST)[: COLUMN_FAULTS + 2]
    return recounted(desk, names, among(len(names), 0.9 * len(names)), why, rules=True)
