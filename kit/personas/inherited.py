"""The take-home as it was received: nothing found, nothing changed, the holdout score believed."""

from __future__ import annotations

from pathlib import Path

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The inherited pipeline, no findings, and the holdout's estimate as both claims."""
    return submit(Form.open(takehome, form), out, None, report=False)


PERSONA = Persona(id="inherited", summary="Hands in the pipeline as received and believes its holdout score.", write=write)
