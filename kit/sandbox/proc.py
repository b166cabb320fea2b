"""What a family of processes is using right now, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One look at every living process below a root. All zero where /proc does not exist."""

    processes: int
    rss_bytes: int
    """Resident memory, summed; pages shared by a fork count once for each holder."""
    cpu_s: float
    """Processor time, dead and waited-for children included."""
    starved_s: float | None
    """Time spent ready to run without a core; None where the kernel does not say."""
    written_bytes: int
    """Bytes sent to storage: also counts files that were removed while open, which no listing shows."""
    pids: tuple[int, ...]


def usage(root: int) -> Usage:
    """Look at `root` and everything that descends from it. Processes that end meanwhile are left out."""
    pids = tuple(_family(root))
    rss = written = 0
    cpu = starved = 0.0
    starvation_known = True
    for pid in pids:
        fields = _stat(pid)
        if not fields:
            continue
        cpu += sum(int(field) for field in fields[11:15]) / TICK
        rss += int(fields[21]) * PAGE
        schedule = _read(pid, "schedstat").split()
        if len(schedule) >= 2:
            starved += int(schedule[1]) / 1e9
        else:
            starvation_known = False
        for line in _read(pid, "io").splitlines():
            if line.startswith(b"write_bytes:"):
                written += int(line.split()[1])
    known = starved if starvation_known and pids else None
    return Usage(processes=len(pids), rss_bytes=rss, cpu_s=cpu, starved_s=known, written_bytes=written, pids=pids)


def shared_fairly(pids: tuple[int, ...]) -> int | None:
    """Resident memory with shared pages divided among their holders, or None where the kernel does not tell us."""
    total = 0
    for pid in pids:
        rolled = _read(pid, "smaps_rollup")
        found = [int(line.split()[1]) * 1024 for line in rolled.splitlines() if line.startswith(b"Pss:")]
        if found:
            total += found[0]
        elif _resident(pid):
            return None
    return total


def _family(root: int) -> Iterator[int]:
    waiting, seen = [root], {root}
    while waiting:
        pid = waiting.pop()
        try:
            threads = os.listdir(f"/proc/{pid}/task")
        except OSError:
            continue
        yield pid
        for thread in threads:
            for child in _read(pid, f"task/{thread}/children").split():
                if (number := int(child)) not in seen:
                    seen.add(number)
                    waiting.append(number)


def _stat(pid: int) -> list[bytes]:
    """The fields from the state on; empty for a process that is gone."""
    stat = _read(pid, "stat")
    # The name in brackets may hold anything, brackets and blanks included: count fields from the last bracket.
    fields = stat[stat.rfind(b")") + 2 :].split()
    return fields if len(fields) >= 22 else []


def _resident(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[21]) if fields else 0


def _read(pid: int, name: str) -> bytes:
    try:
        with open(f"/proc/{pid}/{name}", "rb", buffering=0) as file:
            return file.read(65536)
    except OSError:
        return b""
