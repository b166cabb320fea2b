"""How often a draw is accepted, how long a form takes, and why draws are refused: forms with fresh secrets (`make forms`).

Writes benchmarks/forms.json and prints a table. Twenty forms per scenario by default. With `--study` nothing is made: the forms of a study's
folder are counted (`takehome calibrate --work FOLDER`), which were made on one core each, from the study's seed.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from generators.build import make_form
from generators.catalog import scenarios
from generators.model import GenerationError
from kit.calibration.forms import UNMADE, numbers
from kit.calibration.workspace import Workspace


@dataclass
class Tally:
    """What is counted of one scenario."""

    failed: int = 0
    draws: int = 0
    seconds: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    reference: list[float] = field(default_factory=list)

    def add(self, attempts: Sequence[str], reference: float, seconds: float) -> None:
        self.seconds.append(seconds)
        self.draws += len(attempts) + 1
        for attempt in attempts:
            self.reasons.update({r.split(":")[0].split(" (f")[0] for r in attempt.split("; ")})
        self.reference.append(reference)

    def plain(self) -> dict[str, object]:
        found = bool(self.seconds)
        return {
            "forms": len(self.seconds),
            "failed": self.failed,
            "acceptance": round(len(self.seconds) / max(1, self.draws), 3),
            "seconds_a_form": {"median": round(float(np.median(self.seconds)), 1), "most": round(max(self.seconds), 1)} if found else None,
            "reasons": dict(self.reasons.most_common()),
            "reference_metric": {"low": round(min(self.reference), 4), "high": round(max(self.reference), 4)} if found else None,
        }


def make(scenario: str, person: str, form: str, level: str, jobs: int, tally: Tally) -> None:
    """Make one form with a fresh secret and count it."""
    begin = time.perf_counter()
    try:
        made = make_form(
            secrets.token_bytes(32), person, "1", scenario=scenario, form=form, level=level, progress=lambda stage, part: None, jobs=jobs
        )
    except GenerationError as error:
        tally.failed += 1
        print(f"{scenario}, {person}: {error}", flush=True)
        return
    tally.add(made.attempts, made.reference.m_ref, time.perf_counter() - begin)
    print(f"{scenario}, {person}: {len(made.attempts) + 1} draws, {tally.seconds[-1]:.0f} s, {list(made.attempts)}", flush=True)


def count(study: Path, tallies: dict[str, Tally]) -> dict[str, str]:
    """Count the forms of a study, made by this code; what kind of forms they are. Raises InputError for a study of other code."""
    about = json.loads((study / "study.json").read_text(encoding="utf-8"))["about"]
    work = Workspace.open(study, about)
    for _, row in work.rows("form"):
        tallies[row["scenario"]].add(row["attempts"], row["m_ref"], row["seconds"])
    unmade = {name for name, _ in work.rows(UNMADE) if name.startswith("f")}
    for number in numbers(forms=1 + max((int(name[1:]) for name in unmade), default=-1), whole=0, only=tuple(about["scenarios"])):
        tallies[number.scenario].failed += number.name in unmade
    return {"form": about["form"], "level": about["level"], "made_by": "a study, one core a form"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--form", default="standard")
    parser.add_argument("--level", default="mid")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--study", type=Path, help="count the forms of this study instead of making any")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("forms.json"))
    wanted = parser.parse_args()
    tallies = {scenario: Tally() for scenario in scenarios()}
    about = {"form": wanted.form, "level": wanted.level, "made_by": f"fresh secrets, {wanted.jobs} cores a form"}

    def keep() -> str:
        """What is measured is kept, whatever comes after."""
        text = json.dumps({**about, "scenarios": {name: t.plain() for name, t in tallies.items()}}, indent=2)
        wanted.out.write_text(text + "\n", encoding="utf-8")
        return text

    if wanted.study is not None:
        about = count(wanted.study, tallies)
    else:
        for position in range(wanted.forms):
            for scenario, tally in tallies.items():
                make(scenario, f"person {position}", wanted.form, wanted.level, wanted.jobs, tally)
                keep()
    print(keep())


if __name__ == "__main__":
    main()
