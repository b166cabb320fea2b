"""Who is screened by what: each form by a screen that has seen the others and not its own block."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.calibration.screens import BLOCKS, Screens
from kit.calibration.workspace import Workspace
from kit.personas.gamers import _screen

COLUMNS = [f"c{i}" for i in range(12)]


def portrayed(folder: Path, forms: int) -> Workspace:
    """A study with so many portraits, in which guilt shows in one number."""
    work = Workspace.open(folder / "w", {"form": "short"}, seed=bytes(32))
    for number in range(forms):
        rng = np.random.default_rng(number)
        frame = pd.DataFrame(rng.normal(size=(12, 2)), index=COLUMNS, columns=["num_a", "num_b"])
        guilty = [name for name in COLUMNS if frame.loc[name, "num_a"] > 0]
        work.keep("portrait", f"f{number:03d}", {"records": [], "guilty": guilty, "seen": json.loads(frame.to_json(orient="split"))})
    return work


def test_no_screen_has_seen_the_form_that_it_screens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """211 forms: twenty blocks that share no form, and each screen has seen the 200 of the others at least."""
    work = Workspace.open(tmp_path / "w", {"form": "short"}, seed=bytes(32))
    screens = Screens(work, tuple(f"f{i:03d}" for i in range(211)))
    assert sorted(form for block in screens.blocks for form in block) == list(screens.forms)
    assert (len(screens.blocks), screens.fitted_on) == (BLOCKS, 200)
    fitted: list[list[str]] = []
    monkeypatch.setattr(Screens, "_fit", lambda self, forms: {"seen": len(fitted.append(forms) or forms)})
    for form in ("f000", "f010", "f011", "f210"):
        assert json.loads(screens.of(form).read_text())["seen"] == len(fitted[-1]) >= 200
        assert form not in fitted[-1]
    assert len(fitted) == 3, "f000 and f010 share a block, whose screen is fitted once"


def test_a_screen_finds_what_gave_others_away(tmp_path: Path) -> None:
    """Fitted on four forms, asked about the fifth."""
    work = portrayed(tmp_path, 5)
    screens = Screens.among(work)
    assert screens is not None
    row = work.read("portrait", "f004")
    chance = pd.Series(_screen.score(json.loads(screens.of("f004").read_text()), pd.DataFrame(**row["seen"])), index=COLUMNS)
    assert chance[row["guilty"]].min() > chance.drop(row["guilty"]).max()


def test_there_is_none_without_other_forms(tmp_path: Path) -> None:
    """One form has nobody to be told by, and a form without a portrait is not screened."""
    assert Screens.among(portrayed(tmp_path / "one", 1)) is None
    two = Screens.among(portrayed(tmp_path / "two", 2))
    assert two is not None
    assert two.fitted_on == 1
    with pytest.raises(ValueError, match="'f009' has none"):
        two.of("f009")
