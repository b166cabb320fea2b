"""Nine imitation submissions through the real grader, and what each part of behaviour makes of them.

For each scenario a form is issued with a fresh secret, every imitation is written from the vault's key and graded in the sandbox, and each
measured part is held against what it should earn. Writes benchmarks/imitations.json. Run through `make imitations`.
"""

from __future__ import annotations

import argparse
import json
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from graders.model import Outcome, Scorecard
from kit.assess import assess
from kit.issue import issue
from kit.personas import personas
from kit.runtime import runtime_for
from kit.sandbox.choose import choose
from kit.vault import Vault

FULL, NONE, ANY = (0.8, 1.0), (0.0, 0.35), (0.0, 1.0)
PARTS = (
    "leak_reliance", "training_reliance", "null_validation", "duplicate_injection", "skew_cost", "independence", "reproducibility",
)  # fmt: skip


def _row(**changed: tuple[float, float]) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(PARTS, FULL) | changed


_HANDED_OVER = _row(leak_reliance=NONE, training_reliance=NONE, null_validation=NONE, duplicate_injection=NONE, skew_cost=NONE)
EXPECTED: dict[str, dict[str, tuple[float, float]]] = {
    "inherited": _HANDED_OVER,
    "drops_columns": _row(),
    "recomputes_training": _row(skew_cost=ANY),
    "converts_served": _row(),
    "rebuilds_all": _row(null_validation=ANY, duplicate_injection=ANY),
    "recomputes_at_predict": _row(training_reliance=NONE, null_validation=NONE, duplicate_injection=ANY),
    "caches": _HANDED_OVER,
    "constant_validate": _row(null_validation=(0.0, 0.0), duplicate_injection=(0.0, 0.0)),
    "noisy": _row(leak_reliance=ANY, training_reliance=ANY, skew_cost=ANY, independence=NONE, reproducibility=NONE),
}
"""What each part should earn, as a range; who trusts served values pays for skew as far as his model leans on those columns, and who rebuilds
honest columns from a log that was changed after them validates on less signal than production has."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One imitation's graded behaviour."""

    id: str
    earned: dict[str, float | None]
    """By part; None where the form cannot measure it."""
    total: float
    wrong: tuple[str, ...]
    """Parts that earned what they should not."""


def judge(id: str, card: Scorecard) -> Result:
    """Hold a scorecard's behaviour parts against what they should be."""
    earned: dict[str, float | None] = {}
    wrong = []
    for part in card.behaviour.parts:
        measured = part.outcome is Outcome.SCORED or part.share > 0
        earned[part.id] = round(part.earned, 3) if measured else None
        low, high = EXPECTED[id][part.id]
        if measured and not low <= part.earned <= high:
            wrong.append(f"{part.id} earned {part.earned:.2f}, expected {low:g} to {high:g}: {part.reason}")
    return Result(id=id, earned=earned, total=round(card.total, 1), wrong=tuple(wrong))


def study(folder: Path, scenario: str, form: str, ids: list[str], secret: bytes) -> list[Result]:
    """Issue one form and grade the named imitations of it."""
    vault = Vault.create(folder / "vault", secret=secret)
    issued = issue(vault, "imitations", out=folder / "takehomes", scenario=scenario, form=form)
    sealed = vault.form(issued.id)
    sandbox = choose()
    runtime = runtime_for(sandbox)
    results = []
    for id in ids:
        submission = personas()[id].write(issued.folder, sealed.folder, folder / id)
        graded = assess(vault, [submission], sandbox=sandbox, runtime=runtime, jobs=2)[0]
        if graded.scorecard is None:
            raise RuntimeError(f"{id} was not graded: {graded.error}")
        results.append(judge(id, graded.scorecard))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", default="standard")
    parser.add_argument("--scenario", action="append", default=None)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("imitations.json"))
    wanted = parser.parse_args()
    kept = json.loads(wanted.out.read_text(encoding="utf-8")) if wanted.scenario and wanted.out.exists() else {}
    found: dict[str, object] = kept.get("scenarios", {}) if kept.get("form") == wanted.form else {}
    failed = 0
    for scenario in wanted.scenario or ["home_pricing", "subscription_churn"]:
        with tempfile.TemporaryDirectory() as name:
            results = study(Path(name), scenario, wanted.form, list(EXPECTED), secrets.token_bytes(32))
        found[scenario] = {r.id: {"total": r.total, "earned": r.earned, "wrong": list(r.wrong)} for r in results}
        for result in results:
            failed += len(result.wrong)
            shown = "  ".join(f"{name.split('_')[0]} {'-' if value is None else format(value, '.2f')}" for name, value in result.earned.items())
            print(f"{scenario:20s} {result.id:22s} {result.total:5.1f}  {shown}", flush=True)
            for line in result.wrong:
                print(f"    {line}", flush=True)
        wanted.out.write_text(json.dumps({"form": wanted.form, "scenarios": found}, indent=2) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
