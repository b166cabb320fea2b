"""What no committed file holds: paths of a machine, addresses of a package index, and more than 400 lines of code."""

from __future__ import annotations

import re
import subprocess

from tree import ROOT, texts, tracked

# Put together from parts, so that this file does not hold what it looks for.
MACHINE = re.compile(r"(?<![\w.])/(home|root|work|farm|Users|tmp/bash" + r"_jobs)/")
INDEX = re.compile(
    r"(py" + r"pi|python" + r"hosted|npm" + r"js)\.(org|com)"
    r"|(ghcr|docker|crates)" + r"\.io"
    r"|--(extra-)?index-" + "url|--find-" + "links|--trusted-" + "host"
)  # fmt: skip
LONGEST = 400
ONE_FILE = {"graders/statistics.py": "copied whole into every take-home as evidence.py, so it cannot be split by noun"}
"""Files that may be longer, with the reason."""


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number} {hit.group(0)}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        for hit in [pattern.search(line)]
        if hit
    ]


def test_no_path_of_a_machine() -> None:
    """Nothing works only where it was written."""
    assert found(MACHINE) == []


def test_no_address_of_a_package_index() -> None:
    """Which index is used is a setting of the machine, not of the repository."""
    assert found(INDEX) == []


def test_the_patterns_find_what_they_are_for() -> None:
    """The two tests above can fail."""
    assert MACHINE.search("open('/" + "home/ada/kit/x.py')")
    assert INDEX.search("pip install --index-" + "url x")
    assert not MACHINE.search("docs/home/page and network/worker")


def test_no_file_is_longer_than_400_lines() -> None:
    """Past that, ask which second noun has moved in."""
    long = [
        f"{file.relative_to(ROOT)}: {lines} lines"
        for file in tracked()
        if file.suffix == ".py" and str(file.relative_to(ROOT)) not in ONE_FILE
        for lines in [len(file.read_text(encoding="utf-8").splitlines())]
        if lines > LONGEST
    ]
    assert long == []


def test_exceptions_are_still_needed() -> None:
    """An exception for a file that has become short is taken out."""
    assert [name for name in ONE_FILE if len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LONGEST] == []


def test_scripts_can_be_run() -> None:
    """Everything that starts with `#!` and is not a module is executable, and bash finds no mistake in it."""
    scripts = [f for f in tracked() if f.suffix == "" and f.read_bytes().startswith(b"#!")]
    assert {str(f.relative_to(ROOT)) for f in scripts} >= {".ci/run", "scripts/setup", "scripts/python"}
    assert [str(f) for f in scripts if not f.stat().st_mode & 0o111] == []
    for script in scripts:
        done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
