"""Exact versions everywhere, and the same ones where the same numbers are promised."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from tree import ROOT


def pins(file: Path) -> dict[str, str]:
    """Pinned packages of a requirements file; anything but `name==version` is a mistake."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip()
        if text:
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9][0-9A-Za-z.]*)", text)
            assert match, f"{file.name}: {text!r} is not a pin; write name==version"
            found[normal(match.group(1))] = match.group(2)
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


KIT, DEV, STARTER = (pins(ROOT / name) for name in ("requirements/kit.txt", "requirements/dev.txt", "candidate_template/requirements.txt"))


def test_every_declared_dependency_is_pinned() -> None:
    """What pyproject.toml asks for stands in the requirements with a version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted, have in ((project["dependencies"], KIT), (project["optional-dependencies"]["dev"], DEV)):
        names = {normal(re.split(r"[<>=!~\[ ]", text)[0]) for text in wanted}
        assert names - set(have) == set()


def test_no_package_is_pinned_twice() -> None:
    """One place for each version."""
    assert set(KIT) & set(DEV) == set()


def test_candidates_run_on_the_versions_of_the_grader() -> None:
    """The starter's environment is the runtime of every submission; what it shares with the kit has one version."""
    both = {**KIT, **DEV}
    assert {"numpy", "pandas", "scikit-learn", "pyarrow"} <= set(STARTER)
    differing = {name: (version, both[name]) for name, version in STARTER.items() if name in both and both[name] != version}
    assert differing == {}
    assert {"takehome-kit", "duckdb", "pyseccomp"} & set(STARTER) == set()
