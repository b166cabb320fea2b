"""What a persona knows: the take-home it was given, and the key and the definitions from the vault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.key import Fault, Key
from kit.errors import InputError, InternalError
from kit.personas.workshop.asof import Definitions


@dataclass(frozen=True, kw_only=True)
class Form:
    """A take-home with its faults."""

    takehome: Path
    """The folder as issued."""
    folder: Path
    """The form in the vault."""
    key: Key
    definitions: Definitions
    """Every column as it should be."""
    faulty: Mapping[str, Mapping[str, Any]]
    """By fault: its column's definition as the previous engineer's jobs have it."""
    horizon_days: int

    @classmethod
    def open(cls, takehome: Path, form: Path) -> Form:
        """Read both folders. Raises InputError when the take-home is not the one of this form."""
        key = Key.load(form)
        issued = _json(takehome / "takehome.json").get("id")
        if issued != key.truth.id:
            raise InputError(
                f"a persona needs the take-home of the form {key.truth.id!r}; {str(takehome)!r} is {issued!r}. Give the folder that was issued."
            )
        spec = _json(form / "spec.json")
        return cls(
            takehome=takehome, folder=form, key=key, faulty=spec["faulty"], horizon_days=int(_json(form / "key.json")["horizon_days"]),
            definitions=Definitions(features={feature["name"]: feature for feature in spec["features"]}, constants=spec["constants"]),
        )  # fmt: skip

    @property
    def data(self) -> Path:
        """The candidate's data."""
        return self.takehome / "data"

    def column_faults(self) -> tuple[Fault, ...]:
        """The faults that sit in a column."""
        return tuple(fault for fault in self.key.truth.faults if fault.locus.kind == "column")

    @property
    def faulty_columns(self) -> tuple[str, ...]:
        """Columns that cannot be trusted, by name: in the offline tables or as served."""
        return tuple(sorted({str(fault.locus.column) for fault in self.column_faults()}))

    @property
    def factors(self) -> dict[str, float]:
        """By column: the multiple that production serves to some requests."""
        found = {str(d["name"]): dict(d["online"]).get("factor") for d in self.faulty.values()}
        return {name: float(factor) for name, factor in found.items() if factor is not None}


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InternalError(f"a persona needs {path.name} in {str(path.parent)!r}; it cannot be read: {error}") from error
    if not isinstance(value, dict):
        raise InternalError(f"{path.name} must hold a JSON object; got {type(value).__name__}")
    return value
