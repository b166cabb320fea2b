"""The guardian kills what it was given once its grader is gone, and lets finished runs go."""

import gc
import os
import subprocess

from kit.sandbox.guardian import Guardian


def _sleeper() -> tuple[subprocess.Popen[bytes], int]:
    process = subprocess.Popen(["/bin/sleep", "20"])
    return process, os.pidfd_open(process.pid)


def test_what_is_left_is_killed_when_the_line_breaks() -> None:
    """Letting go of the guardian stands for the grader's death; the process that ended before is forgotten."""
    guardian = Guardian()
    first, first_handle = _sleeper()
    second, second_handle = _sleeper()
    guardian.watch(first_handle)
    guardian.watch(second_handle)
    first.terminate()
    assert first.wait(timeout=5) == -15
    assert second.poll() is None
    del guardian
    gc.collect()
    assert second.wait(timeout=5) == -9
    os.close(first_handle)
    os.close(second_handle)
