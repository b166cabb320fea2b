"""What the pipeline as handed over would really score: it is trained as it was, and scores late clean rows as production would serve them.

Only what a candidate has is used, and the knowledge of which jobs are wrong in which way: columns that leak get the values that the online
job has at the decision, columns that production computes otherwise are computed so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from generators.baseline import fit
from kit.personas._form import Form
from kit.personas.workshop.asof import Definitions, Floats, micros, recompute
from kit.personas.workshop.estimate import estimate
from kit.personas.workshop.rows import usable

_EDITS = ("name", "stream", "type", "aggregate", "window", "end", "by", "divide", "rules")


def inherited_estimate(form: Form, known: Collection[str] | None = None) -> dict[str, object]:
    """Estimate with an 80% interval, as `validate` would report it; with `known`, by someone who understood only these faults."""
    train = pd.read_parquet(form.data / "train.parquet")
    late = pd.concat([pd.read_parquet(form.data / f"{name}.parquet") for name in ("holdout", "acceptance")], ignore_index=True)
    late = late[usable(late, train, form.horizon_days)].reset_index(drop=True)
    served = as_served(form, late, known)
    names = [name for name in form.key.truth.columns]
    words = {name: sorted(train[name].dropna().unique()) for name in names if not pd.api.types.is_numeric_dtype(train[name])}
    model = fit("inherited", form.key.truth.task, _columns(train, names, words), train["label"].to_numpy(dtype=np.float64))
    score = model.predict(_columns(served, names, words))
    target = late["label"].to_numpy(dtype=np.float64)
    return estimate(form.key.truth.metric, target, score, micros(late["decision_time"]), late["entity_id"].to_numpy(dtype=object))


def as_served(form: Form, rows: pd.DataFrame, known: Collection[str] | None = None) -> pd.DataFrame:
    """The rows with every faulty column (of the `known` faults) as the online job would have served it at their decision."""
    jobs = {str(d["name"]): d for fault, d in form.faulty.items() if known is None or fault in known}
    if not jobs:
        return rows
    online = {name: {k: ({**d, **dict(d["online"])})[k] for k in _EDITS} for name, d in jobs.items()}
    values = recompute(form.data, rows, Definitions(features=online, constants=form.definitions.constants))
    return rows.assign(**{name: _spoiled(jobs[name], values[name], rows) for name in jobs})


def _spoiled(job: Mapping[str, Any], values: Floats, rows: pd.DataFrame) -> Floats:
    """What the online job does to values after they are computed: another unit for some entities, another row's value for some requests."""
    changes = dict(job["online"])
    entity = np.unique(rows["entity_id"].to_numpy(dtype=object).astype(str), return_inverse=True)[1]
    rng = np.random.default_rng(0)
    drawn = rng.random(int(entity.max()) + 1)[entity]
    out = values.copy()
    if "factor" in changes:
        scaled = np.round(values * changes["factor"] * job["divide"]) / job["divide"]
        out = np.where(drawn < changes["share"], scaled, out)
    if "swap" in changes:
        moment = micros(rows["decision_time"])
        for t in np.unique(moment):
            chosen = rng.permutation(np.flatnonzero((drawn < changes["swap"]) & (moment == t)))
            out[chosen] = values[np.roll(chosen, 1)]
    return out


def _columns(table: pd.DataFrame, names: list[str], words: Mapping[str, list[str]]) -> dict[str, Floats]:
    """Columns as numbers: categories by their place among those of training."""
    coded = {name: table[name].map({word: code for code, word in enumerate(known)}) for name, known in words.items()}
    return {name: coded.get(name, table[name]).to_numpy(dtype=np.float64, na_value=np.nan) for name in names}
