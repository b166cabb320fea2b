"""A window that ends later explains it, as it explains one that looks past the decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.decoys.shifted_dates import RAMP
from generators.model import DAY, Phase
from generators.screens import recount, visible


@pytest.mark.parametrize("role", ["count", "amount"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_later_end_fits(scenario: str, role: str) -> None:
    """By the whole shift, on the clock that sees all; an end at the decision contradicts a good part."""
    site = disguised("shifted_dates", scenario, role, dose=1.0, phase=Phase(serving=False))
    calendar = site.world.blueprint.calendar
    early = site.time < calendar.at(calendar.turn) - 14 * DAY
    given = site.column(site.feature, "offline")[early]
    seen = recount(site.world, site.feature, given, site.entity[early], site.time[early])
    assert seen.later < 0.3 * seen.naive
    assert seen.naive > 0.05


def test_both_clocks_are_moved_by_the_days_of_the_quirk() -> None:
    """All that happened in the phase and nothing else; what is aggregated stays what it was."""
    site = disguised("shifted_dates", "home_pricing", "status", dose=1.0, phase=Phase(serving=False))
    calendar, events = site.world.blueprint.calendar, site.events()
    quirks = tuple(replace(q, days=28) for q in site.channel.quirks)
    seen = visible(events, replace(site.channel, quirks=quirks), calendar, calendar.end)
    where = {id: (t, r) for id, t, r in zip(seen.id.tolist(), seen.time.tolist(), seen.recorded.tolist(), strict=True)}
    moved = np.array([where[i][0] - t for i, t in zip(events.id.tolist(), events.time.tolist(), strict=True) if i in where])
    known = np.array([t for i, t in zip(events.id.tolist(), events.time.tolist(), strict=True) if i in where])
    early, first = known < calendar.at(calendar.turn), known < calendar.start + RAMP
    assert (moved[early & ~first] == 28 * DAY).all()
    assert (np.diff(moved[np.argsort(known)][: int(first.sum())]) >= 0).all(), "the shift grows: no hole where the log begins"
    assert (moved[~early] == 0).all()
    assert all(r - t >= 0 for t, r in where.values())
