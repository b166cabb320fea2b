"""Fixtures of the generators' tests."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS
from written_form import Written, written


@pytest.fixture(params=SCENARIOS)
def form(request: pytest.FixtureRequest) -> Written:
    """A small form as files; tests read it and leave it as it is."""
    return written(request.param)
