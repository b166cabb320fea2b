"""End the runs of a grader that was itself killed, where the kernel's own signal does not do it.

As root, a run belongs to another user than the bubblewrap that started it, which has given up the right to signal it; the signal on a parent's death
is then dropped. So a small process of ours holds a handle on every run and a line to the grader, and kills what is left when the line breaks.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path

from kit.sandbox.model import SandboxError

ALONE = Path(__file__).with_name("guardian_alone.py")
GOODBYE_S = 10.0


class Guardian:
    """Started at first use, one for all runs of a sandbox; goes when its grader goes, however that happens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None

    def watch(self, pidfd: int) -> None:
        """Kill that process should this grader die. Raises SandboxError when that cannot be promised."""
        with self._lock:
            try:
                if self._line is None:
                    self._line = self._start()
                socket.send_fds(self._line, [b"+"], [pidfd])
            except OSError as error:
                raise SandboxError(f"the process that ends runs of a killed grader does not answer: {error}; grade again") from error

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        try:
            command = [sys.executable, "-I", "-S", "-B", str(ALONE)]
            process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={}, start_new_session=True
            )
        finally:
            theirs.close()
        weakref.finalize(self, _hang_up, ours, process)
        return ours


def _hang_up(line: socket.socket, process: subprocess.Popen[bytes]) -> None:
    line.close()
    try:
        process.wait(timeout=GOODBYE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
