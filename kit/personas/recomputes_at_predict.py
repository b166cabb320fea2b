"""Trains on the faulty data, but scores requests on recomputed columns: the leaks are in the model, and no request shows them."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import submit, untouched


def write(takehome: Path, form: Path, out: Path) -> Path:
    """Inherited training and validation; honest requests."""
    read = Form.open(takehome, form)
    return submit(read, out, untouched(read, at_scoring=read.faulty_columns))


PERSONA = Persona(id="recomputes_at_predict", summary="Trains on faulty data but recomputes at predict.", write=write)
