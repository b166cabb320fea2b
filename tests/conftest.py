"""What holds for every test."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

LONGEST = (
    "quality",
    "hostile",
    "test_stages.py",
    "test_log.py",
    "test_key.py",
    "test_build.py",
    "test_starter_commands.py",
    "personas",
    "test_reference.py",
)
"""Folders and files that take a minute or more, longest first."""
TOGETHER = {name: "the small form" for name in ("test_stages.py", "test_log.py", "test_key.py", "test_build.py")} | {
    "personas": "the personas' forms"
}
"""Files and folders whose tests share what takes long to make: one worker takes all of them, or each would make it anew."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: workers take whole files, and one that began last would be waited for alone. (Left to itself, xdist begins with the files
    that hold the most tests: `--no-loadscope-reorder` in the Makefile.)"""
    items.sort(key=lambda item: min((LONGEST.index(part) for part in item.path.parts if part in LONGEST), default=len(LONGEST)))


class ByFile(LoadFileScheduling):
    """Whole files to a worker, and files that belong together to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((TOGETHER[part] for part in PurePosixPath(file).parts if part in TOGETHER), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """For `--dist loadfile` alone."""
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None
