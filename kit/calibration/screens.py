"""What is kept of a form for screens and classifiers, and the screen that gamers use, fitted on the forms that were made for it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from graders.key import Key
from kit.calibration.portrait import portraits
from kit.calibration.workspace import Workspace, candidate_digest
from kit.files import write_durably
from kit.personas.gamers import _screen
from kit.personas.gamers._desk import Desk

PREFIX = "s"
"""With what the names of forms begin that are made for a screen only."""


def portray(work: Workspace, name: str, desk: Desk, key: Key) -> None:
    """Keep what a program sees of the form's columns, with the truth beside it: for screens and classifiers to be fitted on."""
    guilty = sorted(str(fault.locus.column) for fault in key.truth.faults if fault.locus.kind == "column")
    seen = _screen.features(desk)
    work.keep("portrait", name, {"records": portraits(desk, key), "guilty": guilty, "seen": json.loads(seen.to_json(orient="split"))})


def fitted_screen(work: Workspace) -> Path | None:
    """A screen fitted on all forms that were made for it, in a file of the workspace; None without any. The same is not fitted twice."""
    rows = [row for name, row in work.rows("portrait") if name.startswith(PREFIX)]
    if not rows:
        return None
    place = work.folder / f"screen-{len(rows)}-{candidate_digest('gamers', '__init__')}.json"
    if not place.is_file():
        frames = [pd.DataFrame(**row["seen"]) for row in rows]
        guilty = [pd.Series([name in row["guilty"] for name in frame.index], index=frame.index) for row, frame in zip(rows, frames, strict=True)]
        write_durably(place, json.dumps(_screen.fit(frames, guilty), sort_keys=True) + "\n")
    return place


def seen_by(screen: Path) -> int:
    """How many forms a screen was fitted on."""
    return int(screen.stem.split("-")[1])
