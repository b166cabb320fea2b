"""Take a hand-in: a zip or a folder, checked, hashed and copied read-only. Every later stage runs from that copy alone."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.strict import Unreadable
from kit.archive import MAX_BYTES, MAX_ENTRIES, Refused, unpack
from kit.bounded import read_json
from kit.errors import SubmissionError
from kit.files import files_digest
from kit.names import fault_of, folded
from kit.outcomes import outcome
from kit.sandbox.outputs import remove_tree

TAKEHOME = "takehome.json"
PIPELINE = "pipeline/__main__.py"
DOCUMENTS = ("findings.toml", "MEMO.md")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{3,63}")
# Passed over in a folder as `make submit` passes it over (candidate_template/pack.py, which cannot be imported here; a test compares the two).
LEFT_OUT = {"data", "samples", "practice", "model", "out", "submission.zip", "submission.zip.part"}
"""At the root: what was handed out, and what is made again. Code in these folders, other than practice/, is taken all the same."""
CLUTTER = {
    *(".git", ".hg", ".svn", ".jj", ".bzr", ".dvc", ".idea", ".vscode"),
    *(".venv", ".conda", ".pixi", "node_modules", "site-packages", "__pypackages__"),
    *("__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".tox", ".nox", ".eggs", ".cache", ".coverage", "htmlcov"),
    *(".ipynb_checkpoints", ".jupyter_cache", ".virtual_documents", ".ipython", ".DS_Store", "Thumbs.db", "__MACOSX"),
}
CLUTTER_ENDINGS = (".pyc", ".pyo", ".egg-info")
CLUTTER_FOLDERS = {"mlruns", "wandb", "catboost_info", "lightning_logs"}
ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")


class SubmissionRefused(SubmissionError):
    """A hand-in that is not taken in. `code` is an outcome of `kit.outcomes.INTAKE`; nothing of it was run."""

    def __init__(self, code: str, source: Path, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(f"{source.name!r} cannot be graded: {outcome(code).message}" + (f" (Found: {detail}.)" if detail else ""))


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A hand-in as it was taken in."""

    folder: Path
    """Our read-only copy, its root stripped of a single enclosing folder."""
    sha256: str
    """Of every file's path and content: the same for a zip and for the folder it was made from, unless that holds copies of the given data."""
    takehome_id: str
    """The id that takehome.json claims; the vault decides whether it knows it."""
    notes: tuple[str, ...] = ()
    """What is missing but does not stop the grading."""

    @property
    def has_pipeline(self) -> bool:
        """Whether there is anything to run."""
        return (self.folder / PIPELINE).is_file()


def intake(source: Path, into: Path) -> Submission:
    """Check a zip or a folder and copy it, read-only, to the new folder `into`.

    Raises SubmissionRefused with an outcome code; `into` is then gone again.
    """
    into.mkdir(mode=0o700, parents=True)
    try:
        received = into / "received"
        received.mkdir(mode=0o755)
        if source.is_dir():
            _copy(source, received)
        elif source.is_file():
            unpack(source, received)
        else:
            raise Refused("intake_missing", repr(str(source)))
        root = _root(received)
        takehome = _takehome(root)
        digest = files_digest(root, (path for path in root.rglob("*") if path.is_file()))
        _make_read_only(received)
    except BaseException as error:
        remove_tree(into)
        if isinstance(error, Refused):
            raise SubmissionRefused(error.code, source, error.detail) from error
        raise
    return Submission(folder=root, sha256=digest, takehome_id=takehome, notes=tuple(_notes(root)))


def _copy(source: Path, target: Path) -> None:
    """Copy a folder by the rules for a zip, without following anything."""
    seen: dict[str, str] = {}
    left = MAX_BYTES
    for path, name, found in _entries(source):
        code = fault_of(name)
        if code is None and len(seen) >= MAX_ENTRIES:
            code = "too_many_entries"
        if code is None and stat.S_ISLNK(found.st_mode):
            code = "entry_link"
        if code is None and not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            code = "entry_special"
        if code:
            raise Refused(code, repr(name))
        if folded(name) in seen:
            raise Refused("name_duplicate", f"{seen[folded(name)]!r} and {name!r}")
        seen[folded(name)] = name
        if stat.S_ISDIR(found.st_mode):
            (target / name).mkdir(mode=0o755)
            continue
        left -= found.st_size
        if left < 0:
            raise Refused("too_large", f"more than {MAX_BYTES} bytes up to {name!r}")
        (target / name).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        _copy_file(path, target / name, found.st_size)


def _copy_file(path: Path, target: Path, size: int) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as source, target.open("xb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise Refused("entry_special", repr(path.name))
        shutil.copyfileobj(source, file, 1 << 20)
        if file.tell() != size:
            raise Refused("archive_damaged", f"{path.name!r} changed while it was read")


def _entries(source: Path) -> Iterator[tuple[Path, str, os.stat_result]]:
    """Folders before what they hold, in a stable order; clutter is passed over, and all but code in the folders that are left out."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in sorted(os.scandir(source / prefix), key=lambda entry: entry.name):
            name = f"{prefix}/{entry.name}" if prefix else entry.name
            folder = entry.is_dir(follow_symlinks=False)
            if _clutter(entry, name, folder=folder) or name == "practice":
                continue
            code_only = name.split("/", 1)[0] in LEFT_OUT
            if code_only and not folder and not (name.endswith(".py") and entry.is_file(follow_symlinks=False)):
                continue
            if not (code_only and folder):
                yield Path(entry.path), name, entry.stat(follow_symlinks=False)
            if folder:
                waiting.append(name)


def _clutter(entry: os.DirEntry[str], name: str, *, folder: bool) -> bool:
    """Environments, caches, version control and the like, wherever they lie."""
    if entry.name in CLUTTER or entry.name.endswith(CLUTTER_ENDINGS) or name == "venv":
        return True
    return folder and (entry.name in CLUTTER_FOLDERS or any(os.path.exists(os.path.join(entry.path, mark)) for mark in ENVIRONMENT_MARKS))


def _root(received: Path) -> Path:
    """The folder with takehome.json: `received`, or the single folder in it, as some tools wrap a zip."""
    entries = list(received.iterdir())
    if not (received / TAKEHOME).exists() and len(entries) == 1 and entries[0].is_dir():
        return entries[0]
    return received


def _takehome(root: Path) -> str:
    path = root / TAKEHOME
    if not path.is_file():
        raise Refused("intake_no_takehome")
    try:
        raw = read_json(path.read_bytes())
    except Unreadable as error:
        raise Refused("intake_bad_takehome", str(error)) from error
    found = raw.get("id") if isinstance(raw, dict) else None
    if not isinstance(found, str) or not ID.fullmatch(found):
        raise Refused("intake_bad_takehome", f"id is {str(found)[:80]!r}")
    return found


def _make_read_only(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)


def _notes(root: Path) -> Iterator[str]:
    for name in (PIPELINE, *DOCUMENTS):
        if not (root / name).is_file():
            what = "no command of it can be run" if name == PIPELINE else "its part cannot be scored"
            yield f"{name} is missing: {what}."
