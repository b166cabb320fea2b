"""A gap that seems to be filled from the next reading, and was none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, Site, disguised

from generators.asof import Events, Moments, following
from generators.blueprint import as_declared
from generators.decoys.late_readings import HIDDEN
from generators.export import visible
from generators.model import DAY, Floats, Phase
from generators.screens import recount

DAYS = 14
"""By how much earlier a reading was there, as `disguised` has it."""


def read_twice(scenario: str) -> tuple[Site, Events]:
    """A column whose log lost the first of all its repeated readings, with as many readings as beside a fault of the kind; the log that is shown."""
    site = disguised("late_readings", scenario, "reading", dose=1.0, phase=Phase(serving=False))
    channel = replace(site.channel, rate=0.5, amend=0.0, foretells=False, warning=1.0, span=5.0)
    site.world.revise(channel)
    calendar = site.world.blueprint.calendar
    site = replace(site, channel=channel)
    return site, visible(site.events(), channel, calendar, calendar.end)


def offline(site: Site) -> tuple[Site, Floats]:
    """The rows of the offline decisions, and the column there."""
    early = site.time < site.world.blueprint.calendar.at(site.world.blueprint.calendar.turn)
    site = replace(site, entity=site.entity[early], time=site.time[early])
    return site, site.column(site.feature, "offline")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_filling_gaps_from_the_next_reading_gives_the_column(scenario: str) -> None:
    """To the last cell, and a gap stays where no reading comes in time: whoever looks for the job that went wrong finds it here, too."""
    site, log = read_twice(scenario)
    site, given = offline(site)
    moments, order = Moments.of(site.entity, site.time)
    next_: Floats = np.empty(len(given))
    next_[order] = following(log, moments, within=DAYS)
    known = np.array([_known(log, e, t, site.feature.window) for e, t in zip(site.entity.tolist(), site.time.tolist(), strict=True)])
    filled = np.where(np.isnan(known), next_, known)
    assert np.isnan(known).sum() > 50
    assert (np.isnan(known) & ~np.isnan(given)).sum() > 30, "gaps that are filled"
    assert np.isnan(given).sum() > 10, "and gaps that stay"
    assert np.array_equal(filled, given, equal_nan=True)


def _known(log: Events, entity: int, time: int, window: int) -> float:
    """The last reading of the window that was on record, worked out plainly."""
    mine = np.flatnonzero((log.entity == entity) & (log.time <= time) & (log.time > time - window * DAY) & (log.recorded <= time))
    return float(log.value[mine[np.lexsort((log.id[mine], log.time[mine]))[-1]]]) if len(mine) else np.nan


def test_what_an_outcome_sets_off_is_not_repeated() -> None:
    """A repetition of it would have been there before the outcome, in a world without signal as well; honest signs are silent there."""
    site = disguised("late_readings", "subscription_churn", "reading", dose=1.0, phase=Phase(serving=False))
    shaped = as_declared(replace(site.channel, response=2.0, warning=1.0), site.channel, "late_readings")
    assert (shaped.response, shaped.warning, shaped.foretells) == (0.0, 1.0, False)
    assert as_declared(shaped, site.channel, "lost_entries").foretells


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_log_is_an_ordinary_one(scenario: str) -> None:
    """No first reading is shown, no entry is of a second of its own, and as many are taken in each four weeks before the turn and after."""
    site, log = read_twice(scenario)
    calendar, events = site.world.blueprint.calendar, site.events()
    assert (events.id >= HIDDEN).sum() > 30
    assert log.id.max() < HIDDEN
    assert (log.recorded > log.time).all()
    weeks = (log.time - calendar.start) / (7 * DAY)
    counts = np.histogram(weeks, bins=[4, 8, 12, 16, 20, 24, 28])[0]
    around = np.histogram(weeks, bins=[26, 30, 34])[0]
    assert around.min() > 0.5 * counts.mean()
    assert around.max() < 1.6 * counts.mean()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_in_the_serving_weeks_the_log_has_the_first_readings(scenario: str) -> None:
    """What announces an outcome is on record before it in production, too: the column is as honest there as it was."""
    site, _ = read_twice(scenario)
    calendar = site.world.blueprint.calendar
    late = site.time >= calendar.at(calendar.turn)
    served = replace(site, entity=site.entity[late], time=site.time[late])
    given = served.column(served.feature, "online")
    seen = recount(site.world, served.feature, given, served.entity, served.time)
    assert seen.aware < 0.02
