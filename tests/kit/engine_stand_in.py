"""A container engine that is only played: a program which writes down what it was told and answers as it was set to."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

PODMAN = {
    "host": {"cgroupControllers": ["cpuset", "cpu", "memory", "pids"], "security": {"rootless": False, "selinuxEnabled": False}},
    "version": {"Version": "5.0.0"},
}
DOCKER = {"ServerVersion": "27.0.1", "MemoryLimit": True, "PidsLimit": True, "CpuCfsQuota": True, "SecurityOptions": ["name=seccomp,profile=builtin"]}
STATE = {"StartedAt": "2026-01-01T00:00:00Z", "ExitCode": 0, "OOMKilled": False, "Error": ""}
PROGRAM = """#!{python} -I
import json, sys
from pathlib import Path
here = Path(__file__).parent
words = sys.argv[1:]
with open(here / "told", "a") as file:
    file.write(json.dumps(words) + "\\n")
data = sys.stdin.buffer.read() if "import" in words else b""
if data:
    (here / "imported").write_bytes(data)
for begin, answer in json.loads((here / "answers").read_text()).items():
    if " ".join(words).startswith(begin):
        sys.stdout.write(answer.get("out", ""))
        sys.stderr.write(answer.get("err", ""))
        sys.exit(answer.get("code", 0))
"""


class StandIn:
    """The played engine, first on PATH."""

    def __init__(self, folder: Path, kind: str, info: dict[str, Any]) -> None:
        self.folder = folder
        self.answers: dict[str, dict[str, Any]] = {"info": {"out": json.dumps(info)}, "inspect --format {{json .State}}": {"out": json.dumps(STATE)}}
        program = folder / kind
        program.write_text(PROGRAM.replace("{python}", sys.executable))
        program.chmod(0o755)
        self.answer("rm", code=0)

    def answer(self, begin: str, **how: Any) -> None:
        """What to answer to a command that begins so: `out`, `err`, `code`."""
        self.answers[begin] = how
        (self.folder / "answers").write_text(json.dumps(self.answers))

    @property
    def told(self) -> list[list[str]]:
        """Every command so far."""
        return [json.loads(line) for line in (self.folder / "told").read_text().splitlines()]


def play(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, info: dict[str, Any] | None = None) -> StandIn:
    """A stand-in for `podman` or `docker`, first on a PATH that holds no other engine."""
    bin_ = folder / "bin"
    bin_.mkdir()
    monkeypatch.setenv("PATH", str(bin_))
    return StandIn(bin_, kind, {"podman": PODMAN, "docker": DOCKER}[kind] if info is None else info)
