"""The full backend through a container engine: podman, as root or as an ordinary user, or docker.

The same mounts, environment, limits and system-call filter as under bubblewrap, around the same command; the same watchdog follows it. Where the
engine may use control groups, memory, processes and cores of the whole run are bounded by the kernel too.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from kit.sandbox import model as names
from kit.sandbox import seccomp
from kit.sandbox.engine import LABEL, Engine, environment, grader_label, with_other_runtimes
from kit.sandbox.guardian import Guardian
from kit.sandbox.image import Image
from kit.sandbox.interpreter import Interpreter
from kit.sandbox.model import SYSTEM_FILES, SYSTEM_FOLDERS, Limits, Mount, Run, SandboxError, SandboxUnavailable, library_env
from kit.sandbox.prlimit import limited
from kit.sandbox.users import Users, give, passwd
from kit.sandbox.watch import Started, kill_group, popen, watch

ASK_AGAIN_S = 0.25
"""Between two questions to the engine about one run."""
GRACE_S = 120
"""podman itself ends a run that is this much older than its limit, should the grader and its guardian both be gone."""
NOT_BEGUN = "0001-01-01"
TRUE = "/usr/bin/true"
TRIAL = Limits(wall_s=30.0, cpu_s=20)


class Container:
    """Runs commands in fresh containers of one engine. Tried once when made; the way to start containers that works is kept."""

    level = "full"

    def __init__(self, engine: Engine, image: Image) -> None:
        if "," in tempfile.gettempdir():
            raise SandboxUnavailable(f"expected a temporary folder without a comma, got {tempfile.gettempdir()!r}; set TMPDIR to another")
        self.image = image
        self.as_root = sys.platform == "linux" and os.geteuid() == 0
        self._users = Users()
        self._guardian = Guardian() if sys.platform == "linux" else None
        # Kept as long as the sandbox: the engine reads it at the start of every run.
        self._folder = tempfile.TemporaryDirectory(prefix="filter-")
        self._filter = Path(self._folder.name) / "filter.json"
        self._filter.write_text(json.dumps(seccomp.profile()), encoding="utf-8")
        # One at a time, beside the runs: what is removed there is dead already. Python waits for it before it ends.
        self._remover = ThreadPoolExecutor(max_workers=1, thread_name_prefix="remove")
        self._removals: list[Future[None]] = []
        self._lock = threading.Lock()
        self.engine = self._that_works(engine)
        with contextlib.suppress(SandboxError):
            self.engine.sweep()

    @property
    def carried(self) -> Interpreter | None:
        """See `kit.sandbox.model.Sandbox.carried`."""
        return self.image.interpreter

    @property
    def name(self) -> str:
        """See `kit.sandbox.model.Sandbox.name`."""
        return self.engine.kind

    @property
    def protections(self) -> tuple[str, ...]:
        """See `kit.sandbox.model.Sandbox.protections`."""
        bounded = [each for each in ("memory", "pids", "cpu") if each in self.engine.controllers]
        return (
            "no network",
            "own process, ipc, mount and host-name namespaces",
            "read-only root, one writable folder",
            "system-call filter",
            "no capabilities, no new privileges",
            "resource limits",
            *([f"a control group limits {', '.join(bounded)}"] if bounded else []),
            "empty environment",
            self._identity_words(),
            f"{self.engine.title}, image {self.image.id[:19]}",
        )

    def run(
        self,
        command: Sequence[str],
        *,
        submission: Path,
        inputs: Path | None,
        model: Path | None,
        output: Path,
        limits: Limits,
        env: Mapping[str, str],
        mounts: Sequence[Mount] = (),
        cancel: threading.Event | None = None,
    ) -> Run:
        """See `kit.sandbox.model.Sandbox.run`."""
        self._told_of_removals()
        with contextlib.ExitStack() as held:
            user = held.enter_context(self._users.one()) if self.as_root else os.getuid()
            if self.as_root:
                give(output, user)
            scratch = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="run-")))
            accounts = scratch / "passwd"
            accounts.write_bytes(passwd(user))
            for path, mode in ((scratch, 0o755), (accounts, 0o444)):
                path.chmod(mode)
            shown = [*self._of_the_system(), *mounts, Mount(source=accounts, target="/etc/passwd"), Mount(source=submission, target=names.SUBMISSION)]
            shown += [Mount(source=inputs, target=names.INPUTS)] if inputs else []
            shown += [Mount(source=model, target=names.MODEL)] if model else []
            name = f"takehome-{secrets.token_hex(8)}"
            pidfile = scratch / "pid"
            argv = [
                *self.engine.words,
                *("run", "--name", name, "--label", f"{LABEL}={grader_label()}"),
                *self._isolation(user, limits, pidfile),
                *_mounted(shown, output),
                *("--entrypoint", "/usr/bin/env", self.image.id, "-i"),
                *(f"{key}={value}" for key, value in sorted((library_env(limits.cores) | dict(env)).items())),
                *limited(limits, count_processes=self._own_processes()),
                *command,
            ]
            removal = held.enter_context(contextlib.ExitStack())
            removal.callback(self.engine.remove, name)
            process = popen(argv, env=environment(), cwd=Path("/"))
            watched = _Watched(self.engine, name, process, pidfile, self._guardian)
            held.callback(watched.close)
            run = watch(Started(process=process, root=watched.root, kill=watched.kill), limits=limits, output=output, cancel=cancel)
            run = self._as_it_was(run, name)
            if run.stopped is None:
                removal.pop_all()
                with self._lock:
                    self._removals.append(self._remover.submit(self.engine.remove, name))
            return run

    def _told_of_removals(self) -> None:
        """Raises what became of removals that are over; the rest goes on."""
        with self._lock:
            over = [each for each in self._removals if each.done()]
            self._removals = [each for each in self._removals if not each.done()]
        for each in over:
            each.result()

    def settle(self) -> None:
        """Wait until every run that is over has left the engine's store. Raises SandboxError where one could not be removed."""
        wait(self._removals)
        self._told_of_removals()

    def _as_it_was(self, run: Run, name: str) -> Run:
        """The run with the exit that the engine recorded. Raises SandboxError where the command was never reached."""
        if run.exit == 0 and run.stopped is None:
            return run  # an engine's own program ends with 0 only where the command did
        try:
            said = self.engine.ask("inspect", "--format", "{{json .State}}", name)
            state = json.loads(said)
            began, code, full = str(state["StartedAt"]), int(state["ExitCode"]), bool(state.get("OOMKilled"))
        except (SandboxError, ValueError, KeyError, TypeError) as error:
            began, code, full = NOT_BEGUN, 0, False
            reason = str(error)
        else:
            reason = str(state.get("Error") or "")
        if began.startswith(NOT_BEGUN):
            words = run.stderr[-names.KIB :].decode("utf-8", "replace").strip() or reason
            raise SandboxError(
                f"{self.engine.kind} could not set up the run (exit {run.exit!r}): {words!r}; run `takehome doctor` to see what is missing"
            )
        return replace(run, exit=code, stopped="memory" if full and run.stopped is None else run.stopped)

    def _of_the_system(self) -> list[Mount]:
        if self.image.carries:
            return []
        folders = [path for name in SYSTEM_FOLDERS if not (path := Path("/", name)).is_symlink() and path.is_dir()]
        shown = [Path("/usr"), *folders, *(path for name in SYSTEM_FILES if (path := Path(name)).exists())]
        return [Mount(source=path, target=str(path)) for path in shown]

    def _isolation(self, user: int, limits: Limits, pidfile: Path) -> list[str]:
        """Everything but the mounts and the command."""
        words = ["--pull=never", "--network", "none", "--hostname", "sandbox", "--ipc", "private", "--log-driver", "none", "--stop-timeout", "0"]
        words += ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--security-opt", f"seccomp={self._filter}"]
        words += ["--security-opt", "label=disable"] if self.engine.labelled else []
        words += ["--user", f"{user}:{user if self.as_root else os.getgid()}", "--workdir", names.SUBMISSION]
        words += ["--shm-size", str(limits.shm_bytes), "--tmpfs", f"/tmp:rw,exec,nosuid,nodev,mode=1777,size={limits.tmp_bytes}"]
        words += ["--ulimit", f"nofile={limits.descriptors}:{limits.descriptors}", "--ulimit", "core=0:0"]
        words += ["--ulimit", f"nproc={limits.processes}:{limits.processes}"] if self._own_processes() else []
        if self.engine.kind == "podman":
            # What podman adds of its own accord: folders that can be written, names of the host, proxies of the grader's environment.
            words += [
                "--pid",
                "private",
                "--uts",
                "private",
                "--read-only-tmpfs=false",
                "--no-hosts",
                "--http-proxy=false",
                "--systemd=false",
                "--no-healthcheck",
                "--image-volume=ignore",
            ]
            words += ["--pidfile", str(pidfile), "--timeout", str(int(limits.wall_s) + GRACE_S)]
            words += ["--userns=keep-id"] if self.engine.rootless else []
            words += [] if self.engine.controllers else ["--cgroups=disabled"] if self.engine.runtime != "runc" else []
        if "memory" in self.engine.controllers:
            # The files of /tmp and /dev/shm count here too, and they have limits of their own. No swap beside it.
            most = str(limits.resident_bytes + limits.tmp_bytes + limits.shm_bytes)
            words += ["--memory", most, "--memory-swap", most]
        words += ["--pids-limit", str(limits.processes)] if "pids" in self.engine.controllers else []
        words += ["--cpus", str(limits.cores)] if "cpu" in self.engine.controllers else []
        return words

    def _own_processes(self) -> bool:
        """Whether the kernel's count of processes of a user is that of the run alone: it has a user id or a user namespace of its own."""
        return self.as_root or self.engine.rootless

    def _identity_words(self) -> str:
        if self.as_root:
            return "runs as an unused user"
        return "own user namespace" if self.engine.rootless else "runs as the grader's user id, without its groups"

    def _that_works(self, engine: Engine) -> Engine:
        """The engine with the first way to start containers in which a run comes to its end."""
        problems = []
        for self.engine in with_other_runtimes(engine):
            stage = Path(tempfile.mkdtemp(prefix="trial-"))
            try:
                (stage / "sub").mkdir()
                (stage / "out").mkdir()
                run = self.run([TRUE], submission=stage / "sub", inputs=None, model=None, output=stage / "out", limits=TRIAL, env={})
                if run.exit == 0:
                    return self.engine
                problems.append(f"{self.engine.title}: exit {run.exit} of {TRUE}: {run.stderr[-names.KIB :].decode('utf-8', 'replace').strip()!r}")
            except SandboxError as error:
                problems.append(f"{self.engine.title}: {error}")
            finally:
                for path in (stage / "sub", stage / "out", stage):
                    with contextlib.suppress(OSError):
                        path.rmdir()
        raise SandboxUnavailable("; ".join(problems))


