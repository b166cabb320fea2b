"""Pairs columns that look alike and accuses the one of each pair that the other columns predict worse in serving than in training."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kit.personas._writing import Accusation
from kit.personas.gamers import Gamer
from kit.personas.gamers._accuse import COLUMN_FAULTS, recounted
from kit.personas.gamers._desk import Desk
from kit.personas.workshop.asof import Floats

PAIRS = 2 * COLUMN_FAULTS
"""Pairs accused: those that are most alike."""
BELIEF = 0.6 * COLUMN_FAULTS / PAIRS
"""That the pair is one of a fault and its twin, times that drift picks the right one of the two."""
ROWS = 4000


def findings(desk: Desk) -> tuple[Accusation, ...]:
    """The worse half of each of the closest pairs."""
    worse = decay(desk)
    names = [max(pair, key=lambda name: worse[name]) for pair in pairs(desk.looks())[:PAIRS]]
    return recounted(desk, names, BELIEF, "Of two columns alike, this one is worse explained by the others in production.")


def pairs(looks: pd.DataFrame) -> list[tuple[str, str]]:
    """Every column in at most one pair, the closest in strength, missing rate and drift first."""
    x = looks.loc[looks["number"] > 0, ["strength", "missing", "psi"]].rank(pct=True)
    x["missing"] /= 2
    apart = np.abs(x.to_numpy()[:, None, :] - x.to_numpy()[None, :, :]).sum(axis=2)
    order = np.column_stack(np.unravel_index(np.argsort(apart, axis=None, kind="stable"), apart.shape))
    free, out = set(range(len(x))), []
    for i, j in order:
        if i < j and i in free and j in free:
            free -= {i, j}
            out.append((str(x.index[i]), str(x.index[j])))
    return out


def decay(desk: Desk) -> dict[str, float]:
    """By column: how much larger the error of a linear guess from all other columns is in serving than in training (log ratio)."""
    names = [name for name in desk.columns if pd.api.types.is_numeric_dtype(desk.table("train")[name])]
    before, after = (_matrix(desk.table(table), names) for table in ("train", "serving_log"))
    center, spread = np.nanmean(before, axis=0), np.nanstd(before, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    z, s = ((x - center) / spread for x in (before, after))
    filled, served = np.nan_to_num(z), np.nan_to_num(s)
    out = {}
    for k, name in enumerate(names):
        known, there = ~np.isnan(z[:, k]), ~np.isnan(s[:, k])
        others = np.delete(np.arange(len(names)), k)
        x = np.column_stack([filled[known][:, others], np.ones(known.sum())])
        weight, *_ = np.linalg.lstsq(x, z[known, k], rcond=None)
        old = float(np.mean((z[known, k] - x @ weight) ** 2))
        new = float(np.mean((s[there, k] - np.column_stack([served[there][:, others], np.ones(there.sum())]) @ weight) ** 2)) if there.any() else old
        out[name] = float(np.log((new + 1e-9) / (old + 1e-9)))
    return out


def _matrix(table: pd.DataFrame, names: list[str]) -> Floats:
    step = max(1, len(table) // ROWS)
    matrix: Floats = table.iloc[::step][names].to_numpy(dtype=np.float64, na_value=np.nan)
    return matrix


GAMER = Gamer(id="pair_drift", summary="Accuses, of look-alike columns, the one that drifts given the others.", findings=findings)
