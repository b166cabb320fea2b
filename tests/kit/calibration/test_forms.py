"""When a form that lies on disk is taken as it is, and when it is made again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kit.calibration import forms
from kit.calibration.forms import Number
from kit.calibration.workspace import Workspace


def test_a_form_without_what_pipelines_run_on_is_made_again_for_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that grows finds forms that were left for its screens: good enough to score findings, not to run on. A whole one is good for both.
    Draws that were refused the first time are not made again."""
    made: list[bool] = []
    known: list[tuple[str, ...]] = []

    def drawn(*_: object, **options: Any) -> SimpleNamespace:
        known.append(options["known"])
        return SimpleNamespace()

    def written(form: object, place: Path, number: Number, *_: object) -> Path:
        made.append(number.whole)
        place.mkdir(parents=True)
        return place / "out" / "th_0000"

    monkeypatch.setattr(forms, "make_form", drawn)
    monkeypatch.setattr(forms, "_write", written)
    monkeypatch.setattr(forms, "_row", lambda *_: {"attempts": ["a reason"]})
    work = Workspace.open(tmp_path / "w", {"form": "short"}, seed=bytes(32))
    for whole in (False, False, True, False, True):
        number = Number(name="f000", scenario="home_pricing", whole=whole)
        forms.make(work, number, form="short", level="mid", jobs=1, progress=lambda *_: None)
    assert made == [False, True]
    assert known == [(), ("a reason",)]
    assert forms.numbers(forms=3, whole=1, only=("a", "b")) == [
        Number(name="f000", scenario="a", whole=True),
        Number(name="f001", scenario="b", whole=False),
        Number(name="f002", scenario="a", whole=False),
    ]
