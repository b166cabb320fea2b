"""What a family of processes uses, as the kernel tells it."""

import os
import subprocess
import sys
import time

from kit.sandbox import proc


def test_a_family_is_found_by_descent() -> None:
    """Children and their memory are in the sum; nothing else is."""
    code = "import os, time\nx = bytearray(b'1') * (30 << 20)\nif os.fork() == 0: time.sleep(5); os._exit(0)\nprint(1, flush=True); time.sleep(5)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seen = proc.usage(process.pid)
        fair = proc.shared_fairly(seen.pids)
        for pid in seen.pids:
            os.kill(pid, 9)
    assert seen.processes == 2
    assert os.getpid() not in seen.pids
    assert seen.rss_bytes > 60 << 20
    assert fair is not None
    assert fair < seen.rss_bytes


def test_a_process_that_is_gone_uses_nothing() -> None:
    """And is no error."""
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    time.sleep(0.01)
    seen = proc.usage(process.pid)
    assert (seen.processes, seen.rss_bytes, seen.starved_s) == (0, 0, None)
