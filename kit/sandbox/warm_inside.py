"""The server of `kit.sandbox.warm`, run by the runtime's Python: loads the libraries once, then forks for each request that comes as a line of JSON.

A fork runs its module as `python -m` would, with a random state of its own. When the request stream closes, a command under way is killed.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import runpy
import select
import signal
import sys
import time
import traceback
from typing import Any

LIBRARIES = (
    "numpy", "pandas", "pyarrow.parquet", "joblib", "sklearn.compose", "sklearn.ensemble", "sklearn.impute", "sklearn.linear_model",
    "sklearn.metrics", "sklearn.model_selection", "sklearn.pipeline", "sklearn.preprocessing",
)  # fmt: skip
"""What pipelines of ours import; one that imports more takes longer and is as right."""


def serve() -> None:
    """Answer requests until there are none."""
    for library in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    gc.freeze()
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    while line := _line(requests):
        answer = _answer(json.loads(line), requests, answers)
        if answer is None:
            return
        answers.write(json.dumps(answer).encode() + b"\n")


def _line(stream: Any) -> bytes:
    """One line, byte for byte: nothing that comes after it is read ahead, so that `select` tells whether there is more."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = stream.read(1)
        if not byte:
            return b""
        line += byte
    return bytes(line)


def _answer(request: dict[str, Any], requests: Any, answers: Any) -> dict[str, Any] | None:
    """What became of one request; None when nobody listens any more."""
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        requests.close()
        answers.close()
        _become(request)
    ended = os.pidfd_open(pid)
    ready, _, _ = select.select([ended, requests], [], [], request["wall_s"])
    if ended not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # whatever it left behind
    os.close(ended)
    if requests in ready:
        return None
    return {
        "status": status, "late": ended not in ready, "wall_s": time.monotonic() - begun, "cpu_s": used.ru_utime + used.ru_stime,
        "rss_bytes": used.ru_maxrss * 1024,
    }  # fmt: skip


def _become(request: dict[str, Any]) -> None:
    """In the fork: become the command."""
    code = 1
    try:
        os.setsid()
        for number, name, flags in ((0, os.devnull, os.O_RDONLY), (1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
            place = name if number == 0 else os.path.join(request["said"], name)
            opened = os.open(place, flags | (os.O_CREAT if number else 0), 0o600)
            os.dup2(opened, number)
            os.close(opened)
        for what, most in (("RLIMIT_AS", "address_bytes"), ("RLIMIT_CPU", "cpu_s"), ("RLIMIT_FSIZE", "file_bytes")):
            resource.setrlimit(getattr(resource, what), (request[most], request[most]))
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        os.umask(0o022)
        _forget()
        sys.path[0] = request["cwd"]
        sys.argv = [request["module"], *request["arguments"]]
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as leave:
        code = _exit_code(leave)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _forget() -> None:
    """No fork begins with the random state of another."""
    for library in ("random", "numpy.random"):
        if library in sys.modules:
            sys.modules[library].seed()


def _exit_code(leave: SystemExit) -> int:
    if leave.code is None:
        return 0
    if isinstance(leave.code, int):
        return leave.code & 0xFF
    print(leave.code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    serve()
