"""Promises about production that need no understanding: believed, remembered, hedged, or tried out on late rows."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.personas._packaging import validate
from kit.personas._writing import Promise
from kit.personas.gamers._desk import Desk
from kit.personas.workshop.asof import recompute
from kit.personas.workshop.estimate import Z80
from kit.personas.workshop.rows import usable

TYPICAL = {"roc_auc": (0.73, 0.70), "mae": (0.86, 0.92)}
"""What an honest and an inherited pipeline reach on other forms: ROC AUC, or share of the training median's error."""
CLOSE = 0.02
"""Mismatch up to which a recount counts as fitting."""
AGEING, DOUBT = 0.025, 0.05
"""Share of the skill that late production is expected to lose, and the share by which a back test may be off."""


def believed(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """What `validate` says of the pipeline handed in and of the one received, word for word."""
    return {"mine": said(desk.validated(submission)), "inherited": said(desk.validated())}


def said(report: Mapping[str, Any]) -> Promise:
    """A report of `validate` as a promise."""
    return Promise(point=float(report["estimate"]), low=float(report["low"]), high=float(report["high"]))


def chance(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """A score that knows nothing, with no doubt, for the own pipeline; the other one is believed."""
    base = round(desk.base, 5)
    return {"mine": Promise(point=base, low=base, high=base), "inherited": said(desk.validated())}


def typical(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """What other forms gave, give or take .02 (for errors 2% of the median's)."""
    honest, inherited = TYPICAL[desk.metric]
    scale = 1.0 if desk.metric == "roc_auc" else desk.base
    return {name: _around(p * scale, 0.02 * scale) for name, p in (("mine", honest), ("inherited", inherited))}


def pointed(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """What `validate` says, with no interval at all."""
    return {name: Promise(point=p.point, low=p.point, high=p.point) for name, p in believed(desk, submission).items()}


def boundless(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """What `validate` says, in an interval that cannot miss."""
    high = 1.0 if desk.metric == "roc_auc" else 10 * desk.base
    return {name: Promise(point=p.point, low=0.0, high=high) for name, p in believed(desk, submission).items()}


def tried_out(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """Each pipeline on late rows that look like production's requests: the own by its own validation, the received one on such a holdout."""
    return _tried(desk, submission, rules=False)


def tried_out_by_rules(desk: Desk, submission: Path) -> Mapping[str, Promise]:
    """The same with the recount that tries every known rule."""
    return _tried(desk, submission, rules=True)


def _tried(desk: Desk, submission: Path, *, rules: bool) -> Mapping[str, Promise]:
    untouched = _same(submission / "pipeline", desk.takehome / "pipeline")
    inherited = _aged(desk, desk.document(f"back_test{'_ruled' if rules else ''}", lambda: _back_test(desk, rules=rules)))
    return {"mine": inherited if untouched else _aged(desk, desk.validated(submission)), "inherited": inherited}


def as_served(desk: Desk, rows: pd.DataFrame, *, rules: bool = False) -> pd.DataFrame:
    """Labelled rows with the values that production would have served, as far as the recount of the serving log tells."""
    fits = desk.recounted()
    if rules:
        fits = fits.assign(aware_train=desk.ruled()["ruled_train"], aware_served=desk.ruled()["ruled_served"])
    values = recompute(desk.data, rows, desk.definitions(rules=rules))
    rng = np.random.default_rng(0)
    out = rows.copy()
    for name, row in fits.iterrows():
        honest = values[str(name)]
        if row["aware_served"] <= CLOSE:
            out[name] = honest
        elif row["aware_train"] <= CLOSE:  # training fits and serving does not: spoil as many rows as are spoilt there
            hit = rng.random(len(rows)) < row["aware_served"]
            if row["factor_share"] > 0.3:
                spoilt = honest * row["factor"]
            else:
                spoilt = rng.choice(desk.table("serving_log")[name].to_numpy(dtype=np.float64, na_value=np.nan), len(rows))
            out[name] = np.where(hit, spoilt, honest)
    return out


def _back_test(desk: Desk, *, rules: bool) -> dict[str, Any]:
    train = desk.table("train")
    late = pd.concat([desk.table(name) for name in ("holdout", "acceptance")], ignore_index=True)
    late = late[usable(late, train, desk.horizon_days)].reset_index(drop=True)
    if not len(late):
        return desk.validated()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copyfile(desk.data / "train.parquet", folder / "train.parquet")
        as_served(desk, late, rules=rules).to_parquet(folder / "holdout.parquet", index=False)
        return validate(desk.takehome, folder)


def _aged(desk: Desk, report: Mapping[str, Any]) -> Promise:
    skill = float(report["estimate"]) - desk.base
    error = (float(report["high"]) - float(report["low"])) / (2 * Z80)
    half = Z80 * float(np.hypot(error, DOUBT * skill))
    return _around(float(report["estimate"]) - AGEING * skill, half)


def _around(point: float, half: float) -> Promise:
    return Promise(point=round(point, 5), low=round(max(0.0, point - half), 5), high=round(point + half, 5))


def _same(one: Path, other: Path) -> bool:
    return all((other / p.name).is_file() and p.read_bytes() == (other / p.name).read_bytes() for p in one.glob("*.py"))
