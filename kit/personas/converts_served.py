"""Undoes a switch of units where the served value is a fixed multiple of the recomputed one, recomputes the rest; otherwise careful."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """Served values divided by the factor, wherever there is one."""
    read = Form.open(takehome, form)
    return submit(read, out, plan(read, at_scoring=tuple(c for c in read.faulty_columns if c not in read.factors), converted=read.factors))


PERSONA = Persona(id="converts_served", summary="Converts served values back to the unit of training, and recomputes where that fails.", write=write)
