"""The folder of a study: its seed, what it is a study of, and every row as soon as it is known.

A row is a file that appears whole or not at all, so a study that is killed goes on where it was and counts nothing twice. The seed is
drawn once. Rows of forms that were made otherwise would not fit together: a workspace remembers the digest of all that makes a form, and
refuses to go on under another. Rows of a candidate are named with the digests of its own code and of the grader: a candidate that was changed
is run again, the others are not; under another rubric everybody is scored again, from what their pipelines were recorded to do.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from generators.seeding import Stream
from kit.errors import InputError
from kit.files import files_digest, walk_files, write_durably

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ("generators", "candidate_template")
"""What makes a form: with any of it changed, rows and recorded runs belong to another study."""
GRADER = ("graders",)
"""What scores: with any of it changed, rows are scored again."""
NAME = re.compile(r"[a-z0-9_.-]+")
SCHEMA = 1
SHORT = 12
"""Letters of a digest in the name of a row."""


class Workspace:
    """An open workspace. `Workspace.open(folder, about)` begins it or goes on with it."""

    def __init__(self, folder: Path, seed: bytes) -> None:
        self.folder = folder
        self.stream = Stream.root(seed, "study")
        self.seed = seed

    @classmethod
    def open(cls, folder: Path, about: Mapping[str, Any], *, seed: bytes | None = None) -> Workspace:
        """Begin a study, or go on with it. `about` is what it is a study of (scenarios, form, level): the same each time.

        Raises InputError when the folder holds a study of something else, or one that was begun with other code.
        """
        now = {"schema": SCHEMA, "about": dict(about), "engine": engine_digest()}
        meta = folder / "study.json"
        if not meta.exists():
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise InputError(f"--work must be a new folder or that of a study; {str(folder)!r} holds other things. Give another.")
            drawn = seed or secrets.token_bytes(32)
            write_durably(meta, json.dumps({**now, "seed": drawn.hex()}, indent=1, sort_keys=True) + "\n")
            return cls(folder, drawn)
        try:
            kept = json.loads(meta.read_text(encoding="utf-8"))
            drawn = bytes.fromhex(kept.pop("seed"))
        except (ValueError, KeyError, AttributeError) as error:
            raise InputError(f"{str(meta)!r} must be the record of a study; it cannot be read: {error}. Begin anew with another --work.") from error
        if seed is not None and seed != drawn:
            raise InputError(f"the study in {str(folder)!r} was begun with another --seed. Leave --seed out to go on with it.")
        for name, said in (("about", "of something else"), ("engine", "with other code")):
            if kept.get(name) != now[name]:
                raise InputError(
                    f"the study in {str(folder)!r} was begun {said} ({kept.get(name)}, now {now[name]}); its rows would not fit together."
                    " Begin anew with another --work."
                )
        return cls(folder, drawn)

    def has(self, kind: str, name: str) -> bool:
        """Is the row there already?"""
        return self._place(kind, name).is_file()

    def keep(self, kind: str, name: str, value: Any) -> None:
        """Keep a row, whole or not at all."""
        place = self._place(kind, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_durably(place, json.dumps(value, sort_keys=True, allow_nan=False) + "\n")

    def drop(self, kind: str, name: str) -> None:
        """Take a row back, if it is there."""
        self._place(kind, name).unlink(missing_ok=True)

    def read(self, kind: str, name: str) -> Any:
        """A row that was kept."""
        return json.loads(self._place(kind, name).read_text(encoding="utf-8"))

    def names(self, kind: str) -> list[str]:
        """Names of all rows of a kind, in order."""
        return sorted(place.stem for place in (self.folder / "rows" / kind).glob("*.json"))

    def rows(self, kind: str) -> Iterator[tuple[str, Any]]:
        """(name, value) of every row of a kind, by name."""
        for name in self.names(kind):
            yield name, self.read(kind, name)

    def _place(self, kind: str, name: str) -> Path:
        if not NAME.fullmatch(kind) or not NAME.fullmatch(name):
            raise ValueError(f"rows are named in small letters, digits, dots and dashes; got {kind!r}, {name!r}")
        return self.folder / "rows" / kind / f"{name}.json"


def engine_digest() -> str:
    """Digest of the code and templates that every form depends on."""
    return _digest(ENGINE)


def grader_digest() -> str:
    """Digest of the code and the rubric that every score depends on."""
    return _digest(GRADER)


def _digest(parts: Iterable[str]) -> str:
    return files_digest(ROOT, (file for part in parts for file in walk_files(ROOT / part) if file.suffix != ".pyc"))[:SHORT]


def candidate_digest(package: str, id: str) -> str:
    """Digest of a candidate's own file and of all that its package and the workshop share."""
    personas = ROOT / "kit" / "personas"
    folder = personas / package
    shared = [*personas.glob("_*.py"), *folder.glob("_*.py"), *(f for part in ("workshop", "templates") for f in (personas / part).glob("*"))]
    return files_digest(ROOT, [folder / f"{id}.py", *(f for f in shared if f.is_file())])[:SHORT]
