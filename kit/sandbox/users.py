"""User ids that a grader who is root gives to runs: each its own, and none that anything else on this machine has."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import threading
from collections.abc import Iterator
from pathlib import Path

from kit.sandbox.model import SandboxError

SLOTS = 64
HIGH = 0x70000000


class Users:
    """Hands out user ids for the runs of one grader."""

    def __init__(self) -> None:
        self._slots: set[int] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self) -> Iterator[int]:
        """A user id that no account, no other run and no other grader on this machine has, for as long as the block lasts."""
        with self._lock:
            slot = next(number for number in range(SLOTS) if number not in self._slots)
            self._slots.add(slot)
        try:
            yield unused_user(slot)
        finally:
            with self._lock:
                self._slots.discard(slot)


def give(folder: Path, user: int) -> None:
    """Make an output folder, and the empty folders in it, a run's own."""
    for path in (*folder.iterdir(), folder):
        os.chown(path, user, user)


def passwd(user: int) -> bytes:
    """The list of accounts inside: the run's own, so that programs which ask for its name get one."""
    return f"sandbox:x:{user}:{user}::/tmp:/usr/sbin/nologin\n".encode()


def unused_user(slot: int) -> int:
    """An id above every range that accounts and containers use, apart for each grader process; a lower one where the high ones are not mapped."""
    high = HIGH + ((os.getpid() & 0x3FFFFF) << 6) + slot
    try:
        mapped = Path("/proc/self/uid_map").read_text().split()
    except OSError:
        mapped = []
    ranges = [(int(first), int(first) + int(count)) for first, count in zip(mapped[0::3], mapped[2::3], strict=False)]
    for candidate in itertools.chain([high], range(62000 + slot, 65000, SLOTS)):
        if any(first <= candidate < end for first, end in ranges) and not _has_account(candidate) and not _in_use(candidate):
            return candidate
    raise SandboxError("found no unused user id to run a submission as; grade as an ordinary user instead of root")


def _has_account(user: int) -> bool:
    try:
        pwd.getpwuid(user)
    except KeyError:
        return False
    return True


def _in_use(user: int) -> bool:
    if user >= HIGH:
        return False
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if os.stat(f"/proc/{pid}").st_uid == user:
                return True
    return False
