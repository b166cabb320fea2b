"""Unpack a zip from a stranger: every name, kind, size and count is checked before or while a byte is written."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kit.names import fault_of, folded

MAX_ENTRIES = 2000
MAX_BYTES = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_FREE_BYTES = 4 * 1024 * 1024
"""Up to here any ratio is harmless: a small file of zeros is no bomb."""
MAX_DIRECTORY_BYTES = MAX_ENTRIES * 1024
CHUNK = 1 << 18
COMPILED = (".pyc", ".pyo")
ENCRYPTED = 0x1 | 0x40 | 0x2000
END = b"PK\x05\x06"
END64_LOCATOR = b"PK\x06\x07"


DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError)
"""What the library raises over an archive that is not what it says."""


class Refused(Exception):
    """A hand-in that is not taken: an outcome code, and which name it is about."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is known to be small enough to read. Raises Refused."""
    if path.stat().st_size > MAX_BYTES:
        raise Refused("too_large", f"the zip file itself has {path.stat().st_size} bytes")
    with path.open("rb") as file:
        _check_directory(file)
        try:
            with zipfile.ZipFile(file) as archive:
                yield archive
        except DAMAGE as error:
            raise Refused("archive_damaged", f"{type(error).__name__}") from error


def unpack(path: Path, into: Path) -> None:
    """Write the files of a zip below the empty folder `into`, with modes of ours. Raises Refused; the caller then removes `into`."""
    with opened(path) as archive:
        entries = [entry for entry in archive.infolist() if not _clutter(_raw_name(entry))]
        _check_entries(entries, path.stat().st_size)
        left = MAX_BYTES
        for entry in entries:
            name = _raw_name(entry)
            target = into / name.removesuffix("/")
            if _is_folder(entry):
                target.mkdir(mode=0o755, parents=True, exist_ok=True)
                continue
            target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            left -= _write(archive, entry, target, left)


def _raw_name(entry: zipfile.ZipInfo) -> str:
    # `filename` was cleaned by the library: cut at a NUL, separators replaced. What was really written is what must be judged.
    return entry.orig_filename


def _clutter(name: str) -> bool:
    """Entries that a desktop adds by itself, and compiled code: Python would run it in place of the source that a person reads."""
    if name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] == ".DS_Store":
        return True
    return name.endswith(COMPILED) or "__pycache__" in name.split("/")


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return _raw_name(entry).endswith("/")


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory of entries that is too long before the library reads it into memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65557))
    end = file.read()
    at = end.rfind(END)
    if at < 0 or len(end) < at + 22:
        file.seek(0)
        raise Refused("archive_damaged" if file.read(2) == b"PK" else "intake_not_zip", "no end of the directory was found")
    _, _, _, _, entries, length, _, _ = struct.unpack("<4s4H2LH", end[at : at + 22])
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY_BYTES or (at >= 20 and end[at - 20 : at - 16] == END64_LOCATOR):
        raise Refused("too_many_entries", f"the zip file declares {entries} entries in {length} bytes")


def _check_entries(entries: list[zipfile.ZipInfo], archive_bytes: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused("too_many_entries", f"{len(entries)} entries")
    seen: dict[str, str] = {}
    files: set[str] = set()
    total = 0
    for entry in entries:
        name = _raw_name(entry)
        code = fault_of(name)
        if code:
            raise Refused(code, repr(name))
        if entry.flag_bits & ENCRYPTED:
            raise Refused("archive_encrypted", repr(name))
        if not 0 <= entry.header_offset < archive_bytes:
            raise Refused("archive_damaged", f"{name!r} is said to begin outside of the file")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise Refused("entry_link", repr(name))
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or (kind == stat.S_IFDIR) != _is_folder(entry) and kind != 0:
            raise Refused("entry_special", repr(name))
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("archive_method", repr(name))
        key = folded(name.removesuffix("/"))
        if key in seen:
            raise Refused("name_duplicate", f"{seen[key]!r} and {name!r}")
        seen[key] = name
        if not _is_folder(entry):
            files.add(key)
        total += entry.file_size
    for key in seen:
        parts = key.split("/")
        for upto in range(1, len(parts)):
            if "/".join(parts[:upto]) in files:
                raise Refused("name_duplicate", f"{seen[key]!r} lies below a file")
    if total > MAX_BYTES:
        raise Refused("too_large", f"{total} bytes declared")
    if total > RATIO_FREE_BYTES and total > MAX_RATIO * archive_bytes:
        raise Refused("archive_ratio", f"{total} bytes from {archive_bytes}")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    declared = entry.file_size
    # The library stops at the declared size and calls the rest a wrong checksum; told of more, it shows whether there is more.
    entry.file_size = declared + 2 * CHUNK
    written = 0
    with archive.open(entry) as source, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644), "wb") as file:
        while block := source.read(CHUNK):
            written += len(block)
            if written > declared:
                raise Refused("archive_oversized_entry", repr(_raw_name(entry)))
            if written > left:
                raise Refused("too_large", repr(_raw_name(entry)))
            file.write(block)
    if written < declared:
        raise Refused("archive_damaged", repr(_raw_name(entry)))
    return written
