"""What is kept of a form for screens and classifiers, and the screens that a gamer uses: each fitted on other forms and their keys.

    portraits of all forms -> blocks of forms -> for each block a screen fitted on all the others -> the forms of the block are screened

So no form is made for a screen alone, and none meets a screen that has seen it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from graders.key import Key
from kit.calibration.portrait import portraits
from kit.calibration.workspace import Workspace, candidate_digest
from kit.files import locked, write_durably
from kit.personas.gamers import _screen
from kit.personas.gamers._desk import Desk

BLOCKS = 20
"""Screens of a study, if it has so many forms: each sees all but a twentieth of them."""
LEAST = 2
"""Forms without which there is no screen: one to be screened, another to be fitted on."""


def portray(work: Workspace, name: str, desk: Desk, key: Key) -> None:
    """Keep what a program sees of the form's columns, with the truth beside it: for screens and classifiers to be fitted on."""
    guilty = sorted(str(fault.locus.column) for fault in key.truth.faults if fault.locus.kind == "column")
    seen = _screen.features(desk)
    work.keep("portrait", name, {"records": portraits(desk, key), "guilty": guilty, "seen": json.loads(seen.to_json(orient="split"))})


@dataclass(frozen=True)
class Screens:
    """The screens of a study, among the forms that have a portrait."""

    work: Workspace
    forms: tuple[str, ...]

    @classmethod
    def among(cls, work: Workspace) -> Screens | None:
        """Among all forms with a portrait; None where these are fewer than LEAST."""
        forms = tuple(work.names("portrait"))
        return cls(work, forms) if len(forms) >= LEAST else None

    @cached_property
    def blocks(self) -> list[list[str]]:
        """Forms that share a screen: neighbours, so that each block holds the scenarios in the same shares."""
        return [block.tolist() for block in np.array_split(np.array(self.forms), min(BLOCKS, len(self.forms)))]

    @property
    def fitted_on(self) -> int:
        """Forms that every screen has seen at least."""
        return len(self.forms) - len(self.blocks[0])

    def of(self, form: str) -> Path:
        """The screen for a form, fitted now unless it was. Raises ValueError when the form has no portrait."""
        number = next((i for i, block in enumerate(self.blocks) if form in block), None)
        if number is None:
            raise ValueError(f"a form is screened once it has a portrait; {form!r} has none")
        folder = self.work.folder / "screens" / f"{len(self.forms)}-{candidate_digest('gamers', '__init__')}"
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{number:02d}.json"
        with locked(folder / f"{number:02d}.lock"):
            if not place.is_file():
                seen = [name for name in self.forms if name not in self.blocks[number]]
                write_durably(place, json.dumps(self._fit(seen), sort_keys=True) + "\n")
        return place

    def _fit(self, forms: list[str]) -> dict[str, object]:
        rows = [self.work.read("portrait", name) for name in forms]
        frames = [pd.DataFrame(**row["seen"]) for row in rows]
        guilty = [pd.Series([name in row["guilty"] for name in frame.index], index=frame.index) for row, frame in zip(rows, frames, strict=True)]
        return _screen.fit(frames, guilty)
