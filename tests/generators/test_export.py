"""What an export of the log shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_world import at_site, first_of

from generators.export import kept_days, visible
from generators.model import Quirk


def test_visible_log_ends_with_its_cut_and_begins_with_retention() -> None:
    """Later records, later amendments and deleted events are not there."""
    site = at_site("home_pricing", first_of("home_pricing", "amount"), quirks=(Quirk(kind="retention_purge", dose=1.0),), late=0.3)
    calendar = site.world.blueprint.calendar
    cut = calendar.at(20)
    seen = visible(site.events(), site.channel, calendar, cut)
    assert (seen.recorded <= cut).all()
    assert (seen.amended_at <= cut).all()
    days = kept_days(site.channel, calendar)
    assert days is not None
    assert seen.time.min() > cut - days * 86_400_000_000
    assert kept_days(replace(site.channel, quirks=()), calendar) is None
    assert (
        kept_days(replace(site.channel, quirks=(Quirk(kind="retention_purge", dose=0.0),)), calendar)
        == (calendar.cut - calendar.start) // 86_400_000_000
    )


def test_what_is_kept_of_an_export_follows_its_channel() -> None:
    """A channel that is revised, and one that stands beside another, have the export that a new world of theirs has."""
    site = at_site("subscription_churn", first_of("subscription_churn", "count"))
    world = site.world
    other = next(c for c in world.blueprint.channels if c.id != site.channel.id)
    for channel in (site.channel, other, replace(site.channel, rate=2 * site.channel.rate), replace(site.channel, response=1.5), site.channel):
        world.revise(channel)
        kept = world.exported(channel, 0)
        fresh = world.fresh(world.blueprint).exported(channel, 0)
        assert len(kept) > 100
        for name in ("entity", "time", "recorded", "value", "amended_to"):
            np.testing.assert_array_equal(getattr(kept, name), getattr(fresh, name))
