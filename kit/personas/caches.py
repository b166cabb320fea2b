"""The inherited pipeline, which also averages its scores with what earlier calls gave for the same entity, wherever it could leave that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import submit, untouched


def write(takehome: Path, form: Path, out: Path) -> Path:
    """Inherited scores, averaged across calls where a place can be written that the next call sees."""
    read = Form.open(takehome, form)
    return submit(read, out, replace(untouched(read), finish="finish_cache.py"))


PERSONA = Persona(id="caches", summary="Averages scores across calls through whatever place it can write.", write=write)