class _Watched:
    """A container under way: its first process on the host where that can be seen, and how to end it."""

    def __init__(self, engine: Engine, name: str, process: subprocess.Popen[bytes], pidfile: Path, guardian: Guardian | None) -> None:
        self._engine, self._name, self._process, self._pidfile, self._guardian = engine, name, process, pidfile, guardian
        self._pid: int | None = None
        self._handle: int | None = None
        self._next_question = 0.0
        self._next_kill = 0.0

    def root(self) -> int | None:
        # Elsewhere than on Linux containers live in a virtual machine, and its process numbers mean nothing here.
        if self._pid is None and sys.platform == "linux":
            found = self._told()
            if found:
                with contextlib.suppress(OSError):
                    self._handle = os.pidfd_open(found)
                if self._handle is not None and self._guardian is not None:
                    self._guardian.watch(self._handle)
                self._pid = found
        return self._pid

    def _told(self) -> int:
        """The pid as podman wrote it, or as docker says it; 0 while there is none."""
        if self._engine.kind == "podman":
            with contextlib.suppress(OSError, ValueError):
                return int(self._pidfile.read_text())
            return 0
        if (now := time.monotonic()) >= self._next_question:
            self._next_question = now + ASK_AGAIN_S
            with contextlib.suppress(SandboxError, ValueError):
                return int(self._engine.ask("inspect", "--format", "{{.State.Pid}}", self._name))
        return 0

    def kill(self) -> None:
        """Kill the first process inside, and its namespace dies with it; where it cannot be reached, have the engine do it."""
        if self._handle is not None:
            try:
                # A handle, since the number may belong to another process by now.
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
                return
            except ProcessLookupError:
                return
            except OSError:
                pass
        if (now := time.monotonic()) >= self._next_kill:
            self._next_kill = now + ASK_AGAIN_S
            try:
                self._engine.ask("kill", "--signal", "KILL", self._name)
            except SandboxError:
                # Not begun yet, or over: the engine's own program is all there is. What it may have made is removed afterwards.
                kill_group(self._process)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _mounted(shown: Sequence[Mount], output: Path) -> list[str]:
    words = []
    for source, target, ending in (*((each.source, each.target, ",readonly") for each in shown), (output, names.OUTPUT, "")):
        if "," in str(source):
            raise SandboxError(f"expected a path without a comma to mount in a container, got {str(source)!r}; keep it elsewhere")
        words += ["--mount", f"type=bind,source={source},target={target}{ending}"]
    return words
