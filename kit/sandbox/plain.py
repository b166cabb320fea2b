"""No sandbox at all: an ordinary process with a clean environment and the same watchdog. Only ever by explicit request.

It keeps an honest mistake from hanging the grader. It stops nobody who means harm: such a run can read what the grader can read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from kit.sandbox import model as names
from kit.sandbox.model import Limits, Mount, Run, library_env
from kit.sandbox.watch import Started, kill_group, popen, watch

HOMES = ("HOME", "TMPDIR", "MPLCONFIGDIR")
"""What a program writes to when nobody names a place."""


class Plain:
    """Runs commands with no containment. Every result that it makes says so."""

    name = "none"
    level = "none"
    carried = None
    protections: tuple[str, ...] = ()

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
        """See `kit.sandbox.model.Sandbox.run`. Paths inside are replaced by those on the host; where mounts overlap the longest target counts."""
        places = on_host(submission=submission, inputs=inputs, model=model, output=output, mounts=mounts)
        with tempfile.TemporaryDirectory(prefix="run-", ignore_cleanup_errors=True) as scratch:
            settings = environment(limits, env, places) | dict.fromkeys(HOMES, scratch)
            process = popen([*_limited(limits), *(local(word, places) for word in command)], env=settings, cwd=submission)
            try:
                started = Started(process=process, root=lambda: process.pid, kill=lambda: kill_group(process))
                return watch(started, limits=limits, output=output, cancel=cancel)
            finally:
                _end_group(process.pid)


def on_host(*, submission: Path, inputs: Path | None, model: Path | None, output: Path, mounts: Sequence[Mount]) -> dict[str, Path]:
    """What stands on the host for each place inside."""
    places = {mount.target: mount.unsandboxed or mount.source for mount in mounts} | {names.SUBMISSION: submission, names.OUTPUT: output}
    places |= {names.INPUTS: inputs} if inputs else {}
    return places | ({names.MODEL: model} if model else {})


def environment(limits: Limits, env: Mapping[str, str], places: Mapping[str, Path]) -> dict[str, str]:
    """What a run starts with, paths on the host; each run has a folder of its own for `HOMES` beside it."""
    return {key: local(value, places) for key, value in (library_env(limits.cores) | dict(env)).items()}


def local(word: str, places: Mapping[str, Path]) -> str:
    """A path inside as the path on the host; any other word as it is. Where places overlap the longest counts."""
    for target in sorted(places, key=len, reverse=True):
        if word == target or word.startswith(target + "/"):
            return str(places[target]) + word[len(target) :]
    return word


def _limited(limits: Limits) -> list[str]:
    program = shutil.which("prlimit", path="/usr/bin:/bin")
    if program is None:
        return []
    # No limit on processes: as an ordinary user it would count every process of the desktop.
    caps = {"as": limits.address_bytes, "cpu": limits.cpu_s + 1, "fsize": limits.output_bytes, "nofile": limits.descriptors, "core": 0}
    return [program, *(f"--{name}={value}:{value}" for name, value in caps.items())]


def _end_group(leader: int) -> None:
    """The group outlives its leader while any member lives, and its number is not given away until then."""
    try:
        os.killpg(leader, 9)
    except (ProcessLookupError, PermissionError):
        return
