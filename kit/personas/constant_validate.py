"""Prints the score of a worthless model from `validate`, whatever the data, to look modest where there is no signal; otherwise careful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import chance, plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The careful pipeline with a constant estimate: that of a constant score."""
    read = Form.open(takehome, form)
    base = chance(read)
    said = {"estimate": base, "low": 0.98 * base, "high": 1.02 * base}
    return submit(read, out, replace(plan(read), finish="finish_constant.py", extra={"constant.json": said}))


PERSONA = Persona(id="constant_validate", summary="Prints a constant from `validate`.", write=write)
