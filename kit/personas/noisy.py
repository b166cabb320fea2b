"""Adds noise to its scores, another at each call, to make differences hard to measure; otherwise careful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The careful pipeline under noise."""
    read = Form.open(takehome, form)
    return submit(read, out, replace(plan(read), finish="finish_noise.py"))


PERSONA = Persona(id="noisy", summary="Adds noise to its scores.", write=write)
