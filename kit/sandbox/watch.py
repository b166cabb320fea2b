"""Start a command, watch what it uses, stop it at the first limit, keep the end of what it said."""

from __future__ import annotations

import errno
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.sandbox import proc
from kit.sandbox.model import Limits, Run, RunCancelled, SandboxError

LOOK_S = 0.05
"""Time between two looks at memory and processor time: what a run can overshoot by."""
FOLDER_LOOK_S = 0.25
CHUNK = 1 << 18
LAST_WORDS_S = 10.0
"""How long a killed command may take to be gone before the sandbox itself counts as broken."""
UNSEEN_WRITES = 8
"""Storage written may be this many times the output limit: rewriting a file is honest, filling a disk through removed files is not."""


class Tail:
    """The last bytes of a stream, with a mark where earlier ones were cut."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.seen = 0
        self._parts: list[bytes] = []
        self._held = 0

    def add(self, data: bytes) -> None:
        """Take more bytes; memory stays below twice the limit."""
        self.seen += len(data)
        self._parts.append(data)
        self._held += len(data)
        if self._held > 2 * self.limit:
            self._parts = [b"".join(self._parts)[-self.limit :]]
            self._held = self.limit

    def text(self) -> bytes:
        """What is kept, the mark included: never longer than the limit."""
        whole = b"".join(self._parts)
        if self.seen <= self.limit:
            return whole
        mark = f"[cut: only the end of {self.seen} bytes is kept]\n".encode()
        return mark + whole[-(self.limit - len(mark)) :]


@dataclass(frozen=True, kw_only=True)
class Started:
    """A command under way, as its backend sees it."""

    process: subprocess.Popen[bytes]
    """Started with pipes for standard output and error."""
    root: Callable[[], int | None]
    """Pid of the first process of the run on the host, or None while it does not exist yet."""
    kill: Callable[[], None]
    """Ends every process of the run at once; may be called again."""


def popen(argv: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int] = (), cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start with no input, piped output, only the descriptors named and a process group of its own."""
    try:
        return subprocess.Popen(
            list(argv),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            close_fds=True,
            pass_fds=tuple(pass_fds),
            start_new_session=True,
            bufsize=0,
            umask=0o022,
        )
    except OSError as error:
        raise SandboxError(f"could not start {argv[0]!r}: {error}; run `takehome doctor` to see what is missing") from error


def watch(started: Started, *, limits: Limits, output: Path, cancel: threading.Event | None = None) -> Run:
    """Follow a command to its end and give the facts.

    Raises RunCancelled when `cancel` was set, SandboxError when a killed command does not go away. On any error the run is killed first.
    """
    watcher = _Watcher(started, limits, output, cancel)
    try:
        return watcher.follow()
    except BaseException:
        watcher.end()
        raise


