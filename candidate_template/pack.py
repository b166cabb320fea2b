"""What goes into submission.zip: everything you wrote, nothing that was handed out, installed, or made again.

`python run.py submit` uses it. Needs nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUBMISSION = "submission.zip"
HANDED_OUT = {"data", "samples", "practice"}
ZIPS = {SUBMISSION, SUBMISSION + ".part"}
MADE_AGAIN = {"model", "out", *ZIPS}
"""At the root. Code that you keep in one of these folders, other than practice/, is packed all the same."""
LOOKED_THROUGH = ("handed out", "made again")
VERSIONS = {".git", ".hg", ".svn", ".jj", ".bzr", ".dvc"}
INSTALLED = {".venv", ".conda", ".pixi", "node_modules", "site-packages", "__pypackages__"}
INSTALLED_AT_ROOT = {"venv"}
INSTALLED_MARKS = ("pyvenv.cfg", "conda-meta")
"""A folder that holds one of these is an environment, whatever its name."""
EDITORS = {".idea", ".vscode"}
CACHES = {
    "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".tox", ".nox", ".eggs", ".cache", ".coverage", "htmlcov",
    ".ipynb_checkpoints", ".jupyter_cache", ".virtual_documents", ".ipython", ".DS_Store", "Thumbs.db", "__MACOSX",
}  # fmt: skip
CACHE_ENDINGS = (".pyc", ".pyo", ".egg-info")
RUN_RECORDS = {"mlruns", "wandb", "catboost_info", "lightning_logs"}
CODE = ".py"
ITSELF = "the project folder itself"

MAX_FILES = 2000
MAX_BYTES = 200 * 2**20
MAX_RATIO = 200
RATIO_FREE_BYTES = 4 * 2**20
"""A zip that unpacks to more than this must not be MAX_RATIO times smaller than what is in it."""
MAX_NAME_BYTES = 200
MAX_LEVELS = 12


@dataclass
class HandIn:
    """What submit packs, and what it leaves out."""

    root: Path
    files: list[Path] = field(default_factory=list)
    """Relative to the root, sorted by folder."""
    left_out: dict[str, list[str]] = field(default_factory=dict)
    """Names by kind; a folder ends with a slash."""

    @property
    def size(self) -> int:
        return sum(self.size_of(path) for path in self.files)

    def size_of(self, path: Path) -> int:
        return (self.root / path).stat().st_size

    def leave(self, kind: str, path: Path, *, folder: bool = False) -> None:
        self.left_out.setdefault(kind, []).append(path.as_posix() + "/" * folder)


def hand_in(root: Path) -> HandIn:
    """Everything below `root` that goes into the zip, and by kind what does not."""
    found = HandIn(root)
    given = given_digests(root)
    for folder, folders, names in os.walk(root):
        here = Path(folder).relative_to(root)
        code_only = bool(here.parts) and here.parts[0] in HANDED_OUT | MADE_AGAIN
        kept = []
        for name in sorted(folders):
            kind = folder_kind(root, here / name)
            if kind and not code_only:
                found.leave(kind, here / name, folder=True)
            if kind is None or (kind in LOOKED_THROUGH and name != "practice" and not (root / name).is_symlink()):
                kept.append(name)
        folders[:] = kept
        for name in sorted(names):
            path = here / name
            if path.as_posix() in ZIPS or (code_only and path.suffix != CODE):
                continue  # nobody expects an earlier zip in the zip, and the folder was named already
            kind = file_kind(root, path, given)
            if kind is None:
                found.files.append(path)
            elif not code_only:
                found.leave(kind, path)
    return found


def given_digests(root: Path) -> set[str]:
    """SHA-256 of every table that was handed out: those of data/ as takehome.json lists them, those of samples/ as they are."""
    try:
        listed = json.loads((root / "takehome.json").read_text(encoding="utf-8"))["data"]
        known = {str(value) for value in listed.values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        known = set()
    return known | {digest(path) for path in (root / "samples").rglob("*.parquet") if path.is_file()}


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_kind(root: Path, path: Path) -> str | None:
    """Why a folder is left out; None for one that is looked through."""
    name, top = path.name, len(path.parts) == 1
    if top and name in HANDED_OUT:
        return "handed out"
    if top and name in MADE_AGAIN:
        return "made again"
    if (root / path).is_symlink():
        return "links"
    if name in INSTALLED or (top and name in INSTALLED_AT_ROOT) or any((root / path / mark).exists() for mark in INSTALLED_MARKS):
        return "installed packages"
    if name in RUN_RECORDS:
        return "records of runs"
    return clutter_kind(name)


def file_kind(root: Path, path: Path, given: set[str]) -> str | None:
    """Why a file is left out; None for one that is packed."""
    name, whole = path.name, root / path
    if whole.is_symlink():
        return "links"
    if not whole.is_file():
        return "special files"
    if len(path.parts) == 1 and name in HANDED_OUT | MADE_AGAIN:
        return "made again"
    if path.suffix == ".parquet" and whole.stat().st_size <= MAX_BYTES and digest(whole) in given:
        return "copies of the given data"
    return clutter_kind(name)


def clutter_kind(name: str) -> str | None:
    if name in VERSIONS:
        return "version control"
    if name in EDITORS:
        return "editor settings"
    return "caches" if name in CACHES or name.endswith(CACHE_ENDINGS) else None


def problems(found: HandIn) -> list[str]:
    """Why the grader would not take this in: what was found and what to do, a line each; empty when it would."""
    said = []
    if len(found.files) > MAX_FILES:
        said.append(f"{len(found.files):,} files; at most {MAX_FILES:,} are taken. Most are in {most(found, count=True)}.")
    if found.size > MAX_BYTES:
        said.append(f"{mib(found.size)}; at most {mib(MAX_BYTES)} are taken. Most is in {most(found)}. The largest files: {largest(found)}.")
    named = [f"rename {path.as_posix()!r}: {fault}." for path in found.files if (fault := name_fault(path.as_posix()))]
    seen: dict[str, str] = {}
    for path in found.files:
        other = seen.setdefault(folded(path.as_posix()), path.as_posix())
        if other != path.as_posix():
            named.append(f"rename {other!r} or {path.as_posix()!r}: they are one name on a machine that ignores case.")
    return said + named[:5] + ([f"and {len(named) - 5} more names."] if len(named) > 5 else [])


def zip_problem(found: HandIn, packed: int) -> str | None:
    """The same for the zip that was made, `packed` bytes long."""
    if packed > MAX_BYTES:
        return f"the zip has {mib(packed)}; at most {mib(MAX_BYTES)} are taken. The largest files: {largest(found)}."
    if found.size > RATIO_FREE_BYTES and found.size > MAX_RATIO * packed:
        return f"the zip unpacks to more than {MAX_RATIO} times its size, which is refused. Files that hold little and are large: {largest(found)}."
    return None


def name_fault(name: str) -> str | None:
    """Why a name is refused, in words; None when it may be used."""
    if any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in name) or not name.strip():
        return "it holds a control or direction character"
    if "\\" in name or ":" in name:
        return "it holds a backslash or a colon"
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"it is longer than {MAX_NAME_BYTES} bytes"
    return f"it lies more than {MAX_LEVELS} folders deep" if name.count("/") >= MAX_LEVELS else None


def folded(name: str) -> str:
    """The name as a machine sees it that ignores case and Unicode form."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def most(found: HandIn, *, count: bool = False) -> str:
    """The folders, to two levels, that hold most bytes or files."""
    weights: Counter[str] = Counter()
    for path in found.files:
        weights["/".join(path.parts[:-1][:2]) + "/" if len(path.parts) > 1 else ITSELF] += 1 if count else found.size_of(path)
    return ", ".join(f"{name} ({f'{weight:,} files' if count else mib(weight)})" for name, weight in heaviest(weights))


