"""The limits that the kernel keeps for each process of a run, set from inside by util-linux's `prlimit`."""

from __future__ import annotations

from kit.sandbox.model import Limits

PRLIMIT = "/usr/bin/prlimit"


def limited(limits: Limits, *, count_processes: bool = True) -> list[str]:
    """The words before a command that bind it and all its children.

    `count_processes` is off where the kernel would count every process of the person who grades, because the run has no user id of its own.
    """
    caps = {
        "as": limits.address_bytes,
        # One second above the sum that the watchdog keeps: it speaks first, this one holds if it cannot.
        "cpu": limits.cpu_s + 1,
        "fsize": limits.output_bytes,
        "nofile": limits.descriptors,
        "nproc": limits.processes,
        "core": 0,
        "memlock": 0,
        "msgqueue": 0,
    }
    return [PRLIMIT, *(f"--{name}={value}:{value}" for name, value in caps.items() if count_processes or name != "nproc")]
