"""Archive: every way in which a zip or a folder is refused, and two that are taken because they do no harm."""

from __future__ import annotations

import io
import os
import shutil
import socket
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from attacks._attack import Attack

Entries = Callable[[zipfile.ZipFile], None]
Spoil = Callable[[bytes], bytes]


def _zip(folder: Path, target: Path, *, more: Entries | None = None, method: int = zipfile.ZIP_DEFLATED, spoil: Spoil | None = None) -> Path:
    """The folder as a zip with further entries, and its bytes changed at last."""
    made = target.with_suffix(".zip")
    with zipfile.ZipFile(made, "w", method) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        if more is not None:
            more(archive)
    if spoil is not None:
        made.write_bytes(spoil(made.read_bytes()))
    return made


def _named(*names: str, mode: int = 0o100644) -> Entries:
    """Entries of these very names."""

    def more(archive: zipfile.ZipFile) -> None:
        for name in names:
            entry = zipfile.ZipInfo("x")
            entry.filename = entry.orig_filename = name
            entry.external_attr = mode << 16
            with warnings.catch_warnings():  # of a name that is there already: that is the point
                warnings.simplefilter("ignore")
                archive.writestr(entry, "/etc/passwd")

    return more


def _with(id: str, what: str, item: str, refused: str | None, *, quick: bool = False, **options: object) -> Attack:
    """A zip of the honest work with something more in it."""

    def pack(folder: Path, target: Path) -> Path:
        return _zip(folder, target, **options)  # type: ignore[arg-type]

    return Attack(id=f"archive_{id}", what=what, covers=(item,), pack=pack, refused=refused, quick=quick)


def _spoiled(id: str, what: str, item: str, refused: str, spoil: Spoil, **options: object) -> Attack:
    return _with(id, what, item, refused, spoil=spoil, **options)


def _in_folder(id: str, what: str, item: str, refused: str, change: Callable[[Path], object]) -> Attack:
    """The honest work as a folder, changed."""

    def pack(folder: Path, target: Path) -> Path:
        change(folder)
        return folder

    return Attack(id=f"archive_{id}", what=what, covers=(item,), pack=pack, refused=refused)


def _zeros(megabytes: int, files: int = 1) -> Entries:
    def more(archive: zipfile.ZipFile) -> None:
        for number in range(files):
            archive.writestr(f"zeros{number}.bin", bytes(megabytes << 20), compresslevel=1)

    return more


def _patched(field: int, value: bytes, *, local: int) -> Spoil:
    """Change one field in every header of the zip: its place in the directory and before the data."""

    def spoil(data: bytes) -> bytes:
        out = bytearray(data)
        for mark, offset in ((b"PK\x01\x02", field), (b"PK\x03\x04", local)):
            at = out.find(mark)
            while at >= 0:
                out[at + offset : at + offset + len(value)] = value
                at = out.find(mark, at + 4)
        return bytes(out)

    return spoil


