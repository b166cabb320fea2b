"""The calls of a grading: read from the form, and judged once they have run.

Judging knows exits and limits only; what the numbers are worth is for the graders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.strict import Unreadable
from kit.bounded import read_json
from kit.errors import DamagedVault
from kit.outcomes import outcome
from kit.sandbox.model import Limits, Run

COMMANDS = ("train", "validate", "predict")
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
PLAN_BYTES = 1 << 20
IDLE_SHARE = 0.5
"""A call that ran out of time and neither computed nor queued for a core in this share of it was waiting for something."""
MEMORY_WORDS = (b"MemoryError", b"std::bad_alloc", b"Cannot allocate memory", b"malloc of size", b"can't start new thread")
LAST_WORDS = 4000


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a submission's command."""

    name: str
    command: str
    """`train`, `validate` or `predict`."""
    data: str | None
    """Folder below `stages/data` (train, validate)."""
    model: str | None
    """The training whose model it needs (predict)."""
    batch: str | None
    """Folder below `stages/batch` (predict)."""
    probe: str | None
    """File below `stages/batch/<batch>/requests` (predict)."""
    late: bool
    """Whether events recorded later are in the batch."""

    def inputs(self, form: Path) -> dict[str, Path]:
        """What the call is shown, by its name in the input folder."""
        if self.command != "predict":
            return {"": form / "stages" / "data" / str(self.data)}
        batch = form / "stages" / "batch" / str(self.batch)
        return {
            "entities.parquet": batch / "entities.parquet",
            "events": batch / ("late" if self.late else "events"),
            "requests.parquet": batch / "requests" / f"{self.probe}.parquet",
        }


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a call came out, as the evidence records it."""

    outcome: str
    exit: int | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0
    rss_mib: float = 0.0
    detail: str = ""
    """Which file or what was found, in words of ours; added to the fixed message."""

    def to_dict(self) -> dict[str, Any]:
        """`result` of docs/contracts.md."""
        row = outcome(self.outcome)
        return {
            "outcome": self.outcome,
            "side": row.side,
            "message": row.message + (f" ({self.detail})" if self.detail else ""),
            "exit": self.exit,
            "wall_s": self.wall_s,
            "cpu_s": self.cpu_s,
            "rss_mib": self.rss_mib,
        }


def read_plan(form: Path) -> list[Call]:
    """The calls of a form, in order, with every file they need in place.

    Raises DamagedVault naming the call and what is wrong with it.
    """
    path = form / "calls.json"
    try:
        raw = read_json(path.read_bytes(), most=PLAN_BYTES)
        calls = [_call(row) for row in raw["calls"]]
    except (OSError, Unreadable, KeyError, TypeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise DamagedVault(f"calls.json of the form in {form.name!r} cannot be read ({what}). Restore the form from a backup.") from error
    trained: set[str] = set()
    seen: set[str] = set()
    for call in calls:
        if call.name in seen:
            raise DamagedVault(f"calls.json lists {call.name!r} twice; each call needs a name of its own. Restore the form from a backup.")
        seen.add(call.name)
        if call.command == "train":
            trained.add(call.name)
        if call.model is not None and call.model not in trained:
            raise DamagedVault(f"call {call.name!r} needs the model of {call.model!r}, which no earlier call trains. Restore the form from a backup.")
        for source in call.inputs(form).values():
            if not source.exists():
                missing = source.relative_to(form).as_posix()
                raise DamagedVault(f"call {call.name!r} needs {missing!r}, which is missing. Restore the form from a backup.")
    return calls


def _call(row: dict[str, Any]) -> Call:
    call = Call(
        name=row["name"],
        command=row["command"],
        data=row.get("data"),
        model=row.get("model"),
        batch=row.get("batch"),
        probe=row.get("probe"),
        late=bool(row.get("late", False)),
    )
    needed = ("data",) if call.command != "predict" else ("model", "batch", "probe")
    if call.command not in COMMANDS:
        raise TypeError(f"command must be one of {', '.join(COMMANDS)}, got {call.command!r}")
    for field in ("name", *needed):
        value = getattr(call, field)
        if not isinstance(value, str) or not SAFE.fullmatch(value):
            raise TypeError(f"{field} of a {call.command} call must be a plain name, got {value!r}")
    return call


def judged(run: Run, limits: Limits, *, last: bool) -> str | None:
    """The outcome code of a run that left no output yet to look at: `ok` when it ended well, None when it should be run again.

    `last` says that it was run again already.
    """
    if run.stopped == "wall":
        if not last:
            return None
        busy = run.cpu_s + (run.starved_s or 0.0)
        waited = run.starved_s is not None and busy < IDLE_SHARE * limits.wall_s
        return "hung" if waited else "timeout_wall"
    if run.stopped is not None:
        return {"cpu": "timeout_cpu", "memory": "memory", "output": "output_too_large", "flood": "flooded"}[run.stopped]
    if run.exit == 0:
        return "ok"
    if run.exit in (128 + 24, 137) and run.cpu_s >= limits.cpu_s:
        return "timeout_cpu"
    if any(words in run.stderr[-LAST_WORDS:] for words in MEMORY_WORDS):
        return "memory"
    if run.exit == 137 and not last:
        # Killed, but not by us: most likely this machine ran out of memory.
        return None
    return "crashed"


def result_of(code: str, run: Run, *, detail: str = "") -> Result:
    """A result with the figures of a run."""
    return Result(
        outcome=code, exit=run.exit, wall_s=round(run.wall_s, 2), cpu_s=round(run.cpu_s, 2), rss_mib=round(run.rss_bytes / 2**20, 1), detail=detail
    )