class _Watcher:
    def __init__(self, started: Started, limits: Limits, output: Path, cancel: threading.Event | None) -> None:
        self.started, self.limits, self.output, self.cancel = started, limits, output, cancel
        self.process = started.process
        self.tails = {"stdout": Tail(limits.stream_bytes), "stderr": Tail(limits.stream_bytes)}
        self.begun = self.counted_from = time.monotonic()
        self.root: int | None = None
        self.peak = 0
        self.cpu = 0.0
        self.starved: float | None = None
        self.stopped: str | None = None
        self.next_folder_look = 0.0

    def follow(self) -> Run:
        streams = {name: stream for name in self.tails if (stream := getattr(self.process, name)) is not None}
        with selectors.DefaultSelector() as selector:
            for name, stream in streams.items():
                os.set_blocking(stream.fileno(), False)
                selector.register(stream, selectors.EVENT_READ, name)
            next_look = 0.0
            while selector.get_map():
                for key, _ in selector.select(timeout=max(0.0, min(LOOK_S, next_look - time.monotonic()))):
                    if not self._drain(key.fd, key.data):
                        selector.unregister(key.fileobj)
                if time.monotonic() >= next_look:
                    self._look()
                    next_look = time.monotonic() + LOOK_S
        # Both streams are closed: either the run is over, or it closed them itself and goes on in silence.
        while self._reap() is None:
            self._look()
            time.sleep(LOOK_S / 5)
        self._close()
        status, used = self._ended
        wall = time.monotonic() - self.begun
        code = os.waitstatus_to_exitcode(status)
        self.cpu = max(self.cpu, used.ru_utime + used.ru_stime)
        return Run(
            exit=code if code >= 0 else 128 - code,
            stopped=self.stopped,
            wall_s=round(wall, 3),
            cpu_s=round(self.cpu, 3),
            starved_s=self.starved,
            rss_bytes=self.peak,
            stdout=self.tails["stdout"].text(),
            stderr=self.tails["stderr"].text(),
        )

    def _drain(self, fd: int, name: str) -> bool:
        """Take what is there; False once the stream is closed."""
        try:
            data = os.read(fd, CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        tail = self.tails[name]
        tail.add(data)
        if tail.seen > self.limits.flood_bytes:
            self._stop("flood")
        return True

    def _look(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise RunCancelled("the run was stopped because grading was stopped; nothing of it is kept")
        if self.root is None:
            self.root = self.started.root()
            if self.root is not None:
                # The time bubblewrap needs to set up is ours, not theirs.
                self.counted_from = time.monotonic()
        now = time.monotonic()
        if now - self.counted_from > self.limits.wall_s:
            self._stop("wall")
            if now - self.counted_from > self.limits.wall_s + LAST_WORDS_S:
                raise SandboxError(
                    f"a run went on {LAST_WORDS_S:.0f} s after being killed (pid {self.root!r}); end it by hand and report this as a bug"
                )
        if self.root is None or self.stopped:
            return
        seen = proc.usage(self.root)
        self.peak = max(self.peak, seen.rss_bytes)
        self.cpu = max(self.cpu, seen.cpu_s)
        if seen.starved_s is not None:
            self.starved = max(self.starved or 0.0, seen.starved_s)
        if seen.cpu_s > self.limits.cpu_s:
            self._stop("cpu")
        elif seen.rss_bytes > self.limits.resident_bytes and self._truly_too_much(seen):
            self._stop("memory")
        elif seen.written_bytes > UNSEEN_WRITES * self.limits.output_bytes:
            self._stop("output")
        elif now >= self.next_folder_look:
            self.next_folder_look = now + FOLDER_LOOK_S
            if not within(self.output, size=self.limits.output_bytes, entries=self.limits.output_entries):
                self._stop("output")

    def _truly_too_much(self, seen: proc.Usage) -> bool:
        fair = proc.shared_fairly(seen.pids) if seen.processes > 1 else None
        return fair is None or fair > self.limits.resident_bytes

    def _stop(self, reason: str) -> None:
        if self.stopped is None:
            self.stopped = reason
        self.started.kill()

    def _reap(self) -> int | None:
        pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
        if pid == 0:
            return None
        self._ended = (status, used)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return status

    def end(self) -> None:
        """Kill and reap, whatever state the run is in."""
        deadline = time.monotonic() + LAST_WORDS_S
        while self.process.returncode is None and time.monotonic() < deadline:
            self.started.kill()
            if self._reap() is not None:
                break
            time.sleep(LOOK_S / 5)
        self._close()

    def _close(self) -> None:
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


def within(folder: Path, *, size: int, entries: int) -> bool:
    """Whether a folder holds no more than that, without following links; stops counting at the first excess."""
    waiting = [folder]
    count = total = 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as listing:
                for entry in listing:
                    count += 1
                    try:
                        found = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    total += found.st_size
                    if count > entries or total > size:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return False
            # Gone meanwhile, or made unreadable: the storage written is counted elsewhere, and the final check opens it again.
            continue
    return True


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the group that the process leads; silent when it is gone. Only valid until the process has been reaped."""
    if process.returncode is not None:
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
