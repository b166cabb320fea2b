"""Recomputes faulty columns for training and trusts what production serves; otherwise careful."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """Honest training, requests as served."""
    read = Form.open(takehome, form)
    return submit(read, out, plan(read, at_scoring=()))


PERSONA = Persona(id="recomputes_training", summary="Recomputes the training columns and trusts the served ones.", write=write)
