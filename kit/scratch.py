"""Folders to work in that do not outlive their process for long, however it ends.

Beside each folder lies a lock that the system frees when its process ends. Whoever makes the next folder of that kind in that place first removes
those whose lock is free: what a killed process left. `mkdtemp` alone would leave a submission in the temporary folder for good.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from kit import files
from kit.sandbox.outputs import remove_tree

LOCK = ".lock"
STAGE = "stage-"
"""Where submissions are kept and run, below the temporary folder: neither a person's name nor the vault's is in the path."""


@contextlib.contextmanager
def scratch(place: Path, *, kind: str) -> Iterator[Path]:
    """A new folder `<place>/<kind><24 hexadecimal digits>` of mode 0700, removed at the end; what a killed process left there is removed first."""
    sweep(place, kind=kind)
    folder, held = _claimed(place, kind)
    try:
        folder.mkdir(mode=0o700)
        files.checkpoint(f"scratch:{kind}")
        yield folder
    finally:
        try:
            remove_tree(folder)
            _lock_of(folder).unlink(missing_ok=True)
        finally:
            os.close(held)


def sweep(place: Path, *, kind: str) -> list[str]:
    """Remove the folders of this kind that a killed process of this user left in `place`; their names."""
    done = []
    for lock in sorted(place.glob(f"{kind}*{LOCK}")):
        folder = lock.with_name(lock.name.removesuffix(LOCK))
        # The place may be shared, as /tmp is: only plain names of ours, only what belongs to this user, and no links.
        if not re.fullmatch(r"[0-9a-f]{24}", folder.name.removeprefix(kind)) or not _ours(lock, stat.S_IFREG):
            continue
        with contextlib.suppress(OSError):  # another process may sweep it at the same time
            held = files.try_lock(lock)
            if held is None:
                continue
            try:
                if _ours(folder, stat.S_IFDIR):
                    remove_tree(folder)
                lock.unlink(missing_ok=True)
            finally:
                os.close(held)
            done.append(folder.name)
    return done


def _claimed(place: Path, kind: str) -> tuple[Path, int]:
    """A name that is nobody's, and its lock. A sweeper may take a lock that is not yet held for a dead one; then another name is drawn."""
    while True:
        folder = place / f"{kind}{secrets.token_hex(12)}"
        lock = _lock_of(folder)
        held = files.try_lock(lock)
        if held is None:
            continue
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held), os.lstat(lock)):
                return folder, held
        os.close(held)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + LOCK)


def _ours(path: Path, kind: int) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_IFMT(found.st_mode) == kind and found.st_uid == os.geteuid()
