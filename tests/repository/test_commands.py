"""What the README and the pages tell people to type exists, and what exists is told."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from tree import ROOT

from kit.cli import cli

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TARGETS = ("demo", "test", "test-slow", "bench", "forms", "lint", "types", "issue", "grade")
"""What people were promised; other targets may be there too."""


def targets(makefile: Path) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", makefile.read_text(encoding="utf-8"), re.MULTILINE))


def typed(page: Path) -> str:
    """The parts of a page that people copy: fenced blocks and code in lines."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def test_make_alone_lists_the_targets() -> None:
    """Every promised target with a line of what it does, without making an environment first."""
    said = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.*)$", said, re.MULTILINE))
    assert set(TARGETS) <= set(listed)
    assert set(listed) <= targets(ROOT / "Makefile")


def test_targets_that_need_a_name_ask_for_it() -> None:
    """`make issue` and `make grade` alone say what was expected; shown by the recipe, which is not run here."""
    for target, variable in (("issue", "CANDIDATE"), ("grade", "SUBMISSION")):
        recipe = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
        assert f"make {target} {variable}=" in recipe
        assert "exit 2" in recipe


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_make_command_on_a_page_exists(page: Path) -> None:
    """In the kit's Makefile, or in the one that candidates get."""
    known = targets(ROOT / "Makefile") | targets(ROOT / "candidate_template" / "Makefile")
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", typed(page)))
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_takehome_command_on_a_page_exists(page: Path) -> None:
    """Commands of the console script, options apart."""
    named = set(re.findall(r"(?:^|`|\$ |\n)takehome ([a-z]+)", typed(page)))
    assert named - set(cli.commands) == set()


def test_demo_and_test_come_first_in_the_readme() -> None:
    """The first two commands that a reader meets."""
    first = re.findall(r"^\s*\$?\s*make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first[:2] == ["demo", "test"]


def test_links_on_pages_lead_somewhere() -> None:
    """Files of this repository only; addresses elsewhere are not looked at."""
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_ci_runs_targets_that_a_person_can_run() -> None:
    """Nothing is checked there that cannot be checked here."""
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    run = set(re.findall(r"make --no-print-directory ([a-z-]+)", text))
    assert {"lint", "types", "test", "demo"} <= run <= targets(ROOT / "Makefile")
    assert "TAKEHOME_REQUIRE_SANDBOX=1" in text
    assert "TAKEHOME_REQUIRE_BROWSER=1" in text


def test_console_script_is_declared() -> None:
    """`takehome` is installed by the set-up."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"takehome": "kit.cli:main"}
