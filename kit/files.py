"""Writing files so that a crash leaves either the old state or the new one, and reading back only what was sealed.

A folder is made whole elsewhere, its `manifest.json` (digest of every file) written last, and then renamed into place. `checkpoint(name)` is called
between any two steps that a crash could fall between; it does nothing, and tests replace it to stop the process there.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kit.errors import DamagedVault, VaultError

MANIFEST = "manifest.json"
MANIFEST_SCHEMA = 1
TEMPORARY = re.compile(r"\..+\.[0-9a-f]{12}")
"""Names under which `write_durably` writes before it renames."""


def checkpoint(name: str) -> None:
    """A place where a test may stop the process; in use it does nothing."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def files_digest(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 over the names below `root` and the contents of these files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(root).as_posix()):
        whole.update(f"{file_digest(path)}  {path.relative_to(root).as_posix()}\n".encode())
    return whole.hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a small file whole: under a temporary name, made durable, then renamed onto `path`."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        checkpoint(f"written:{path.name}")
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def walk_files(folder: Path) -> Iterator[Path]:
    """Every regular file below a folder in a stable order. Raises VaultError for a link or a special file: a sealed folder holds neither."""
    for entry in sorted(folder.iterdir()):
        kind = entry.lstat().st_mode
        if stat.S_ISDIR(kind):
            yield from walk_files(entry)
        elif stat.S_ISREG(kind):
            yield entry
        else:
            raise VaultError(f"{entry.name} must be a file or a folder to be sealed; it is a link or a special file")


def seal_folder(folder: Path, *, kit_version: str) -> str:
    """Write the folder's manifest, last and durably, and return the manifest's digest.

    The manifest is `{"schema", "kit_version", "files": {path: sha256}}` over every file but itself.
    """
    files: dict[str, str] = {}
    folders = {folder}
    for path in walk_files(folder):
        with path.open("rb") as handle:
            files[path.relative_to(folder).as_posix()] = hashlib.file_digest(handle, "sha256").hexdigest()
            os.fsync(handle.fileno())
        folders.add(path.parent)
    for each in folders:
        sync_folder(each)
    checkpoint("before_manifest")
    write_durably(
        folder / MANIFEST, json.dumps({"schema": MANIFEST_SCHEMA, "kit_version": kit_version, "files": files}, indent=1, sort_keys=True) + "\n"
    )
    return file_digest(folder / MANIFEST)


def read_manifest(folder: Path, *, what: str) -> dict[str, str]:
    """Path -> digest of a sealed folder. Raises DamagedVault naming `what` when the manifest is missing or is not one."""
    path = folder / MANIFEST
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
        files = raw["files"]
        if raw["schema"] != MANIFEST_SCHEMA:
            raise DamagedVault(f"{what}: manifest.json must have schema {MANIFEST_SCHEMA}; got {raw['schema']!r}. Use the kit version that wrote it.")
        if not all(
            isinstance(k, str) and isinstance(v, str) and not PurePosixPath(k).is_absolute() and ".." not in k.split("/") for k, v in files.items()
        ):
            raise ValueError("files")
    except FileNotFoundError:
        raise DamagedVault(f"{what}: manifest.json is missing from {folder}. Restore the folder from a backup.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedVault(f"{what}: manifest.json cannot be read ({type(error).__name__}: {error}). Restore {folder} from a backup.") from None
    return dict(files)


def verify_folder(folder: Path, *, what: str, only: Iterable[str] | None = None, ignore: str = "") -> None:
    """Raise DamagedVault unless every file equals what was sealed and nothing was added.

    `only` checks just those paths (and not for additions); `ignore` names a sub-folder that grows beside the seal.
    """
    files = read_manifest(folder, what=what)
    wanted = list(files) if only is None else list(only)
    for name in wanted:
        path = folder / name
        if name not in files:
            raise DamagedVault(f"{what}: {name} must be listed in manifest.json and is not. Restore {folder} from a backup.")
        if not path.is_file() or path.is_symlink():
            raise DamagedVault(f"{what}: {name} is listed in manifest.json and is missing. Restore {folder} from a backup.")
        found = file_digest(path)
        if found != files[name]:
            raise DamagedVault(
                f"{what}: {name} differs from what was sealed (expected sha256 {files[name][:12]}…, got {found[:12]}…). Restore it from a backup."
            )
    if only is None:
        for path in walk_files(folder):
            name = path.relative_to(folder).as_posix()
            if name != MANIFEST and name not in files and not (ignore and name.startswith(ignore + "/")):
                raise DamagedVault(f"{what}: {name} was added after sealing. Move it out of {folder}.")


@contextlib.contextmanager
def locked(path: Path, *, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold an exclusive lock on `path` (made if need be); the system frees it when the process ends, however it ends.

    `waiting` is called once when another process holds the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting is not None:
                waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def try_lock(path: Path) -> int | None:
    """A descriptor that holds the lock on `path` until it is closed, or None when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def remove_tree(path: Path) -> None:
    """Remove a folder without following links, also when something in it was made read-only."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for folder, _, _ in os.walk(path, followlinks=False):
        with contextlib.suppress(OSError):
            os.chmod(folder, 0o700)
    shutil.rmtree(path)
