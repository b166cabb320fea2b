"""Zips of strangers: every refusal, by its code, and nothing left behind."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import archive
from kit.archive import Refused, unpack

Made = Callable[[zipfile.ZipFile], None]


def _zip(path: Path, make: Made, **options: int) -> Path:
    with zipfile.ZipFile(path, "w", **options) as made:
        make(made)
    return path


def _entry(name: str, *, mode: int = 0, flags: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = mode << 16
    info.create_system = 3
    info.flag_bits |= flags
    return info


def _patched(path: Path, old: bytes, new: bytes) -> Path:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    return path


CASES: dict[str, Made] = {
    "name_absolute": lambda z: z.writestr(_entry("/etc/x"), "x"),
    "name_parent": lambda z: z.writestr(_entry("a/../../x"), "x"),
    "name_backslash": lambda z: z.writestr(_entry("a\\x"), "x"),
    "name_drive": lambda z: z.writestr(_entry("C:x"), "x"),
    "name_control": lambda z: z.writestr(_entry("a\x1bx"), "x"),
    "name_long": lambda z: z.writestr(_entry("x" * 201), "x"),
    "name_deep": lambda z: z.writestr(_entry("a/" * 12 + "x"), "x"),
    "entry_link": lambda z: z.writestr(_entry("x", mode=stat.S_IFLNK | 0o777), "/etc/passwd"),
    "entry_special": lambda z: z.writestr(_entry("x", mode=stat.S_IFIFO | 0o644), ""),
    "name_duplicate": lambda z: [z.writestr(name, "x") for name in ("README.md", "readme.MD")] and None,
    "too_many_entries": lambda z: [z.writestr(f"f{n}", "") for n in range(archive.MAX_ENTRIES + 1)] and None,
    "archive_ratio": lambda z: z.writestr("x", b"\0" * (32 << 20), zipfile.ZIP_DEFLATED),
    "archive_method": lambda z: z.writestr("x", b"x" * 100, zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_entry_is_refused_with_its_own_code(tmp_path: Path, code: str) -> None:
    """Checked on what the archive really says, before a byte is written."""
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(Refused) as refused:
        unpack(_zip(tmp_path / "x.zip", CASES[code]), into)
    assert refused.value.code == code
    assert list(into.iterdir()) == []


def test_a_file_below_a_file_is_refused(tmp_path: Path) -> None:
    """`a` cannot be both."""
    with pytest.raises(Refused, match="name_duplicate"):
        unpack(_zip(tmp_path / "x.zip", lambda z: [z.writestr(name, "x") for name in ("a", "a/b")] and None), tmp_path)


def test_encryption_is_refused(tmp_path: Path) -> None:
    """By the flag in the directory."""
    path = _zip(tmp_path / "x.zip", lambda z: z.writestr("secret.txt", "x"))
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Refused, match="archive_encrypted"):
        unpack(path, tmp_path)


def test_more_bytes_than_declared_are_refused(tmp_path: Path) -> None:
    """A directory that declares three bytes for a stream of a thousand."""
    path = _zip(tmp_path / "x.zip", lambda z: z.writestr("x", b"y" * 1000, zipfile.ZIP_DEFLATED))
    _patched(path, struct.pack("<L", 1000), struct.pack("<L", 3))
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(Refused) as refused:
        unpack(path, into)
    assert refused.value.code == "archive_oversized_entry"


def test_too_large_is_refused_by_the_declared_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written."""
    monkeypatch.setattr(archive, "MAX_BYTES", 5000)
    with pytest.raises(Refused, match="too_large"):
        unpack(_zip(tmp_path / "x.zip", lambda z: z.writestr("x", b"ab" * 2501, zipfile.ZIP_DEFLATED)), tmp_path)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "intake_not_zip"), (b"just text", "intake_not_zip"), (b"PK\x03\x04 cut short", "archive_damaged")],
)
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    """Text, nothing, and half an archive."""
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(Refused, match=code):
        unpack(path, tmp_path)


def test_damaged_content_is_refused(tmp_path: Path) -> None:
    """A checksum that does not fit."""
    path = _patched(_zip(tmp_path / "x.zip", lambda z: z.writestr("x", "hello there")), b"hello", b"hullo")
    with pytest.raises(Refused, match="archive_damaged"):
        unpack(path, tmp_path)


def test_a_directory_of_a_million_entries_is_refused_unread(tmp_path: Path) -> None:
    """By its declared length alone."""
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x01\x02" + b"\0" * 42 + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 10, 10, 46 * 1_000_000, 0, 0))
    with pytest.raises(Refused, match="too_many_entries"):
        unpack(path, tmp_path)


def test_a_good_zip_is_unpacked_with_modes_of_ours(tmp_path: Path) -> None:
    """Set-id and execute bits of the archive are ignored; what a desktop adds is passed over."""

    def make(z: zipfile.ZipFile) -> None:
        z.writestr(_entry("bin/run", mode=stat.S_IFREG | 0o6777), "#!")
        z.writestr("empty/", "")
        z.writestr("__MACOSX/._run", "x")
        z.writestr("a/.DS_Store", "x")

    into = tmp_path / "into"
    into.mkdir()
    unpack(_zip(tmp_path / "x.zip", make), into)
    assert sorted(path.relative_to(into).as_posix() for path in into.rglob("*")) == ["bin", "bin/run", "empty"]
    assert (into / "bin" / "run").stat().st_mode & 0o7111 == 0


def test_a_zip_inside_other_bytes_is_read_like_the_library_does(tmp_path: Path) -> None:
    """A comment at the end is allowed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("a.txt", "x")
        made.comment = b"from me"
    path = tmp_path / "x.zip"
    path.write_bytes(buffer.getvalue())
    into = tmp_path / "into"
    into.mkdir()
    unpack(path, into)
    assert (into / "a.txt").read_text() == "x"
