"""The latest values explain it, as they explain what is net of later reversals."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, disguised

from generators.export import visible
from generators.model import DAY, Phase
from generators.screens import recount


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_latest_values_fit(scenario: str) -> None:
    """On the record clock, with amendments undone, what was cancelled at once seems to have been counted."""
    site = disguised("late_cancellations", scenario, "amount", dose=0.3, phase=Phase(serving=False))
    calendar = site.world.blueprint.calendar
    early = site.time < calendar.at(calendar.turn)
    given = site.column(site.feature, "offline")[early]
    seen = recount(site.world, site.feature, given, site.entity[early], site.time[early])
    assert seen.naive < 0.4 * seen.aware
    assert seen.aware > 0.05


def test_cancelled_everywhere_dated_late_in_the_phase_alone() -> None:
    """What is honest does not change with the calendar; outside of the phase the amendments log dates cancellations by their own moment."""
    site = disguised("late_cancellations", "home_pricing", "amount", dose=0.3, phase=Phase(serving=False))
    calendar, events = site.world.blueprint.calendar, site.events()
    cancelled = events.amended[(events.amended_to == 0) & (events.amended_at == events.recorded[events.amended])]
    early = events.time[cancelled] < calendar.at(calendar.turn)
    rates = [
        np.isin(np.flatnonzero(part), cancelled).mean()
        for part in (events.time < calendar.at(calendar.turn), events.time >= calendar.at(calendar.turn))
    ]
    assert early.any()
    assert abs(rates[0] - rates[1]) < 0.03
    seen = visible(events, site.channel, calendar, calendar.end)
    wait = (seen.amended_at - seen.recorded[seen.amended])[seen.amended_to == 0]
    before = (seen.time[seen.amended] < calendar.at(calendar.turn))[seen.amended_to == 0]
    assert (wait[before] >= 4 * DAY).mean() > 0.95
    assert (wait[~before] == 0).all()
