"""A gap that seems to be filled from the next reading, and was none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, Site, disguised, first_of, fresh_world, moments

from generators.asof import Events, Moments, following
from generators.decoys.late_readings import HIDDEN
from generators.export import visible
from generators.measures import strength
from generators.model import DAY, Floats, Phase, Quirk
from generators.screens import recount

DAYS = 14
"""By how much earlier a reading was there, as `disguised` has it."""


def read_twice(scenario: str) -> tuple[Site, Events]:
    """A column whose log lost the first of all its repeated readings, with as many readings as beside a fault of the kind; the log that is shown."""
    site = disguised("late_readings", scenario, "reading", dose=1.0, phase=Phase(serving=False))
    channel = replace(site.channel, rate=0.5, amend=0.0, honest=True, foretells=False, response=1.0, span=5.0)
    site.world.revise(channel)
    calendar = site.world.blueprint.calendar
    site = replace(site, channel=channel)
    return site, visible(site.events(), channel, calendar, calendar.cut)


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


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_repeated_tells_nothing_without_signal(scenario: str) -> None:
    """A first reading of what an outcome sets off lies before it: in a world without signal there is none."""
    site, _ = read_twice(scenario)
    silent = fresh_world(scenario, signal=0.0)
    silent.revise(site.channel)
    feature = first_of(scenario, "reading")
    entity, time = moments(silent, (8, 14, 20, 50))
    plain = fresh_world(scenario, signal=0.0)
    plain.revise(replace(site.channel, response=0.0))
    known, without = (w.column(feature, entity, time, path="offline") for w in (silent, plain))
    np.testing.assert_array_equal(known, without)


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
def test_served_values_are_those_of_the_log(scenario: str) -> None:
    """From the turn on nothing is missing from it."""
    site, _ = read_twice(scenario)
    calendar = site.world.blueprint.calendar
    late = site.time >= calendar.at(calendar.turn)
    served = replace(site, entity=site.entity[late], time=site.time[late])
    given = served.column(served.feature, "online")
    seen = recount(site.world, served.feature, given, served.entity, served.time)
    assert seen.aware < 0.02


@pytest.mark.parametrize(("scenario", "response"), [("home_pricing", 0.4), ("subscription_churn", 1.2)])
def test_the_column_tells_in_production_what_it_told_in_training(scenario: str, response: float) -> None:
    """As much, with as many gaps: else an honest validation would promise what production does not keep. In the serving weeks nothing is filled."""
    world = fresh_world(scenario, slots=8192)
    feature = first_of(scenario, "reading")
    declared = world.blueprint.channel(f"{feature.stream}.{feature.type}")
    quirk = Quirk(kind="late_readings", dose=1.0, phase=Phase(serving=False), days=21)
    calm = replace(declared, rate=0.55, amend=0.0, late=0.0, loading=0.08)
    world.revise(replace(calm, honest=True, foretells=False, response=response, span=5.0, quirks=(quirk,)))
    task, chance = world.scenario.task, 0.5 if world.scenario.task == "binary" else 0.0

    def told(weeks: tuple[int, ...]) -> tuple[float, float]:
        entity, time = moments(world, weeks)
        column = world.column(feature, entity, time, path="online")
        return strength(column, world.labels(entity, time), task) - chance, float(np.isnan(column).mean())

    training, serving, production = told((10, 14, 18, 22)), told((33, 36)), told((44, 48, 52))
    assert training[0] > 0.03
    assert production[0] == pytest.approx(training[0], abs=0.03)
    assert production[1] == pytest.approx(training[1], abs=0.02)
    assert serving[1] > training[1] + 0.15
