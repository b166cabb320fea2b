"""Fixtures of the generators' tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
import written_form
from small_world import SCENARIOS


@pytest.fixture(scope="session", params=SCENARIOS)
def form(request: pytest.FixtureRequest) -> Iterator[written_form.Written]:
    """A small form as files."""
    found = written_form.written(request.param)
    yield found
    shutil.rmtree(found.folder, ignore_errors=True)
    written_form.written.cache_clear()
