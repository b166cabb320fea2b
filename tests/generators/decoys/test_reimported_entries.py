"""A second import changes `recorded_at` in the export; what was known at a decision stays what it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, same

from generators.catalog import decoys
from generators.decoys._traces import mark
from generators.decoys.reimported_entries import EVERY
from generators.screens import recount

DECOY = decoys()["reimported_entries"]


@pytest.mark.parametrize("role", ["count", "amount", "status", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_marked_entries_were_known_when_they_happened(scenario: str, role: str) -> None:
    """In the business at once; in the export with the next import, at most nine weeks later, all of one import alike."""
    site = disguised(DECOY.id, scenario, role)
    calendar = site.world.blueprint.calendar
    events = site.events()
    shown = DECOY.shown(events, quirk=site.channel.quirks[0], calendar=calendar)
    marked = shown.source == mark(DECOY.id)
    early = shown.time < calendar.at(calendar.turn)
    assert 0.3 < float(marked[early].mean()) < 0.7
    assert not marked[~early].any()
    assert (events.recorded == events.time)[events.source == mark(DECOY.id)].all()
    wait = shown.recorded[marked] - shown.time[marked]
    assert (wait > 0).all()
    assert (wait <= EVERY).all()
    assert len(np.unique(shown.recorded[marked])) <= calendar.weeks // 9 + 1
    assert np.array_equal(np.sort(shown.recorded[~marked]), np.sort(events.recorded[events.source != mark(DECOY.id)]))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_event_clock_clears_it_and_the_record_clock_accuses(scenario: str) -> None:
    """A naive recount finds nothing, one that honours `recorded_at` finds entries that seem to have come later."""
    site = disguised(DECOY.id, scenario, "count", dose=0.8)
    site.world.revise(replace(site.channel, late=0.0))
    given = site.column(site.feature, "offline")
    seen = recount(site.world, site.feature, given, site.entity, site.time)
    assert seen.naive < 0.03 < 0.1 < seen.aware


def test_what_an_outcome_sets_off_is_never_marked() -> None:
    """An entry that is on record at once could carry the outcome otherwise."""
    site = disguised(DECOY.id, "subscription_churn", "count", dose=1.0)
    turn = site.world.blueprint.calendar.at(site.world.blueprint.calendar.turn)
    plain = site.events()
    assert ((plain.source == mark(DECOY.id)) == (plain.time < turn)).all()
    site.world.revise(replace(site.channel, precursor=3.0))
    events = site.world.events(site.world.blueprint.channel(site.channel.id), 0)
    early = events.time < turn
    assert int((events.source[early] != mark(DECOY.id)).sum()) == int(early.sum()) - int((plain.time < turn).sum()) > 0


def test_the_column_does_not_change() -> None:
    """What the export shows is no part of an honest value."""
    site = disguised(DECOY.id, "home_pricing", "amount")
    given = site.column(site.feature, "offline")
    assert same(given, site.column(replace(site.feature, rules=()), "offline"))
