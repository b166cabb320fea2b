"""Take what a run left behind without following, opening or trusting anything but plain files.

Only called once the run's namespace is dead, so nothing changes while it looks.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path


class BadOutput(Exception):
    """What a run left is not what was asked for; `code` is an outcome code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A descriptor of an output folder, usable whatever the run did to its mode."""
    # A handle that needs no permission to read, where the system has such a thing.
    fd = os.open(folder, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.chmod(f"/proc/self/fd/{fd}" if os.path.isdir("/proc/self/fd") else folder, 0o700)
        readable = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=fd)
    finally:
        os.close(fd)
    try:
        yield readable
    finally:
        os.close(readable)


def copy_file(folder: int, name: str, to: Path, *, limit: int) -> int:
    """Copy one plain file to `to` (mode 0600) and return its size.

    Raises BadOutput (`output_missing`, `output_not_file`, `output_too_large`).
    """
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        raise BadOutput("output_missing", f"expected {name!r} in the output folder; it holds {_listed(folder)}") from None
    _check(found, name, limit)
    if not found.st_mode & stat.S_IRUSR:
        os.chmod(name, 0o600, dir_fd=folder)
    fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(fd, "rb") as source:
        _check(os.fstat(fd), name, limit)
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            return target.tell()


def copy_tree(folder: int, name: str, to: Path, *, size: int, entries: int, depth: int = 12) -> int:
    """Copy a folder of plain files, read-only, to the new folder `to`; returns the number of files.

    Raises BadOutput (`output_missing`, `output_not_file`, `output_too_large`).
    """
    budget = [size, entries]
    with _into(folder, name) as source:
        return _copy_level(source, name, to, budget, depth)


def _copy_level(source: int, shown: str, to: Path, budget: list[int], depth: int) -> int:
    to.mkdir()
    # Whatever the umask: the user of a later run is another one.
    to.chmod(0o755)
    files = 0
    for name in sorted(os.listdir(source)):
        budget[1] -= 1
        if budget[1] < 0 or depth == 0:
            raise BadOutput("output_too_large", f"{shown!r} holds more entries or more levels than allowed")
        path = f"{shown}/{name}"
        found = os.stat(name, dir_fd=source, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            with _into(source, name) as below:
                files += _copy_level(below, path, to / name, budget, depth - 1)
            continue
        copied = to / name
        budget[0] -= copy_file(source, name, copied, limit=budget[0])
        copied.chmod(0o444)
        files += 1
    return files


@contextlib.contextmanager
def _into(folder: int, name: str) -> Iterator[int]:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        raise BadOutput("output_missing", f"expected the folder {name!r} in the output folder; it holds {_listed(folder)}") from None
    if not stat.S_ISDIR(found.st_mode):
        raise BadOutput("output_not_file", f"expected {name!r} to be a folder, it is {_kind(found.st_mode)}")
    if found.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        os.chmod(name, 0o700, dir_fd=folder)
    fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        yield fd
    finally:
        os.close(fd)


def _check(found: os.stat_result, name: str, limit: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise BadOutput("output_not_file", f"expected {name!r} to be a plain file, it is {_kind(found.st_mode)}")
    if found.st_nlink != 1:
        raise BadOutput("output_not_file", f"expected {name!r} to have one name, it has {found.st_nlink} (hard links)")
    if found.st_size > limit:
        raise BadOutput("output_too_large", f"{name!r} has {found.st_size} bytes; at most {limit} were left")


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISLNK, "a link"), (stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"), (stat.S_ISREG, "a file"))
    return next((words for test, words in kinds if test(mode)), "a device")


def _listed(folder: int) -> str:
    names = sorted(os.listdir(folder))
    return ", ".join(repr(name) for name in names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "") if names else "nothing"


def remove_tree(folder: Path) -> None:
    """Remove a folder of ours with whatever a run left in it, without following links; silent when it is gone.

    Folders found inside are first moved to the top, so that neither the depth nor the width of the tree matters.
    """
    try:
        os.chmod(folder, 0o700)
        top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        waiting = _emptied_of_files(top)
        while waiting:
            name = waiting.pop()
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
            try:
                for child in _emptied_of_files(inner):
                    moved = secrets.token_hex(16)
                    os.rename(child, moved, src_dir_fd=inner, dst_dir_fd=top)
                    waiting.append(moved)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(folder)


def _emptied_of_files(folder: int) -> list[str]:
    """Remove everything but folders; the folders, made ours to enter."""
    folders = []
    for name in os.listdir(folder):
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.chmod(name, 0o700, dir_fd=folder)
            folders.append(name)
        else:
            os.unlink(name, dir_fd=folder)
    return folders
