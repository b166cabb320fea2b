"""What any simulated candidate writes down: accusations and promises, and the text of findings.toml. Knows nothing of a key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INLINE = 40
"""Row sets up to this size are listed in findings.toml; larger ones lie in a CSV beside it."""


@dataclass(frozen=True, kw_only=True)
class Accusation:
    """One finding, as docs/contracts.md has it."""

    kind_of_locus: str
    """column, rows or split."""
    table: str
    family: str
    confidence: float
    column: str = ""
    rows: tuple[str, ...] = ()
    kind: str = ""
    """Mechanism id of the public glossary; empty: not named."""
    action: str = "fix"
    why: str = ""
    citations: tuple[Mapping[str, Any], ...] = ()
    pairs: tuple[Mapping[str, str], ...] = ()
    statistic: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A claim about production: a point and an 80% interval, in the metric."""

    point: float
    low: float
    high: float


def findings_toml(accusations: Sequence[Accusation], claims: Mapping[str, Promise], folder: Path) -> str:
    """The text of findings.toml; sets of more than INLINE rows go to CSV files in `folder`."""
    parts = [_finding(number, accusation, folder) for number, accusation in enumerate(accusations, 1)]
    parts += [_section(f"claim.{name}", {"point": c.point, "low": c.low, "high": c.high}) for name, c in claims.items()]
    return "\n".join(parts)


def _finding(number: int, accusation: Accusation, folder: Path) -> str:
    locus: dict[str, Any] = {"kind": accusation.kind_of_locus, "table": accusation.table}
    if accusation.kind_of_locus == "column":
        locus["column"] = accusation.column
    if accusation.kind_of_locus == "rows" and len(accusation.rows) <= INLINE:
        locus["ids"] = list(accusation.rows)
    elif accusation.kind_of_locus == "rows":
        locus["file"] = f"rows_{number}.csv"
        (folder / locus["file"]).write_text("\n".join(["row_id", *accusation.rows]) + "\n", encoding="utf-8")
    values: dict[str, Any] = {"locus": locus, "family": accusation.family, "confidence": accusation.confidence, "action": accusation.action}
    for name in ("kind", "why", "citations", "pairs", "statistic"):
        value = getattr(accusation, name)
        if value:
            values[name] = value
    return _section("[finding]", values)


def _section(header: str, values: Mapping[str, Any]) -> str:
    return f"[{header}]\n" + "".join(f"{name} = {_toml(value)}\n" for name, value in values.items())


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_toml(v)}" for name, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)
