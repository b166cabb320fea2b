"""Setting a vault right after a crash: finish what was already sealed, sweep what never was.

A form or a grade exists from the rename that puts its sealed folder in place. What a crash leaves before that (work under `incoming`, a lookup of a
form that never came, a folder without a manifest) is removed; what it leaves after (a sealed folder without its line in the log, or without its
lookup) is completed. Work of a process that still runs is left alone: it holds the lock beside its folder.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kit import files

if TYPE_CHECKING:
    from kit.vault import Vault


def settle(vault: Vault) -> list[str]:
    """What was finished or swept, in words; an empty list for a vault that no crash has touched."""
    from kit.vault import FOLDERS, writing

    with writing(vault.root), files.locked(vault.root / "lock"):
        if vault.root.stat().st_mode & 0o077:
            vault.root.chmod(0o700)
        for name in FOLDERS:  # a copy made by a tool that drops empty folders
            (vault.root / name).mkdir(mode=0o700, exist_ok=True)
        for folder in (vault.root, vault.root / "index"):  # nobody writes these without the lock that is held here
            for torn in folder.glob(".*"):
                if files.TEMPORARY.fullmatch(torn.name):
                    torn.unlink()
        logged = {entry.subject for entry in vault.log.entries()}
        done = _sweep_incoming(vault.root / "incoming")
        for folder in sorted((vault.root / "forms").iterdir()):
            done += _settle_one(vault, folder, folder.name, "issued", logged)
            grades = folder / "grades"
            for grade in sorted(grades.iterdir()) if grades.is_dir() else []:
                done += _settle_one(vault, grade, f"{folder.name}/{grade.name}", "graded", logged)
        return done + _settle_index(vault, logged) + _settle_rotations(vault, logged)


def _settle_one(vault: Vault, folder: Path, subject: str, event: str, logged: set[str]) -> list[str]:
    if subject in logged:
        return []
    if (folder / files.MANIFEST).is_file():
        vault.log.append(_event(folder, event), subject, digest=files.file_digest(folder / files.MANIFEST), note="recovered")
        return [f"logged {subject}, sealed just before a crash"]
    files.remove_tree(folder)
    return [f"swept the unfinished {subject}"]


def _settle_rotations(vault: Vault, logged: set[str]) -> list[str]:
    missing = [f"generation {number}" for number in range(2, vault.secret.current + 1) if f"generation {number}" not in logged]
    for subject in missing:
        vault.log.append("rotated", subject, note="recovered")
    return [f"logged the rotation to {subject}" for subject in missing]


def _event(folder: Path, usual: str) -> str:
    """What the log would have said of a sealed folder: a grade notes itself whether it is a regrade."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if json.loads((folder / "grade.json").read_text(encoding="utf-8")).get("event") == "regraded":
            return "regraded"
    return usual


def _sweep_incoming(incoming: Path) -> list[str]:
    done = []
    for name in sorted({each.name.removesuffix(".lock") for each in incoming.iterdir()}):
        held = files.try_lock(incoming / f"{name}.lock")
        if held is None:
            continue
        files.remove_tree(incoming / name)
        (incoming / f"{name}.lock").unlink(missing_ok=True)
        os.close(held)
        done.append(f"swept unfinished work {name[:8]}")
    return done


def _settle_index(vault: Vault, logged: set[str]) -> list[str]:
    done = []
    index = vault.root / "index"
    for entry in sorted(index.iterdir()):
        id_ = entry.read_text(encoding="ascii", errors="replace").strip()
        if id_ not in logged and not (vault.root / "forms" / id_ / files.MANIFEST).is_file():
            entry.unlink()
            done.append(f"removed the lookup of the unfinished {id_}" if id_ else "removed an unfinished lookup")
    for id_, record in vault.records().items():
        entry = index / vault.secret.lookup(record.candidate, record.round)
        with contextlib.suppress(FileExistsError):
            if not entry.exists():
                files.write_durably(entry, id_ + "\n")
                done.append(f"wrote the lookup of {id_} again")
    return done