def _overfull(data: bytes) -> bytes:
    """The first entry of the directory declares one byte where there are many."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = out.find(mark)
        out[at + offset : at + offset + 4] = struct.pack("<I", 1)
    return bytes(out)


def _overlapping(data: bytes) -> bytes:
    """Every entry of the directory is said to begin where the first one does."""
    out = bytearray(data)
    at = out.find(b"PK\x01\x02")
    while at >= 0:
        out[at + 42 : at + 46] = struct.pack("<I", 0)
        at = out.find(b"PK\x01\x02", at + 4)
    return bytes(out)


def _tar(folder: Path, target: Path) -> Path:
    made = target.with_suffix(".tar.gz")
    with tarfile.open(made, "w:gz") as archive:
        archive.add(folder, ".")
    return made


def _garbage(folder: Path, target: Path) -> Path:
    made = target.with_suffix(".zip")
    made.write_bytes(io.BytesIO(b"SCORE: 100\n" * 1000).getvalue())
    return made


def _gone(folder: Path, target: Path) -> Path:
    shutil.rmtree(folder)
    return target.with_suffix(".zip")


def _special(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def _socket(folder: Path) -> None:
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as made:
        # A path of a socket may not be long.
        os.chdir(folder)
        try:
            made.bind("wire")
        finally:
            os.chdir(here)


ATTACKS = (
    _with("absolute", "names a file from the root of the disk", "absolute", "name_absolute", more=_named("/etc/cron.d/owned"), quick=True),
    _with("parent", "names a file above itself", "parent", "name_parent", more=_named("pipeline/../../../vault/owned"), quick=True),
    _with("backslash", "names a file above itself with backslashes", "backslash", "name_backslash", more=_named("..\\..\\owned")),
    _with("drive", "names a file on another drive", "drive", "name_drive", more=_named("C:/owned")),
    _with("stream", "names a second stream of a file", "drive", "name_drive", more=_named("takehome.json:hidden")),
    _with("control", "names a file with a terminal sequence", "control", "name_control", more=_named("\x1b]0;owned\x07.py"), quick=True),
    _with("nul", "names a file that ends early for some readers", "control", "name_control", more=_named("notes.txt\0.py")),
    _with("direction", "names a program so that it reads as a picture", "direction", "name_control", more=_named("photo\u202egnp.py")),
    _with("long", "names a file with more letters than a disk takes", "long", "name_long", more=_named("x" * 201)),
    _with("deep", "lays a file thirteen folders deep", "deep", "name_deep", more=_named("/".join(["d"] * 13))),
    _with("case", "holds two names that some machines take for one", "duplicate_case", "name_duplicate", more=_named("Pipeline/__MAIN__.py")),
    _with("unicode", "holds two names in two forms of Unicode", "duplicate_unicode", "name_duplicate", more=_named("caf\u00e9.txt", "cafe\u0301.txt")),
    _with("same", "holds one name twice", "duplicate_case", "name_duplicate", more=_named("MEMO.md")),
    _with("below", "lays a file below a file", "file_and_folder", "name_duplicate", more=_named("MEMO.md/inner.txt")),
    _with("link", "holds a link to the accounts of the machine", "link", "entry_link", more=_named("findings.csv", mode=stat.S_IFLNK | 0o777), quick=True),
    _with("device", "holds a device", "special", "entry_special", more=_named("disk", mode=stat.S_IFBLK | 0o666)),
    _with("fifo", "holds a pipe", "special", "entry_special", more=_named("pipe", mode=stat.S_IFIFO | 0o666)),
    _spoiled("encrypted", "wants a password", "encrypted", "archive_encrypted", _patched(8, b"\x01\x00", local=6)),
    _with("method", "is packed by another method", "method", "archive_method", method=zipfile.ZIP_BZIP2),
    _with("entries", "holds three thousand files", "many_entries", "too_many_entries", more=_named(*(f"n{number}" for number in range(3000)))),
    _with("large", "unpacks to more than 200 MiB", "too_large", "too_large", more=_zeros(51, 4)),
    _with("ratio", "unpacks to a thousand times its size", "ratio", "archive_ratio", more=_zeros(30), quick=True),
    _spoiled("overfull", "holds more bytes than it declares", "more_than_declared", "archive_oversized_entry", _overfull, quick=True),
    _spoiled("overlapping", "tells the same bytes as many files", "overlapping", "archive_damaged", _overlapping),
    _spoiled("damaged", "has other bytes than were packed", "damaged", "archive_damaged", lambda data: data[:60] + bytes(200) + data[260:]),
    _spoiled("cut", "was cut short", "cut_short", "archive_damaged", lambda data: data[: len(data) // 2]),
    _with("modes", "asks for files that anyone may write and that run with other rights", "modes", None, more=_named("tool.sh", mode=0o106777), quick=True),
    Attack(id="archive_tar", what="is a tar file", covers=("tar",), pack=_tar, refused="intake_not_zip"),
    Attack(id="archive_none", what="is no archive at all", covers=("no_zip",), pack=_garbage, refused="intake_not_zip"),
    Attack(id="archive_missing", what="is not there", covers=("missing",), pack=_gone, refused="intake_missing"),
    _in_folder("folder_link", "is a folder with a link to the root of the disk", "folder_link", "entry_link", lambda f: (f / "root").symlink_to("/")),
    _in_folder("folder_main_link", "is a folder whose program is a link", "folder_link", "entry_link",
               lambda f: ((f / "pipeline" / "__main__.py").unlink(), (f / "pipeline" / "__main__.py").symlink_to("/etc/passwd"))),
    _in_folder("folder_fifo", "is a folder with a pipe that a reader would wait at", "folder_special", "entry_special", _special),
    _in_folder("folder_socket", "is a folder with a socket", "folder_special", "entry_special", _socket),
    Attack(
        id="archive_no_takehome",
        what="does not say whose it is",
        covers=("no_takehome",),
        without=("takehome.json",),
        refused="intake_no_takehome",
    ),
    Attack(
        id="archive_unknown",
        what="says that it answers a take-home that was never issued",
        covers=("unknown_id",),
        files={"takehome.json": '{"id": "thstranger"}'},
        error="does not know 'thstranger'",
    ),
)  # fmt: skip
