"""Repairs everything and promises what it measured: every faulty column recomputed, in training and in scoring, validation in time on clean rows."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The repaired pipeline, every fault with its evidence, honest claims."""
    read = Form.open(takehome, form)
    return submit(read, out, plan(read))


PERSONA = Persona(id="careful", summary="Repairs every fault, reports each with its evidence, and claims no more than it measured.", write=write)
