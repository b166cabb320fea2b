"""Rebuilds every column from the event log, sound or not; otherwise careful."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """No column of a table is used as it stands."""
    read = Form.open(takehome, form)
    return submit(read, out, plan(read, at_training=tuple(read.definitions.features), at_scoring=tuple(read.definitions.features)))


PERSONA = Persona(id="rebuilds_all", summary="Rebuilds every column from the events.", write=write)