def largest(found: HandIn) -> str:
    return ", ".join(f"{name} ({mib(size)})" for name, size in heaviest(Counter({path.as_posix(): found.size_of(path) for path in found.files})))


def heaviest(weights: Counter[str]) -> list[tuple[str, int]]:
    """Up to three that weigh at least a twentieth of the whole; the first in any case."""
    least = weights.total() / 20
    return [(name, weight) for place, (name, weight) in enumerate(weights.most_common(3)) if not place or weight >= least]


def mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB" if size >= 2**20 else f"{max(1, round(size / 1024))} KiB" if size else "0 KiB"


def write_zip(found: HandIn, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in found.files:
            archive.write(found.root / path, path.as_posix())


def told(found: HandIn) -> Iterator[str]:
    """What was left out and what is packed, in lines for a person."""
    if found.left_out:
        yield "Left out:"
        for kind, names in sorted(found.left_out.items()):
            shown = ", ".join(plain(name) for name in names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
            yield f"  {kind:<26} {shown}"
    yield "Goes in:"
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for path in found.files:
        place = path.parts[0] + "/" if len(path.parts) > 1 else ITSELF
        counts[place] += 1
        sizes[place] += found.size_of(path)
    for place in sorted(counts, key=lambda place: (-sizes[place], place))[:12]:
        yield f"  {plain(place):<26} {counts[place]:>5,} file{'s' if counts[place] != 1 else ' '} {mib(sizes[place]):>11}"
    if len(counts) > 12:
        yield f"  and {len(counts) - 12} smaller folders"


def plain(name: str) -> str:
    """A name that cannot move the cursor of a terminal."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in name)
