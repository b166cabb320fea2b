"""What an attack is: what it does, what bounds it has of its own, and how it must come out."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attacks._program import program_of

COMMANDS = ("train", "validate", "predict")
Pack = Callable[[Path, Path], Path]
"""Makes the hand-in from a whole folder: called with that folder and a free path beside it (no ending), gives what is handed in."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One hostile or broken hand-in: an honest one in which a single thing was changed."""

    id: str
    """`<family>_<what>`."""
    what: str
    """What it tries, in one sentence."""
    covers: tuple[str, ...]
    """Items of the list (`attacks/_list.py`) that it stands for."""
    command: str = "train"
    """The command in which `code` runs."""
    code: str = ""
    """Python that runs inside; where it does not exit, the honest pipeline follows. What it tries goes through `attempt`, which fails the test
    when it succeeds."""
    files: Mapping[str, bytes | str] = field(default_factory=dict)
    """Files of the hand-in that are added or replaced."""
    without: tuple[str, ...] = ()
    """Files of the hand-in that are taken out."""
    pack: Pack | None = None
    """How the hand-in is packed; None hands in the folder."""
    seconds: int = 5
    """Processor time that it allows itself, and the bound of its loops by the clock."""
    megabytes: int = 16
    """Size of a file that it allows itself."""
    processes: int = 8
    """Processes and threads that it allows itself."""
    outcome: str | tuple[str, ...] = "ok"
    """Code of every call of `command`; several only where the machine's timing decides, and `why_several` says why."""
    why_several: str = ""
    everywhere: bool = False
    """Whether the outcome is that of every command, not of `command` alone."""
    kills: bool = False
    """Whether its test kills the grader while it runs; no batch holds it."""
    documents: Mapping[str, str] = field(default_factory=dict)
    """Outcome codes of documents that are not `document_ok`."""
    refused: str | None = None
    """Code of the refusal at intake; nothing is run then."""
    error: str | None = None
    """Words of the error where the hand-in is taken in and cannot be graded all the same."""
    notes: tuple[str, ...] = ()
    """Beginnings of notes that the scorecard must hold beside those of honest work."""
    says: tuple[str, ...] = ()
    """Words that the attacked call must have printed: it came as far as that."""
    silent: tuple[str, ...] = ()
    """Words that no call may have printed."""
    same_words: bool = False
    """Whether every call of the command must have printed the same."""
    shown: tuple[str, ...] = ()
    """Texts that the grader's page must hold: the attack did reach the reader, as text."""
    absent: tuple[str, ...] = ()
    """Texts that neither the pages nor the terminal may hold."""
    gains: bool | None = False
    """False: scored exactly as the honest hand-in; True: scored apart from it, never higher; None: no claim but that it is not higher."""
    form: str = "quick"
    """The form it is graded on: `quick` has four calls, `whole` every kind of call."""
    quick: bool = False
    """Whether `make test` runs it."""

    @property
    def family(self) -> str:
        return self.id.split("_", 1)[0]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Codes that the attacked calls may come out with."""
        return (self.outcome,) if isinstance(self.outcome, str) else self.outcome

    @property
    def program(self) -> str:
        """Text of `pipeline/__main__.py`."""
        return program_of(self.command, self.code, seconds=self.seconds, megabytes=self.megabytes, processes=self.processes)

    def attempts(self) -> set[str]:
        """Names of what the code tries and must be refused."""
        calls = [node for node in ast.walk(ast.parse(textwrap.dedent(self.code))) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        named = [node.args[0] for node in calls if node.func.id in ("attempt", "attempt_each")]  # type: ignore[attr-defined]
        return {str(name.value) for name in named if isinstance(name, ast.Constant)}

    def python_files(self) -> dict[str, str]:
        """Everything of it that Python could run, by name."""
        found = {name: text if isinstance(text, str) else text.decode() for name, text in self.files.items() if name.endswith(".py")}
        return {"pipeline/__main__.py": self.program, **found}


def honest() -> Attack:
    """The hand-in that attacks nothing; in every batch, before and after the others."""
    return Attack(id="honest_work", what="does what it was asked", covers=())


def plain(card: dict[str, Any]) -> dict[str, Any]:
    """A scorecard without what differs from run to run (seconds) and from hand-in to hand-in (its digest, its memo): equal scores are equal bit for bit."""
    calls = [{name: value for name, value in call.items() if name != "wall_s"} for call in card["calls"]]
    return {**card, "calls": calls, "submission_sha256": "", "memo": ""}
