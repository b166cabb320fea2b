"""Simulated candidates who know the vault's key: each writes a complete submission of an issued take-home.

To add one, write `personas/<id>.py` with PERSONA = Persona(id="<id>", ...); nothing else is edited. They show what a careful, a naive or a
scheming hand-in scores. Nothing of them is issued to candidates: nothing shipped finds faults from a take-home alone.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Persona:
    """One simulated candidate."""

    id: str
    """Name of its file."""
    summary: str
    """What it does, in one line."""
    write: Callable[[Path, Path, Path], Path]
    """(issued take-home folder, the form's folder in the vault, submission folder to create) -> the submission folder."""


def personas() -> dict[str, Persona]:
    """Every persona of this folder, by id. Raises TypeError when a file declares none or one of another name."""
    found: dict[str, Persona] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg and not m.name.startswith("_")):
        declared = getattr(importlib.import_module(f"{__name__}.{module}"), "PERSONA", None)
        if not isinstance(declared, Persona) or declared.id != module:
            raise TypeError(f"kit/personas/{module}.py: expected PERSONA = Persona(id={module!r}, ...); got {declared!r}")
        found[module] = declared
    return found
