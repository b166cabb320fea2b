"""Lay out what a call is shown: a fresh copy of the vault's files in which every call of a kind looks the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

WHEN = 946684800
"""Time of every staged file (2000-01-01): the times of the vault's files would tell calls apart."""


def stage_inputs(sources: Mapping[str, Path], target: Path) -> None:
    """Copy files and folders to the new folder `target`, by name inside it (an empty name for the folder itself), readable by anyone inside.

    A copy, not a link: links would show how often a file is used, and a run without a sandbox could write through them.
    """
    target.mkdir(mode=0o755)
    for name, source in sorted(sources.items()):
        if source.is_dir():
            _copy_folder(source, target / name if name else target)
        else:
            _copy_file(source, target / name)
    for folder, _, _ in os.walk(target, topdown=False):
        os.utime(folder, (WHEN, WHEN))
        os.chmod(folder, 0o755)


def _copy_folder(source: Path, target: Path) -> None:
    target.mkdir(mode=0o755, exist_ok=True)
    for entry in sorted(source.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            _copy_folder(entry, target / entry.name)
        else:
            _copy_file(entry, target / entry.name)


def _copy_file(source: Path, target: Path) -> None:
    shutil.copyfile(source, target, follow_symlinks=True)
    os.chmod(target, 0o444)
    os.utime(target, (WHEN, WHEN))
