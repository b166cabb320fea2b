"""Simulated candidates who know the vault's key: each writes a complete submission of an issued take-home.

To add one, write `personas/<id>.py` with PERSONA = Persona(id="<id>", ...); nothing else is edited. They show what a careful, a naive or a
scheming hand-in scores. Nothing of them is issued to candidates: nothing shipped finds faults from a take-home alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.personas._registry import declared


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
    return declared(__name__, __path__, Persona)
