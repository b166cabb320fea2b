"""Values are corrected later; the column shows what stood there at the decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, changed, disguised

from generators.model import DAY


@pytest.mark.parametrize("role", ["amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_latest_values_differ_and_amendments_undo_them(scenario: str, role: str) -> None:
    """A recount with the values of the export is wrong in many cells; the definition is the plain one."""
    site = disguised("corrected_values", scenario, role)
    honest, latest = site.column(site.feature, "offline"), site.column(replace(site.feature, final=True), "offline")
    assert float(changed(honest, latest).mean()) > 0.05
    assert replace(site.feature, rules=()) == replace(site.feature, rules=(), end=0, ahead=0, grace=0, final=False, online=())


@pytest.mark.parametrize("role", ["amount", "status", "reading"])
def test_corrections_come_one_to_six_weeks_later_and_change_the_value(role: str) -> None:
    """A correction is never the same value, never before a week has passed, and stays within the range of the value."""
    site = disguised("corrected_values", "subscription_churn", role)
    site.world.revise(replace(site.channel, amend=0.0))
    events = site.world.events(site.world.blueprint.channel(site.channel.id), 0)
    wait = events.amended_at - events.recorded[events.amended]
    assert len(wait) > 100
    assert wait.min() >= 7 * DAY
    assert wait.max() <= 42 * DAY
    moved = events.amended_to != events.value[events.amended]
    assert float(moved.mean()) > 0.99
    top = {"amount": np.inf, "status": 5, "reading": 100}[role]
    assert events.amended_to.min() >= (0 if role == "reading" else 1)
    assert events.amended_to.max() <= top
