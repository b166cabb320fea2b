"""What holds for every test."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: workers take whole files, and one that began last would be waited for alone."""
    items.sort(key=lambda item: not {"quality", "hostile"} & set(item.path.parts))
