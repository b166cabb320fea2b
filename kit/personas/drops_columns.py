"""Leaves every faulty column out, in training and in scoring; otherwise careful."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The pipeline without the faulty columns."""
    read = Form.open(takehome, form)
    return submit(read, out, plan(read, at_training=(), at_scoring=(), dropped=read.faulty_columns))


PERSONA = Persona(id="drops_columns", summary="Drops the faulty columns.", write=write)
