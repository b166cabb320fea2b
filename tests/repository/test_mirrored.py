"""A newcomer guesses where a test is: `kit/vault.py` is tested by `tests/kit/test_vault.py`."""

from __future__ import annotations

from pathlib import Path

from tree import PACKAGES, ROOT, modules

ELSEWHERE = {
    "generators/kinds.py": "tests/contracts/test_mechanisms.py",
    "generators/quirks.py": "tests/generators/test_blueprint.py",
    "generators/sites.py": "tests/generators/test_blueprint.py",
    "generators/scenarios/_table.py": "tests/contracts/test_scenarios.py",
    "graders/control.py": "tests/graders/criteria/test_null_validation.py",
    "graders/model.py": "tests/graders/test_scoring.py",
    "kit/calibration/plan.py": "tests/kit/calibration/test_study.py",
    "kit/calibration/portrait.py": "tests/quality/test_calibration.py",
    "kit/commands/calibrate.py": "tests/quality/test_calibration.py",
    "kit/commands/catalog.py": "tests/kit/test_cli.py",
    "kit/commands/cohort.py": "tests/kit/test_cohort.py",
    "kit/commands/common.py": "tests/kit/test_cli.py",
    "kit/commands/issue.py": "tests/kit/test_cli.py",
    "kit/commands/key.py": "tests/kit/test_cli.py",
    "kit/commands/vault.py": "tests/kit/test_cli.py",
    "kit/sandbox/guardian_alone.py": "tests/kit/sandbox/test_backends.py",
    "kit/sandbox/probe_inside.py": "tests/kit/sandbox/test_selfcheck.py",
    "kit/sandbox/warm_inside.py": "tests/kit/sandbox/test_warm.py",
    "kit/version.py": "tests/kit/test_cli.py",
}
"""Modules that make sense only through another one, and the test that goes through it."""


def mirrors(source: Path) -> list[Path]:
    """Where the test of a module may be: `_name.py` is tested by `test_name.py` or `test__name.py`."""
    folder = ROOT / "tests" / source.relative_to(ROOT).parent
    return [folder / f"test_{source.stem}.py", folder / f"test_{source.stem.lstrip('_')}.py"]


def test_every_module_has_its_test() -> None:
    """Or is named above with the test that covers it."""
    # each gamer and each level of skill is a declaration; one test goes through all of them
    declared = [f for kind in ("gamers", "skilled") for f in (ROOT / "kit" / "personas" / kind).glob("[a-z]*.py")]
    sources = [
        f for f in modules(*PACKAGES) if f.name != "__init__.py" and "templates" not in f.parts and "workshop" not in f.parts and f not in declared
    ]
    assert len(sources) > 80
    missing = [
        str(source.relative_to(ROOT))
        for source in sources
        if not any(m.is_file() for m in mirrors(source)) and str(source.relative_to(ROOT)) not in ELSEWHERE
    ]
    assert missing == [], "write tests/<same path>/test_<name>.py, or name the test that covers it in ELSEWHERE"


def test_the_list_of_exceptions_is_true() -> None:
    """Every module in it exists and has no test of its own; every test in it exists."""
    stale = [source for source in ELSEWHERE if not (ROOT / source).is_file() or any(m.is_file() for m in mirrors(ROOT / source))]
    assert stale == [], "these modules are gone or have a test of their own by now: take them out of ELSEWHERE"
    assert [test for test in ELSEWHERE.values() if not (ROOT / test).is_file()] == []
