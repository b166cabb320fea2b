"""The full backend on Linux: bubblewrap, as an ordinary user or as root that drops to an unused user.

A run gets namespaces of its own (no network, no other process, no host name), a root of read-only folders that were named one by one, `/tmp` and
`/dev/shm` of bounded size, one writable folder, a system-call filter and resource limits. It is the first process of its namespace, so that
everything it started is dead once bubblewrap returns.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kit.sandbox import model as names
from kit.sandbox import seccomp
from kit.sandbox.guardian import Guardian
from kit.sandbox.model import SYSTEM_FILES, SYSTEM_FOLDERS, Limits, Mount, Run, SandboxError, SandboxUnavailable, library_env
from kit.sandbox.prlimit import PRLIMIT, limited
from kit.sandbox.users import Users, give, passwd
from kit.sandbox.watch import Started, kill_group, popen, watch

BWRAP, SETPRIV = "/usr/bin/bwrap", "/usr/bin/setpriv"
"""The system's own: a distribution ties its permission to make namespaces to this very path."""
INSTALL = "install it with `apt install bubblewrap` (Debian, Ubuntu) or `dnf install bubblewrap` (Fedora)"
INSIDE_ID = 1000
SETUP_WORDS = 4000
SETUP_S = 60.0


class Bubblewrap:
    """Runs commands under bubblewrap. `as_root` says whether the grader itself is root, which changes how privileges are dropped."""

    name = "bubblewrap"
    level = "full"
    carried = None

    def __init__(self) -> None:
        for program, fix in ((BWRAP, INSTALL), (PRLIMIT, "install util-linux"), (SETPRIV, "install util-linux")):
            if not os.access(program, os.X_OK):
                raise SandboxUnavailable(f"expected the program {program!r}, found none; {fix}")
        self.as_root = os.geteuid() == 0
        self._options = _known_options()
        self._filter = seccomp.compiled()
        self._guardian = Guardian() if self.as_root else None
        self._users = Users()
        self.protections = (
            "no network",
            "own process, ipc and host-name namespaces",
            "read-only root, one writable folder",
            "system-call filter",
            "resource limits",
            "empty environment",
            "runs as an unused user" if self.as_root else "own user namespace",
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
        with contextlib.ExitStack() as held:
            user = held.enter_context(self._users.one()) if self.as_root else os.getuid()
            if self.as_root:
                give(output, user)
            shown = [*mounts, Mount(source=submission, target=names.SUBMISSION)]
            shown += [Mount(source=inputs, target=names.INPUTS)] if inputs else []
            shown += [Mount(source=model, target=names.MODEL)] if model else []
            theirs = held.enter_context(contextlib.ExitStack())
            status, status_end = os.pipe()
            held.callback(os.close, status)
            theirs.callback(os.close, status_end)
            hold_end, hold = os.pipe()
            held.callback(os.close, hold)
            theirs.callback(os.close, hold_end)
            files: list[int] = []

            def lend(data: bytes) -> str:
                fd = os.memfd_create("lent")
                held.callback(os.close, fd)
                os.write(fd, data)
                os.lseek(fd, 0, os.SEEK_SET)
                files.append(fd)
                return str(fd)

            inside = user if self.as_root else INSIDE_ID
            options = [
                *self._namespaces(),
                *_root(limits, passwd(inside), lend),
                *_shown(shown),
                *("--bind", str(output), names.OUTPUT),
                *("--perms", "0444", "--file", lend(b""), names.MARK),
                *("--remount-ro", "/", "--chdir", names.SUBMISSION),
                *_settings(library_env(limits.cores) | dict(env)),
                *("--seccomp", lend(self._filter), "--json-status-fd", str(status_end), "--block-fd", str(hold_end)),
            ]
            tail = [*self._drop(user), *limited(limits), *command]
            argv = [BWRAP, "--args", lend(b"\0".join(map(os.fsencode, options))), "--", *tail]
            process = popen(argv, env={}, pass_fds=[*files, status_end, hold_end])
            theirs.close()
            watched = _Watched(process, status)
            held.callback(watched.close)
            self._begin(watched, hold)
            run = watch(Started(process=process, root=watched.root, kill=watched.kill), limits=limits, output=output, cancel=cancel)
            if not watched.set_up(run):
                words = run.stderr[-SETUP_WORDS:].decode("utf-8", "replace").strip()
                raise SandboxError(
                    f"bubblewrap could not set up the run (exit {run.exit!r}): {words!r}; run `takehome doctor` to see what is missing"
                )
            return run

    def _begin(self, watched: _Watched, hold: int) -> None:
        """Let the command begin, now that somebody is there to end it. Where that fails, nothing of it is left."""
        try:
            handle = watched.wait_for_root()
            if self._guardian is not None and handle is not None:
                self._guardian.watch(handle)
            with contextlib.suppress(BrokenPipeError):
                os.write(hold, b"+")
        except BaseException:
            watched.abandon()
            raise

    def _namespaces(self) -> list[str]:
        chosen = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"]
        chosen += ["--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
        if self.as_root:
            # Only for the one step that turns root into nobody; it gives them up in the same breath.
            return chosen + [word for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP") for word in ("--cap-add", capability)]
        inside = ["--unshare-user", "--uid", str(INSIDE_ID), "--gid", str(INSIDE_ID)]
        return inside + (["--disable-userns"] if "--disable-userns" in self._options else []) + chosen

    def _drop(self, user: int) -> list[str]:
        if not self.as_root:
            return []
        identity = [SETPRIV, "--reuid", str(user), "--regid", str(user), "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]
        return [*identity, "--"]


class _Watched:
    """What bubblewrap says about the run: the pid of its first process, and whether it ever began."""

    def __init__(self, process: subprocess.Popen[bytes], status: int) -> None:
        self._process = process
        self._status = status
        self._said = b""
        self._ended = False
        self._pid: int | None = None
        self._handle: int | None = None
        os.set_blocking(status, False)

    def _listen(self) -> None:
        while select.select([self._status], [], [], 0)[0]:
            try:
                data = os.read(self._status, 4096)
            except BlockingIOError:
                return
            if not data:
                self._ended = True
                return
            self._said += data

    def _values(self) -> dict[str, int]:
        values: dict[str, int] = {}
        for line in self._said.splitlines():
            with contextlib.suppress(ValueError):
                values.update({key: value for key, value in json.loads(line).items() if isinstance(value, int)})
        return values

    def wait_for_root(self) -> int | None:
        """A handle on the first process inside, once bubblewrap has made it; None where its set-up failed."""
        while self.root() is None:
            if not select.select([self._status], [], [], SETUP_S)[0]:
                raise SandboxError(f"bubblewrap did not set up the run within {SETUP_S:.0f} s; run `takehome doctor`")
            if self._ended:
                return None
        return self._handle

    def root(self) -> int | None:
        if self._pid is None:
            self._listen()
            found = self._values().get("child-pid")
            if found is not None:
                self._pid = found
                with contextlib.suppress(ProcessLookupError):
                    self._handle = os.pidfd_open(found)
        return self._pid

    def kill(self) -> None:
        """Kill the first process inside: its namespace dies with it, and only then does bubblewrap itself return."""
        if self.root() is None:
            kill_group(self._process)
        elif self._handle is not None:
            # A handle, since the number may belong to another process by now.
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def abandon(self) -> None:
        """Kill what there is and wait until it is gone."""
        self.kill()
        kill_group(self._process)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def set_up(self, run: Run) -> bool:
        """Whether the command was reached. A run that we killed early counts as reached."""
        self._listen()
        return "exit-code" in self._values() or (run.stopped is not None and self._pid is not None)

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _root(limits: Limits, accounts: bytes, lend: Callable[[bytes], str]) -> list[str]:
    options = ["--proc", "/proc", "--dev", "/dev", "--size", str(limits.shm_bytes), "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    options += ["--size", str(limits.tmp_bytes), "--perms", "1777", "--tmpfs", "/tmp", "--perms", "0755", "--dir", "/etc"]
    options += ["--ro-bind", "/usr", "/usr"]
    for name in SYSTEM_FOLDERS:
        host = Path("/", name)
        if host.is_symlink():
            options += ["--symlink", os.readlink(host), str(host)]
        elif host.is_dir():
            options += ["--ro-bind", str(host), str(host)]
    for name in SYSTEM_FILES:
        options += ["--ro-bind-try", name, name]
    return options + ["--perms", "0444", "--file", lend(accounts), "/etc/passwd"]


def _shown(mounts: Sequence[Mount]) -> list[str]:
    options: list[str] = []
    made = {"/"}
    for mount in mounts:
        # Folders that bubblewrap makes by itself would be closed to the user of the run.
        for parent in reversed(Path(mount.target).parents):
            if str(parent) not in made:
                options += ["--perms", "0755", "--dir", str(parent)]
                made.add(str(parent))
        options += ["--ro-bind", str(mount.source), mount.target]
        made.add(mount.target)
    return options


def _settings(env: Mapping[str, str]) -> list[str]:
    return [word for key, value in sorted(env.items()) for word in ("--setenv", key, value)]


def _known_options() -> frozenset[str]:
    """The options that this bubblewrap understands; older ones know fewer."""
    try:
        said = subprocess.run([BWRAP, "--help"], capture_output=True, env={}, stdin=subprocess.DEVNULL, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxUnavailable(f"{BWRAP} does not start: {error}; {INSTALL}") from error
    words = frozenset((said.stdout + said.stderr).decode("utf-8", "replace").split())
    missing = sorted({"--args", "--as-pid-1", "--json-status-fd", "--perms", "--size", "--clearenv", "--remount-ro", "--seccomp"} - words)
    if missing:
        raise SandboxUnavailable(f"{BWRAP} is too old: it does not know {', '.join(missing)}; version 0.8 or newer is needed")
    return words
