"""A container engine of this machine, podman or docker: what it is, what it can do, and how to talk to it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit.sandbox.model import SandboxError, SandboxUnavailable

KINDS = ("podman", "docker")
"""In the order in which they are tried."""
OTHER_RUNTIMES = ("runc", "crun")
"""Programs that podman can start containers with. A kernel may suit one and not the other, so each is tried."""
CONTROLLERS = ("memory", "pids", "cpu")
LABEL = "takehome.grader"
ANSWER_S = 60.0
BUILD_S = 1800.0
WORDS = 1500
INSTALL = {
    "podman": "install it with `apt install podman uidmap` (Debian, Ubuntu), `dnf install podman` (Fedora) or `brew install podman` (macOS)",
    "docker": "install Docker Engine or Docker Desktop from its maker",
}
SETTINGS = ("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG")
SETTING_FAMILIES = ("XDG_", "DOCKER_", "CONTAINER_", "CONTAINERS_", "DBUS_", "PODMAN_")
"""What an engine's own program may read of the grader's environment. None of it reaches a run."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """An engine that answers."""

    kind: str
    """`podman` or `docker`."""
    program: str
    version: str
    rootless: bool
    """Whether it runs as the person who grades, in a user namespace of that person."""
    controllers: frozenset[str]
    """Of `memory`, `pids` and `cpu`, those that it can limit for a whole run."""
    labelled: bool
    """Whether SELinux labels are in force."""
    machine: str
    """Processor that its containers run on: `x86_64` or `aarch64`."""
    runtime: str | None = None
    """The program that starts containers, where it is not the engine's own choice."""

    @property
    def words(self) -> list[str]:
        """What every command for this engine begins with."""
        return [self.program, *(["--runtime", self.runtime] if self.runtime else [])]

    @property
    def title(self) -> str:
        """Name, version and what it starts containers with, for the record."""
        return f"{self.kind} {self.version}" + (f" with {self.runtime}" if self.runtime else "")

    def ask(self, *words: str, data: bytes | None = None, timeout: float = ANSWER_S) -> str:
        """What the engine answers on standard output. Raises SandboxError with its complaint when it refuses or does not answer."""
        return _answer([*self.words, *words], data=data, timeout=timeout)

    def remove(self, name: str) -> None:
        """End and remove a container with everything in it; silent when there is none. Raises SandboxError when something may be left."""
        patience = ["--time", "0"] if self.kind == "podman" else []
        try:
            self.ask("rm", "--force", "--volumes", *patience, name)
        except SandboxError as error:
            if "no such container" not in str(error).lower() and "no container with" not in str(error).lower():
                raise

    def sweep(self) -> None:
        """Remove containers of graders that were killed: of this machine only, and only where the grader is gone."""
        for found in self.ask("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}").split():
            with contextlib.suppress(SandboxError):
                label = self.ask("inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', found).strip()
                if _is_of_a_dead_grader(label):
                    self.remove(found)


def open_engine(kind: str) -> Engine:
    """The engine of that name, asked what it can do. Raises SandboxUnavailable when it is not installed or does not answer."""
    program = shutil.which(kind)
    if program is None:
        raise SandboxUnavailable(f"expected the program {kind!r} on PATH, found none; {INSTALL[kind]}")
    try:
        said = json.loads(_answer([program, "info", "--format", "json" if kind == "podman" else "{{json .}}"]))
        if not isinstance(said, dict):
            raise TypeError(f"expected an object, got {said!r}")
        return _podman(program, said) if kind == "podman" else _docker(program, said)
    except SandboxError as error:
        raise SandboxUnavailable(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise SandboxUnavailable(f"{kind} said something about itself that could not be read: {error!r}; a newer version may help") from error


def with_other_runtimes(engine: Engine) -> list[Engine]:
    """The engine as it is, then with each other installed program that can start containers."""
    if engine.kind != "podman" or sys.platform != "linux":
        return [engine]
    return [engine, *(replace(engine, runtime=name) for name in OTHER_RUNTIMES if shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin"))]


def grader_label() -> str:
    """Names this very process, also after its number was given to another."""
    return f"{os.uname().nodename} {os.getpid()} {_started(os.getpid())}"


def likely_fix(kind: str, problem: str) -> str:
    """What most often keeps an installed engine from working, judged by what it said."""
    for words, fix in _FIXES:
        if words in problem.lower():
            return fix(kind)
    return f"see that `{kind} run --rm --network none IMAGE true` works with some image, then run `takehome doctor` again"


def _user() -> str:
    return os.environ.get("USER") or "USER"


def _start_docker() -> str:
    return f"start it (`systemctl start docker` as root), and let yourself use it (`usermod -aG docker {_user()}`, log in again)"


_FIXES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("found none", lambda kind: INSTALL[kind]),
    ("hybrid mode", lambda kind: "`apt install runc` (this crun does not run where both generations of control groups are mounted)"),
    ("subuid", lambda kind: f"`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {_user()}` as root, then `podman system migrate`"),
    ("newuidmap", lambda kind: "`apt install uidmap` as root"),
    ("docker daemon", lambda kind: _start_docker()),
    ("docker.sock", lambda kind: _start_docker()),
    ("connect to podman", lambda kind: "`podman machine init && podman machine start`"),
    ("user namespace", lambda kind: "`sysctl user.max_user_namespaces=10000` as root; on Ubuntu 24.04 let podman's AppArmor profile allow `userns`"),
)


def _podman(program: str, said: dict[str, Any]) -> Engine:
    host = said["host"]
    return Engine(
        kind="podman",
        program=program,
        version=str(said["version"]["Version"]),
        rootless=bool(host["security"]["rootless"]),
        controllers=frozenset(CONTROLLERS) & frozenset(host.get("cgroupControllers") or ()),
        labelled=bool(host["security"].get("selinuxEnabled")),
        machine=_machine(str(host.get("arch"))),
    )


def _docker(program: str, said: dict[str, Any]) -> Engine:
    if "ServerVersion" not in said:
        raise SandboxUnavailable("the program 'docker' here is not docker's own; remove it from PATH, or use podman under its own name")
    options = [str(each) for each in said.get("SecurityOptions") or ()]
    able = {"memory": said.get("MemoryLimit"), "pids": said.get("PidsLimit"), "cpu": said.get("CPUCfsQuota", said.get("CpuCfsQuota"))}
    if any("name=rootless" in each for each in options):
        raise SandboxUnavailable(
            "docker runs rootless here, where what a run writes belongs to nobody the grader can be; use podman, or docker's ordinary service"
        )
    return Engine(
        kind="docker",
        program=program,
        version=str(said["ServerVersion"]),
        rootless=False,
        controllers=frozenset(name for name, there in able.items() if there),
        labelled=any("name=selinux" in each for each in options),
        machine=_machine(str(said.get("Architecture"))),
    )


def _machine(said: str) -> str:
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(said, said)


def environment() -> dict[str, str]:
    """The part of the grader's environment that the engine's own program gets."""
    return {key: value for key, value in os.environ.items() if key in SETTINGS or key.startswith(SETTING_FAMILIES)}


def _answer(command: list[str], *, data: bytes | None = None, timeout: float = ANSWER_S) -> str:
    program = Path(command[0]).name
    try:
        # No data is an empty standard input: an engine never waits for the person at the terminal.
        done = subprocess.run(command, env=environment(), cwd="/", input=data or b"", capture_output=True, timeout=timeout, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxError(f"{program} does not answer: {error}; run `takehome doctor` to see what is missing") from error
    if done.returncode:
        words = (done.stdout + done.stderr)[-WORDS:].decode("utf-8", "replace").strip()
        raise SandboxError(f"{program} ended with {done.returncode}: {words!r}; run `takehome doctor` to see what is missing")
    return done.stdout.decode("utf-8", "replace")


def _started(pid: int) -> str:
    """When a process began, in ticks since the machine did; empty where the system does not say, `gone` for none."""
    if not os.path.isdir("/proc/self"):
        return ""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return "gone"
    return stat[stat.rfind(b")") + 2 :].split()[19].decode()


def _is_of_a_dead_grader(label: str) -> bool:
    host, pid, began = (label.split(" ") + ["", "", ""])[:3]
    if host != os.uname().nodename or not pid.isdigit():
        return False
    if began:
        return _started(int(pid)) != began
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
