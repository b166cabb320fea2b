"""A desk for each small form, opened once; nothing runs a pipeline unless a test says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from persona_form import Mini

from kit.personas.gamers import _claims, _desk
from kit.personas.gamers._desk import Desk

SAID = {"estimate": 0.7, "low": 0.68, "high": 0.72, "n": 4000}


@pytest.fixture(autouse=True)
def no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """To run every pipeline for its estimate would take minutes."""
    for module in (_desk, _claims):
        monkeypatch.setattr(module, "validate", lambda submission, data: dict(SAID))


@pytest.fixture(scope="session")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mini], Desk]:
    """A desk with a small form on it, and a place where its results are kept."""

    @cache
    def kept(takehome: Path) -> Path:
        return tmp_path_factory.mktemp("kept")

    return lambda mini: Desk.open(mini.takehome, kept=kept(mini.takehome))


@pytest.fixture
def desk(each: Mini, seat: Callable[[Mini], Desk]) -> Desk:
    """The desks of both small forms, one after the other."""
    return seat(each)
