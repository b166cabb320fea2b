"""docs/scorecard.md names every field of the scorecard's dataclasses, and no other."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from graders import model

PAGE = Path(__file__).parents[2] / "docs" / "scorecard.md"


def test_the_page_and_the_dataclasses_agree() -> None:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    written = {
        part.splitlines()[0].strip(): [
            name for line in part.splitlines() if line.startswith("| `") for name in re.findall(r"`(\w+)`", line.split("|")[1])
        ]
        for part in sections
    }
    declared = {
        name: [f.name for f in dataclasses.fields(kind)]
        for name, kind in vars(model).items()
        if isinstance(kind, type) and dataclasses.is_dataclass(kind)
    }
    assert {name: sorted(fields) for name, fields in written.items()} == {name: sorted(fields) for name, fields in declared.items()}
