"""Environments for tools that cannot live beside the kit: one a tool, from pinned requirements, outside of the repository, kept while the pins stay.

`TAKEHOME_CHECKERS` names the folder they are kept in; else it is the user's cache folder. Nothing of the kit is in them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).with_name("checkers")
VARIABLE = "TAKEHOME_CHECKERS"
MARK = ".ready"
"""Written last: an environment without it was stopped half way and is made again."""
BUILD_S, RUN_S = 1800, 1800
QUIET = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1",
    "DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY": "True", "ITERATIVE_DO_NOT_TRACK": "1", "DO_NOT_TRACK": "1",
}  # fmt: skip
"""One thread, no window, and nobody told that the tool was used."""


class NotMeasured(Exception):
    """A tool could not be measured. The text is fit for a committed file; `tried` is for the person at the screen."""

    def __init__(self, why: str, tried: str = "") -> None:
        super().__init__(why)
        self.tried = tried


@dataclass(frozen=True, kw_only=True)
class Tool:
    """An off-the-shelf checker."""

    name: str
    pythons: tuple[tuple[int, int], ...]
    """Versions of Python that its pins have wheels for, the preferred one first."""

    @property
    def requirements(self) -> Path:
        """Its pinned packages."""
        return HERE / f"{self.name}.txt"

    @property
    def script(self) -> Path:
        """What runs inside its environment: DATA OUT."""
        return HERE / f"run_{self.name}.py"

    def digest(self) -> str:
        """Of what decides its alarms: the pins and the scripts."""
        parts = [pins(self.requirements).encode(), self.script.read_bytes(), (HERE / "tables.py").read_bytes()]
        return hashlib.sha256(b"\n".join(parts)).hexdigest()[:12]


TOOLS = {
    "deepchecks": Tool(name="deepchecks", pythons=((3, 11), (3, 12))),
    "evidently": Tool(name="evidently", pythons=((3, 11), (3, 12), (3, 13))),
}


def pins(requirements: Path) -> str:
    """The lines of a requirements file that count."""
    lines = (line.split("#")[0].strip() for line in requirements.read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line)


def default_folder() -> Path:
    """Where environments are kept."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path.home() / ".cache" / "takehome" / "checkers"


def interpreters(tool: Tool) -> tuple[list[str], list[str]]:
    """Pythons of this machine that the tool's pins install on, one a version, and what was looked at in words."""
    found: dict[tuple[int, ...], str] = {}
    seen = []
    for name in (sys.executable, *(f"python{a}.{b}" for a, b in tool.pythons), "python3"):
        program = shutil.which(name)
        said = _run([program, "-c", "import sys; print(*sys.version_info[:2])"], 60) if program else None
        if program is None or said is None or said.returncode != 0:
            seen.append(f"{name}: not there or does not start")
            continue
        version = tuple(int(part) for part in said.stdout.split())
        seen.append(f"{name}: {version[0]}.{version[1]}")
        if version in tool.pythons:
            found.setdefault(version, program)
    return list(found.values()), seen


def ensure(tool: Tool, home: Path) -> Path:
    """The Python of the tool's environment, made first where there is none (about a minute). Raises NotMeasured."""
    place = home / f"{tool.name}-{hashlib.sha256(pins(tool.requirements).encode()).hexdigest()[:12]}"
    python = place / "bin" / "python"
    if (place / MARK).is_file():
        return python
    able, seen = interpreters(tool)
    wanted = " or ".join(f"{a}.{b}" for a, b in tool.pythons)
    if not able:
        raise NotMeasured(
            f"no environment: the pins of {tool.name} need Python {wanted}, and this machine has none",
            f"looked at {'; '.join(seen)}. Install Python {wanted} so that it is found on the PATH, then run this again.",
        )
    tried = []
    for program in able:
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        print(f"making the environment of {tool.name} with {Path(program).name} (once)", file=sys.stderr, flush=True)
        steps = [
            [program, "-m", "venv", str(place)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", str(tool.requirements)],
            [str(python), "-c", f"import {tool.name}, pyarrow.parquet"],
        ]
        for step in steps:
            done = _run(step, BUILD_S)
            if done is None or done.returncode != 0:
                said = "took too long or did not start" if done is None else (done.stderr or done.stdout)[-1500:].strip()
                tried.append(f"$ {' '.join(step)}\n{said}")
                break
        else:
            (place / MARK).touch()
            return python
    raise NotMeasured(
        f"no environment: the packages pinned in {tool.requirements.name} could not be installed",
        "\n".join(tried)
        + f"\nMend what was said last (a package index that can be reached; free space; {VARIABLE} for another folder); then run again.",
    )


def alarms(tool: Tool, python: Path, data: Path, out: Path) -> dict[str, Any]:
    """What the tool says about a data folder. Raises NotMeasured when it stops before it has said anything."""
    done = _run([str(python), str(tool.script), str(data), str(out)], RUN_S)
    if done is None:
        raise NotMeasured(f"{tool.name} did not end within {RUN_S} s")
    if done.returncode != 0 or not out.is_file():
        kind = re.findall(r"^([A-Za-z_.]+(?:Error|Exception|Interrupt))\b", done.stderr, re.MULTILINE)
        raise NotMeasured(f"{tool.name} stopped with exit {done.returncode} ({kind[-1] if kind else 'no error named'})", done.stderr.strip()[-1500:])
    made: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return made


def _run(command: list[str], seconds: float) -> subprocess.CompletedProcess[str] | None:
    """What a command said; None when it did not start or did not end in time."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") and name != "VIRTUAL_ENV"}
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, env=kept | QUIET)
    except (OSError, subprocess.TimeoutExpired):
        return None
