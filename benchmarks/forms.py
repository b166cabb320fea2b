"""How often a draw is accepted, how long a form takes, and why draws are refused: forms with fresh secrets (`make forms`).

Writes benchmarks/forms.json and prints a table. Twenty forms per scenario by default.
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
from collections import Counter
from pathlib import Path

import numpy as np

from generators.build import make_form
from generators.catalog import scenarios
from generators.model import GenerationError


def study(number: int, form: str, level: str, jobs: int) -> dict[str, object]:
    """Make `number` forms per scenario and count."""
    found: dict[str, object] = {}
    for scenario in scenarios():
        seconds, draws, reasons, drift, reference, failed = [], 0, Counter[str](), [], [], 0
        for position in range(number):
            begin = time.perf_counter()
            try:
                made = make_form(
                    secrets.token_bytes(32),
                    f"person {position}",
                    "1",
                    scenario=scenario,
                    form=form,
                    level=level,
                    progress=lambda stage, part: None,
                    jobs=jobs,
                )
            except GenerationError as error:
                failed += 1
                print(f"{scenario} {position}: {error}", flush=True)
                continue
            seconds.append(time.perf_counter() - begin)
            draws += len(made.attempts) + 1
            for attempt in made.attempts:
                for reason in {r.split(":")[0].split(" (f")[0] for r in attempt.split("; ")}:
                    reasons[reason] += 1
            drift += [c.value for c in made.certificate.checks if c.name == "pairs that conditional drift tells"]
            reference.append(made.reference.m_ref)
            print(f"{scenario} {position}: {len(made.attempts) + 1} draws, {seconds[-1]:.0f} s, {list(made.attempts)}", flush=True)
        found[scenario] = {
            "forms": len(seconds),
            "failed": failed,
            "acceptance": round(len(seconds) / max(1, draws), 3),
            "seconds_a_form": {"median": round(float(np.median(seconds)), 1), "most": round(max(seconds), 1)} if seconds else None,
            "reasons": dict(reasons.most_common()),
            "pairs_that_conditional_drift_tells": round(float(np.mean(drift)), 3) if drift else None,
            "reference_metric": {"low": round(min(reference), 4), "high": round(max(reference), 4)} if reference else None,
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=20)
    parser.add_argument("--form", default="standard")
    parser.add_argument("--level", default="mid")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("forms.json"))
    wanted = parser.parse_args()
    result = {"form": wanted.form, "level": wanted.level, "scenarios": study(wanted.forms, wanted.form, wanted.level, wanted.jobs)}
    wanted.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
