"""A grader killed while a submission really runs in the sandbox: the run dies with it, and the next one removes what it left."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path

import pytest
from containment import QUICK, full_sandbox, need_sandbox, running_runtime, write_form, write_submission

from kit.collect import collect
from kit.scratch import STAGE, sweep
from kit.submission import intake

WAITS = """
import os, sys, time
from pathlib import Path
if not os.path.exists("/IN_SANDBOX"):
    sys.exit("only inside a sandbox")
Path(sys.argv[sys.argv.index("--model") + 1], "begun").write_text("x")
time.sleep(15)
"""
PATIENCE_S = 60
"""After so long a run that has not begun is taken for one that never will."""


@pytest.mark.sandbox
def test_a_grader_killed_in_a_training(tmp_path: Path) -> None:
    """Models, inputs and the submission's copy lie in the stage; none stays, and no evidence is there to be taken for a grade's."""
    need_sandbox()
    form, taken = write_form(tmp_path / "form"), intake(write_submission(tmp_path / "mine", WAITS), tmp_path / "taken")
    runtime = running_runtime(tmp_path / "joints")
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    child = os.fork()
    if child == 0:
        try:
            full_sandbox.cache_clear()  # one of its own: the guardian of the other would wait for this process's parent
            own = need_sandbox()
            tempfile.tempdir = str(tmp)
            collect(taken, form, sandbox=own, runtime=runtime, out=tmp_path / "evidence", limits=dict.fromkeys(("train", "validate"), QUICK))
        finally:
            os._exit(1)
    begun = wait_for(lambda: list(tmp.glob(f"{STAGE}*/call-*/out/model/begun")))
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert begun, "the training never began"
    assert not (tmp_path / "evidence" / "evidence.json").exists()
    assert wait_for(lambda: not inside(tmp)), "the run outlives its grader"
    assert len(sweep(tmp, kind=STAGE)) == 1
    assert list(tmp.iterdir()) == []


def wait_for(seen):  # type: ignore[no-untyped-def]
    """What `seen` says once it says something, or at the end of the patience."""
    end = time.monotonic() + PATIENCE_S
    while not (found := seen()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def inside(folder: Path) -> list[str]:
    """Processes that have something below a folder mounted."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if str(folder) in Path("/proc", pid, "mountinfo").read_text():
                found.append(pid)
        except OSError:
            continue
    return found
