"""What was recorded when a submission ran: results, scores and validations, read from an evidence folder. Nothing here runs anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from graders.strict import Unreadable, not_finite, parse_json

Floats = npt.NDArray[np.float64]
_VALIDATION_BYTES = 262_144


class EvidenceFault(Exception):
    """The evidence folder cannot be read: ours, never the submission's."""


@dataclass(frozen=True, kw_only=True)
class CallResult:
    """How one call of the submission went."""

    name: str
    outcome: str
    side: Literal["ok", "submission", "instrument"]
    message: str
    wall_s: float | None


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What `validate` said."""

    metric: str
    estimate: float


class Evidence:
    """The record of one submission. `Evidence.load(folder)` opens it; scores are read when asked for."""

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.folder = folder
        self.takehome = str(record.get("takehome", ""))
        self.kit_version = str(record.get("kit_version", ""))
        self.submission_sha256 = str(record.get("submission_sha256", ""))
        backend = record.get("backend")
        self.backend: dict[str, Any] = backend if isinstance(backend, dict) else {}
        self.notes = tuple(str(note) for note in record.get("notes", ()))
        self._calls = {str(name): _result(str(name), raw) for name, raw in record.get("calls", {}).items()}

    @classmethod
    def load(cls, folder: Path) -> Evidence:
        """The evidence of a folder. Raises EvidenceFault when evidence.json cannot be used."""
        try:
            record = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise EvidenceFault(f"evidence.json: expected the record of a run; {error}. Grade the submission again.") from error
        if not isinstance(record, dict) or not isinstance(record.get("calls"), dict):
            raise EvidenceFault(f"evidence.json: expected an object with calls; got {type(record).__name__}. Grade the submission again.")
        return cls(folder, record)

    @property
    def calls(self) -> tuple[CallResult, ...]:
        """Every recorded call, in the order of the record."""
        return tuple(self._calls.values())

    def call(self, name: str) -> CallResult:
        """How a call went; a call that was never recorded is an instrument fault."""
        missing = CallResult(name=name, outcome="not_run", side="instrument", message="the call is not in the evidence", wall_s=None)
        return self._calls.get(name, missing)

    def scores(self, name: str, count: int) -> Floats | CallResult:
        """The `count` scores of a predict call in the order of its requests, or how the call failed."""
        result = self.call(name)
        if result.side != "ok":
            return result
        path = self.folder / "calls" / name / "scores.f64"
        if not path.is_file() or path.stat().st_size != 8 * count:
            size = path.stat().st_size if path.is_file() else None
            message = f"expected {count} recorded scores; got {'no file' if size is None else f'{size // 8}'}"
            return CallResult(name=name, outcome="instrument", side="instrument", message=message, wall_s=result.wall_s)
        scores = np.fromfile(path, dtype="<f8").astype(np.float64)
        if not np.isfinite(scores).all():
            return CallResult(name=name, outcome="output_invalid", side="submission", message="a score is not a finite number", wall_s=result.wall_s)
        return scores

    def validation(self, name: str, metric: str) -> Validation | CallResult:
        """What a validate call said in the metric of the task, or how it failed."""
        result = self.call(name)
        if result.side != "ok":
            return result

        def bad(message: str, side: Literal["submission", "instrument"] = "submission") -> CallResult:
            code = "output_invalid" if side == "submission" else "instrument"
            return CallResult(name=name, outcome=code, side=side, message=message, wall_s=result.wall_s)

        path = self.folder / "calls" / name / "validation.json"
        if not path.is_file():
            return bad("the recorded validation.json is missing", "instrument")
        if path.stat().st_size > _VALIDATION_BYTES:
            return bad("validation.json is larger than 256 KiB")
        try:
            raw = parse_json(path.read_text(encoding="utf-8"), depth=32)
        except (Unreadable, UnicodeDecodeError) as error:
            return bad(f"validation.json: {error}")
        if not isinstance(raw, dict):
            return bad(f"validation.json: expected an object; got {type(raw).__name__}")
        estimate = raw.get("estimate")
        if isinstance(estimate, bool) or not isinstance(estimate, (int, float)) or not_finite(estimate) or abs(estimate) > 1e300:
            return bad(f"validation.json: estimate: expected a finite number; got {repr(estimate)[:80]}")
        if raw.get("metric") != metric:
            return bad(f"validation.json: metric: expected {metric!r}; got {repr(raw.get('metric'))[:80]}")
        return Validation(metric=metric, estimate=float(estimate))

    def memo(self, most: int) -> str:
        """The memo as submitted, at most `most` bytes of it."""
        path = self.folder / "submission" / "MEMO.md"
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", errors="replace")

    @property
    def findings_path(self) -> Path:
        """Where findings.toml lies, whether or not it was handed in."""
        return self.folder / "submission" / "findings.toml"


def _result(name: str, raw: object) -> CallResult:
    if not isinstance(raw, dict) or raw.get("side") not in ("ok", "submission", "instrument"):
        raise EvidenceFault(f"evidence.json: calls.{name}: expected a result with a side; got {repr(raw)[:80]}. Grade the submission again.")
    wall = raw.get("wall_s")
    wall = round(float(wall), 3) if isinstance(wall, (int, float)) and not isinstance(wall, bool) else None
    return CallResult(name=name, outcome=str(raw.get("outcome")), side=raw["side"], message=str(raw.get("message", "")), wall_s=wall)
