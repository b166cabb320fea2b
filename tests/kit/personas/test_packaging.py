"""A package is the inherited one with the parts that its settings need."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from persona_form import Mini

from kit.errors import InternalError
from kit.personas._packaging import PARTS, rework, start, validate
from kit.personas._submission import plan


def test_only_the_columns_that_are_worked_out_are_described(churn: Mini, tmp_path: Path) -> None:
    """The definitions of others would say nothing to the pipeline."""
    package = start(churn.takehome, tmp_path)
    made = plan(churn.form)
    rework(package, replace(made, extra={"note.json": {"said": 1}}), churn.form.definitions)
    described = json.loads((package / "definitions.json").read_text())["features"]
    assert set(described) == set(churn.form.faulty_columns)
    assert json.loads((package / "note.json").read_text()) == {"said": 1}
    assert all((package / name).is_file() for name in (*PARTS, "finish.py", "settings.json"))


def test_the_pipeline_as_received_is_copied_whole(churn: Mini, tmp_path: Path) -> None:
    """File by file, without what running it leaves behind."""
    package = start(churn.takehome, tmp_path)
    ours, theirs = ({f.relative_to(root): f.read_bytes() for f in root.rglob("*.py")} for root in (package, churn.takehome / "pipeline"))
    assert ours == theirs
    assert (tmp_path / "takehome.json").read_bytes() == (churn.takehome / "takehome.json").read_bytes()


def test_a_pipeline_that_fails_is_our_fault(churn: Mini, tmp_path: Path) -> None:
    """The error shows what it said."""
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "__main__.py").write_text("raise SystemExit('no luck')")
    with pytest.raises(InternalError, match="no luck"):
        validate(tmp_path, churn.takehome / "data")
