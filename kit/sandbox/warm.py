"""Pipelines of our own, run from a process that has the libraries loaded: for studies, where two thirds of each call would go into imports.

    request -> idle server, or a new one -> fork -> the command, as `python -m` would run it -> exit, time, memory

No containment, as with `kit.sandbox.plain`, and every result says so. Only ever for code that is written here.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kit.sandbox.model import Limits, Mount, Run, RunCancelled, SandboxError
from kit.sandbox.plain import HOMES, Plain, environment, local, on_host
from kit.sandbox.watch import Tail

SERVER = Path(__file__).with_name("warm_inside.py")
MODULE = ("-s", "-B", "-m")
"""What stands between the program and the module in a command that can be run here; any other is run as `Plain` does it."""
LOOK_S = 0.2


class Warm:
    """Runs modules in forks of a server. Servers are kept as long as this is; one that was stopped half way is not used again."""

    name = "warm"
    level = "none"
    carried = None
    protections: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._idle: list[_Server] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _end_all, self._idle)

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
        """See `kit.sandbox.model.Sandbox.run`. Of the limits those on time, on address space and on the size of a file hold."""
        if tuple(command[1:4]) != MODULE:
            return Plain().run(
                command, submission=submission, inputs=inputs, model=model, output=output, limits=limits, env=env, mounts=mounts, cancel=cancel
            )
        places = on_host(submission=submission, inputs=inputs, model=model, output=output, mounts=mounts)
        settings = environment(limits, env, places)
        server = self._take(local(command[0], places), settings)
        with tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as scratch:
            home, said = Path(scratch) / "home", Path(scratch) / "said"
            home.mkdir()
            said.mkdir()
            request = {
                "module": command[4], "arguments": [local(word, places) for word in command[5:]], "cwd": str(submission),
                "env": settings | dict.fromkeys(HOMES, str(home)), "said": str(said),
                "wall_s": limits.wall_s, "cpu_s": limits.cpu_s, "address_bytes": limits.address_bytes, "file_bytes": limits.output_bytes,
            }  # fmt: skip
            reply = server.ask(request, cancel)
            with self._lock:
                self._idle.append(server)
            code = os.waitstatus_to_exitcode(reply["status"])
            return Run(
                exit=code if code >= 0 else 128 - code,
                stopped="wall" if reply["late"] else None,
                wall_s=round(reply["wall_s"], 3),
                cpu_s=round(reply["cpu_s"], 3),
                starved_s=None,
                rss_bytes=reply["rss_bytes"],
                stdout=_end_of(said / "stdout", limits.stream_bytes),
                stderr=_end_of(said / "stderr", limits.stream_bytes),
            )

    def _take(self, program: str, env: Mapping[str, str]) -> _Server:
        key = (program, tuple(sorted(env.items())))
        with self._lock:
            for server in self._idle:
                if server.key == key:
                    self._idle.remove(server)
                    return server
        return _Server(program, env, key)


class _Server:
    """A process that has the libraries loaded, and forks for each request; it ends when it is no longer listened to."""

    def __init__(self, program: str, env: Mapping[str, str], key: object) -> None:
        self.key = key
        try:
            self.process = subprocess.Popen(
                [program, *MODULE[:2], str(SERVER)], env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/", start_new_session=True
            )
        except OSError as error:
            raise SandboxError(f"could not start {program!r}: {error}; run `takehome doctor` to see what is missing") from error

    def ask(self, request: Mapping[str, Any], cancel: threading.Event | None) -> dict[str, Any]:
        """Run one request to its end. Raises RunCancelled, SandboxError when the server is gone; it is ended in both cases."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            while not select.select([self.process.stdout], [], [], LOOK_S)[0]:
                if cancel is not None and cancel.is_set():
                    raise RunCancelled("the run was stopped because grading was stopped; nothing of it is kept")
            reply: dict[str, Any] = json.loads(self.process.stdout.readline())
            return reply
        except (OSError, ValueError) as error:
            self.end()
            raise SandboxError(f"the process that runs pipelines ended with {self.process.returncode}: {error}") from error
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Close it: a command under way is killed by the server, which then ends."""
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        self.process.wait()


def _end_all(servers: list[_Server]) -> None:
    while servers:
        servers.pop().end()


def _end_of(file: Path, limit: int) -> bytes:
    tail = Tail(limit)
    tail.add(file.read_bytes())  # no larger than the limit on files
    return tail.text()
