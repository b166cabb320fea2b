"""A desk in use, on the fakes of tests/kit/conftest.py."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import Desk

from kit.vault import Vault


@pytest.fixture
def desk(toy: Any, grading: Any, hand_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk in use: ben has a take-home and a grade, ana's hand-in waits. `{desk}/ana` is that of a take-home that is issued first."""
    monkeypatch.setattr("kit.sandbox.choose.choose", lambda allow_unsandboxed=False, **options: "sandbox")
    monkeypatch.setattr("kit.runtime.runtime_for", lambda sandbox, progress=None: "runtime")
    monkeypatch.setattr("kit.report.summary.print_summary", lambda card, **options: None)
    monkeypatch.delenv("TAKEHOME_VAULT", raising=False)
    # What a killed process wrote is there without it; only a power cut would tell, and a busy disk takes minutes for thousands of them.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    desk = Desk(tmp_path / "desk")
    Vault.create(desk.vault, secret=bytes(range(32)))
    ben = json.loads(desk.well("issue", "ben", "--json").stdout)
    shutil.move(hand_in(Path(ben["folder"]), "60"), desk.folder / "ben")
    desk.well("grade", "{desk}/ben")
    assert desk.left_over() == []
    yield desk
    for path in tmp_path.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
