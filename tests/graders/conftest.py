"""Fixtures of the grading tests: one small sealed form for the session, and a quick way to grade a submission to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_form import make_evidence, make_form

from graders.evidence import Evidence
from graders.key import Key
from graders.model import Scorecard
from graders.rubric import Rubric, load_rubric
from graders.scoring import grade


@pytest.fixture(scope="session")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_form(tmp_path_factory.mktemp("form"))


@pytest.fixture(scope="session")
def key(form: Path) -> Key:
    return Key.load(form)


@pytest.fixture(scope="session")
def rubric() -> Rubric:
    return load_rubric()


@pytest.fixture
def evidence_of(form: Path, tmp_path: Path) -> Callable[..., Evidence]:
    def make(**arranged: Any) -> Evidence:
        folder = tmp_path / f"evidence{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return Evidence.load(make_evidence(folder, form, **arranged))

    return make


@pytest.fixture
def graded(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> Callable[..., Scorecard]:
    return lambda **arranged: grade(evidence_of(**arranged), key, rubric=rubric)
