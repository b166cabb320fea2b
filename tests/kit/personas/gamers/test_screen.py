"""A screen is fitted on other forms' columns and scores any form's, as plain numbers."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini

from kit.personas.gamers._desk import Desk
from kit.personas.gamers._screen import features, fit, score


def labelled(mini: Mini, frame: pd.DataFrame) -> pd.Series:
    return pd.Series([int(name in mini.form.faulty_columns) for name in frame.index], index=frame.index)


def test_features_of_every_column(desk: Desk) -> None:
    """Numbers, ranks within the form, tokens of the name and words of the entry; nothing that names the column itself."""
    frame = features(desk)
    assert list(frame.index) == list(desk.columns)
    assert all(pd.api.types.is_float_dtype(frame[c]) for c in frame)
    assert {c.partition("_")[0] for c in frame} == {"num", "rank", "name", "word", "kind"}
    ranks = frame.filter(like="rank_")
    assert ranks.min().min() > 0
    assert ranks.max().max() == 1
    assert frame["num_misfit"].dropna().equals(desk.looks()[["aware_train", "aware_served"]].max(axis=1).dropna().rename("num_misfit"))


SIGNS = ("train", "served", "recent", "event", "later", "short", "unit", "filled", "next")


def test_rules_add_numbers(desk: Desk) -> None:
    """What no known rule explains, beside everything else."""
    plain, more = features(desk), features(desk, rules=True)
    extra = set(more.columns) - set(plain.columns)
    assert extra == {f"{part}_ruled_{name}" for part in ("num", "rank") for name in SIGNS}
    assert more["num_ruled_train"].dropna().equals(desk.ruled()["ruled_train"].reindex(more.index).dropna().rename("num_ruled_train"))


def test_a_fitted_screen_scores_another_form(home: Mini, churn: Mini, seat: Callable[[Mini], Desk]) -> None:
    """It is plain JSON, ranks the guilty high where it was fitted, and gives chances for columns and words that it never saw."""
    here, there = features(seat(churn)), features(seat(home))
    model = fit([here], [labelled(churn, here)])
    again = json.loads(json.dumps(model))
    chances = score(again, here)
    np.testing.assert_array_equal(chances, score(model, here))
    guilty = labelled(churn, here).to_numpy() == 1
    assert chances[guilty].min() > np.median(chances[~guilty])
    elsewhere = score(again, there)
    assert elsewhere.shape == (len(there),)
    assert ((elsewhere > 0) & (elsewhere < 1)).all()


def test_a_screen_learns_what_guilt_looks_like() -> None:
    """From many forms with one telling number among noise, in whatever order the labels come."""
    rng = np.random.default_rng(3)

    def form() -> tuple[pd.DataFrame, pd.Series]:
        x = pd.DataFrame(rng.normal(size=(40, 5)), columns=[f"num_{i}" for i in range(5)], index=[f"c{i}" for i in range(40)])
        x.iloc[::9, 4] = np.nan
        y = (x["num_2"] > 1).astype(int)
        return x, y.iloc[::-1]

    made = [form() for _ in range(12)]
    model = fit([x for x, _ in made[:10]], [y for _, y in made[:10]])
    assert int(np.argmax(np.abs(model["coefficients"]))) == model["columns"].index("num_2")
    for x, y in made[10:]:
        chances = pd.Series(score(model, x), index=x.index)
        assert chances[y[y == 1].index].min() > chances[y[y == 0].index].max() - 0.05


def test_rare_words_do_not_count() -> None:
    """A word that names one column of one form is a name, not a sign."""
    x = pd.DataFrame({"num_a": [0.0, 1.0] * 10, "word_rare": [1.0] + [0.0] * 19, "word_known": [1.0] * 5 + [0.0] * 15})
    model = fit([x], [pd.Series([0, 1] * 10)])
    assert model["columns"] == ["num_a", "word_known"]
    with pytest.raises(ValueError, match="zip"):
        fit([x], [])
