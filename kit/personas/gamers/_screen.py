"""A fitted screen: which columns look like those that were guilty on other forms, by numbers, ranks, names and words, without understanding.

model = fit([features(desk) for desk in desks], guilty)      # a plain dictionary; keep it as JSON
score(model, features(another_desk))                         # chance of guilt, one a column
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from kit.personas.gamers._desk import Desk

STRENGTHS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
"""Inverse weights of the L2 penalty to choose from, by forms left out."""
FOLDS = 5
SEEN = 3
"""Columns in which a word must occur to count."""


def features(desk: Desk, *, rules: bool = False) -> pd.DataFrame:
    """One row a column of the take-home: `num_*` from the looks and the logbook, `rank_*` of each within the form, `name_*` tokens, `word_*` of
    its entry.

    With `rules` the numbers hold what the recount with every known rule leaves unexplained (`num_ruled_*`), too.
    """
    looks = desk.looks().join(desk.logbook().add_prefix("book_"))
    if rules:
        looks = looks.join(desk.ruled().filter(like="ruled_"))
    numbers = looks.select_dtypes("number").astype(np.float64)
    numbers["misfit"] = numbers[["aware_train", "aware_served"]].max(axis=1)
    numbers["one_sided"] = (numbers["aware_train"] - numbers["aware_served"]).abs()
    numbers["recent_misfit"] = numbers[["recent_train", "aware_served"]].max(axis=1)
    entries = {name: c for name, c in desk.columns.items() if name in numbers.index}
    numbers["sentences"] = [float(len(re.findall(r"[.;:](?:\s|$)", entries[str(n)].meaning))) for n in numbers.index]
    numbers["bare_misfit"] = numbers["misfit"] * (numbers["sentences"] <= 1)
    ranks = numbers.rank(pct=True)
    parts = [numbers.add_prefix("num_"), ranks.add_prefix("rank_")]
    parts.append(_bag({n: _tokens(n.replace("_", " ")) for n in entries}, "name_"))
    parts.append(_bag({n: _tokens(f"{c.meaning} {c.unit} {c.availability}") for n, c in entries.items()}, "word_"))
    kinds = pd.get_dummies(looks["aggregate"].fillna("none"), prefix="kind", dtype=float)
    return pd.concat([*parts, kinds], axis=1)


def fit(frames: list[pd.DataFrame], guilty: list[pd.Series]) -> dict[str, Any]:
    """A standardised logistic regression over all the forms' columns, as numbers that JSON can hold."""
    whole = pd.concat(frames, ignore_index=True)
    words = whole.columns[[c.startswith(("name_", "word_", "kind_")) for c in whole.columns]]
    rare = [c for c in words if whole[c].fillna(0).sum() < SEEN]
    whole = whole.drop(columns=rare)
    target = np.concatenate([np.asarray(g.loc[f.index], dtype=np.int64) for f, g in zip(frames, guilty, strict=True)])
    empty = {c: 0.0 if c.startswith(("name_", "word_", "kind_")) else float(np.nan_to_num(whole[c].median())) for c in whole.columns}
    filled = whole.fillna(empty).to_numpy(dtype=np.float64)
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    scale = np.where(scale > 1e-9, scale, 1.0)
    group = np.repeat(np.arange(len(frames)) % FOLDS, [len(f) for f in frames])
    x = (filled - mean) / scale
    model = LogisticRegression(C=_strength(x, target, group), max_iter=2000).fit(x, target)
    return {
        "columns": list(whole.columns), "empty": [empty[c] for c in whole.columns], "mean": mean.tolist(), "scale": scale.tolist(),
        "coefficients": model.coef_[0].tolist(), "intercept": float(model.intercept_[0]),
    }  # fmt: skip


def _strength(x: npt.NDArray[np.float64], target: npt.NDArray[np.int64], group: npt.NDArray[np.int64]) -> float:
    """The penalty that predicts forms left out best; the middle one where there are too few forms to tell."""
    folds = [g for g in np.unique(group) if len(np.unique(target[group != g])) == 2]
    if len(folds) < 2:
        return STRENGTHS[len(STRENGTHS) // 2]

    def surprise(strength: float) -> float:
        lost = 0.0
        for g in folds:
            model = LogisticRegression(C=strength, max_iter=500).fit(x[group != g], target[group != g])
            p = np.clip(model.predict_proba(x[group == g])[:, 1], 1e-6, 1 - 1e-6)
            lost -= float(np.log(np.where(target[group == g] == 1, p, 1 - p)).sum())
        return lost

    return min(STRENGTHS, key=surprise)


def score(model: dict[str, Any], frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Chance of guilt of each row of `frame`."""
    x = frame.reindex(columns=model["columns"]).fillna(dict(zip(model["columns"], model["empty"], strict=True))).to_numpy(dtype=np.float64)
    z = (x - np.array(model["mean"])) / np.array(model["scale"]) @ np.array(model["coefficients"]) + model["intercept"]
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -30, 30))), dtype=np.float64)


def _tokens(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}|\d+d?", text.lower()))


def _bag(words: dict[str, set[str]], prefix: str) -> pd.DataFrame:
    every: Sequence[str] = sorted(set().union(*words.values()))
    return pd.DataFrame({f"{prefix}{w}": [float(w in words[n]) for n in words] for w in every}, index=list(words))
