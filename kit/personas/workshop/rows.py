"""Which rows an honest estimate may use: later than every training label, and no copies of training rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from .asof import DAY, Ints, micros

KEYS = ("row_id", "request_id", "entity_id", "decision_time", "label")
ALIKE = 0.9
"""Share of equal columns from which two rows with the same label are one row and its copy."""
_AT_ONCE = 2_000_000


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows in an order that follows from their contents alone, so that a model does not depend on ids or on the order in the file."""
    names = sorted(name for name in table.columns if name not in KEYS)
    codes = [pd.factorize(table[name], sort=True)[0] for name in (*names, "label")]
    return table.iloc[np.lexsort([*codes, micros(table["decision_time"])])].reset_index(drop=True)


def usable(evaluation: pd.DataFrame, train: pd.DataFrame, horizon_days: int) -> npt.NDArray[np.bool_]:
    """Rows of an evaluation set that were decided when every training label was known, and that copy no training row."""
    known = int(micros(train["decision_time"]).max()) + horizon_days * DAY
    return (micros(evaluation["decision_time"]) >= known) & (copied(evaluation, train) < 0)


def copied(table: pd.DataFrame, other: pd.DataFrame) -> Ints:
    """For each row of `table` the position of a row of `other` that it copies, or -1.

    A copy has the same label and agrees in at least nine columns of ten. With at most d columns that differ, of d + 1 groups of
    columns at least one agrees whole: only pairs that share such a group are compared.
    """
    names = [name for name in table.columns if name not in KEYS]
    both = [pd.factorize(pd.concat([table[name], other[name]], ignore_index=True))[0].astype(np.int32) for name in (*names, "label")]
    spare = len(names) - int(np.ceil(ALIKE * len(names)))
    label = both.pop()
    columns = np.column_stack(both)
    mine, theirs = columns[: len(table)], columns[len(table) :]
    varied = sorted(range(len(names)), key=lambda i: -int(both[i].max(initial=0)))
    found = np.full(len(table), -1, dtype=np.int64)
    for group in range(spare + 1):
        key = _key([label, *(both[i] for i in varied[group :: spare + 1])])
        order = np.argsort(key[len(table) :], kind="stable")
        sorted_keys = key[len(table) :][order]
        open_ = np.flatnonzero(found < 0)
        low = np.searchsorted(sorted_keys, key[open_], side="left")
        count = np.searchsorted(sorted_keys, key[open_], side="right") - low
        for part in _parts(count):
            n = count[part]
            row = np.repeat(open_[part], n)
            at = order[np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n) + np.repeat(low[part], n)]
            same = (mine[row] != theirs[at]).sum(axis=1) <= spare
            found[row[same]] = at[same]
    return found


def _key(codes: list[npt.NDArray[np.int32]]) -> npt.NDArray[np.uint64]:
    """One number for several codes; two rows with different codes share it once in 2^64."""
    key = np.zeros(len(codes[0]), dtype=np.uint64)
    for code in codes:
        key = (key ^ code.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return key


def _parts(count: Ints) -> list[slice]:
    """Slices of rows whose pairs are compared together, a bounded number at a time."""
    total = np.cumsum(count)
    edges = [0]
    while edges[-1] < len(count):
        before = int(total[edges[-1] - 1]) if edges[-1] else 0
        edges.append(max(edges[-1] + 1, int(np.searchsorted(total, before + _AT_ONCE, side="right"))))
    return [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
