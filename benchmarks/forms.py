"""How often a draw is accepted, how long a form takes, and why draws are refused: forms with fresh secrets (`make forms`).

Writes benchmarks/forms.json and prints a table. Twenty forms per scenario by default.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from generators.build import Certified, make_form
from generators.catalog import scenarios
from generators.model import GenerationError


@dataclass
class Tally:
    """What is counted of one scenario."""

    failed: int = 0
    draws: int = 0
    seconds: list[float] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    drift: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    def add(self, made: Certified, seconds: float) -> None:
        self.seconds.append(seconds)
        self.draws += len(made.attempts) + 1
        for attempt in made.attempts:
            self.reasons.update({r.split(":")[0].split(" (f")[0] for r in attempt.split("; ")})
        self.drift += [c.value for c in made.certificate.checks if c.name == "pairs that conditional drift tells"]
        self.reference.append(made.reference.m_ref)

    def plain(self) -> dict[str, object]:
        found = bool(self.seconds)
        return {
            "forms": len(self.seconds),
            "failed": self.failed,
            "acceptance": round(len(self.seconds) / max(1, self.draws), 3),
            "seconds_a_form": {"median": round(float(np.median(self.seconds)), 1), "most": round(max(self.seconds), 1)} if found else None,
            "reasons": dict(self.reasons.most_common()),
            "pairs_that_conditional_drift_tells": round(float(np.mean(self.drift)), 3) if found else None,
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
    tally.add(made, time.perf_counter() - begin)
    print(f"{scenario}, {person}: {len(made.attempts) + 1} draws, {tally.seconds[-1]:.0f} s, {list(made.attempts)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--form", default="standard")
    parser.add_argument("--level", default="mid")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("forms.json"))
    wanted = parser.parse_args()
    tallies = {scenario: Tally() for scenario in scenarios()}
    for position in range(wanted.forms):
        for scenario, tally in tallies.items():
            make(scenario, f"person {position}", wanted.form, wanted.level, wanted.jobs, tally)
            result = {"form": wanted.form, "level": wanted.level, "scenarios": {name: t.plain() for name, t in tallies.items()}}
            wanted.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")  # what is measured is kept, whatever comes after
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
