"""What holds for every test."""

from __future__ import annotations

import pytest

LONGEST = ("quality", "hostile", "test_starter_commands.py", "test_reference.py", "test_stages.py", "test_log.py", "test_build.py", "test_careful.py")
"""Folders and files that take a minute or more, longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: workers take whole files, and one that began last would be waited for alone. (Left to itself, xdist begins with
    those that hold the most tests: `--no-loadscope-reorder` in the Makefile.)"""
    items.sort(key=lambda item: min((LONGEST.index(part) for part in item.path.parts if part in LONGEST), default=len(LONGEST)))
