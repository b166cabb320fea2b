"""What several decoys share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from small_world import plain_plan, shared_world, stream

from generators.decoys._traces import extra, first, in_phase, minimum
from generators.model import Channel, Phase


def test_phases_part_the_calendar_in_two() -> None:
    """Every moment is in one of the two phases; the border lies between the last offline decision and the serving log."""
    calendar = plain_plan("home_pricing").calendar
    times = np.array([calendar.at(w) for w in range(calendar.weeks)])
    early, late = (in_phase(times, Phase(offline=a, serving=not a), calendar) for a in (True, False))
    np.testing.assert_array_equal(early, ~late)
    assert in_phase(times, Phase(), calendar).all()
    assert early[list(calendar.offline)].all()
    assert late[list(calendar.serving)].all()


def test_extra_events_come_in_the_ratio_asked_for() -> None:
    """Copies under fresh numbers, without amendments; a ratio above one adds several each. False alarm: 5 sigma."""
    world = shared_world("subscription_churn")
    events = world.events(next(c for c in world.blueprint.channels if c.value == "amount"), 0)
    like = events.entity % 2 == 0
    for ratio in (0.3, 1.6):
        added = extra(events, like, ratio, stream("extra", str(ratio)).rng())
        share = len(added) / int(like.sum())
        assert abs(share - ratio) < 5 * (0.25 / int(like.sum())) ** 0.5
        assert (added.entity % 2 == 0).all()
        assert not set(added.id.tolist()) & set(events.id.tolist())
        assert len(np.unique(added.id)) == len(added)
        assert len(added.amended) == 0


def test_minimum_fits_the_value() -> None:
    """Two major units for an amount, five minutes for a duration."""
    assert minimum(Channel(stream="s", type="t", rate=1.0, value="amount")) == 200
    assert minimum(Channel(stream="s", type="t", rate=1.0)) == 5


def test_the_first_event_of_each_entity() -> None:
    """By time, ties by number, whatever the order they stand in; one for each entity."""
    events = shared_world("home_pricing").events(next(c for c in shared_world("home_pricing").blueprint.channels if c.value == "level"), 0)
    mixed = np.random.default_rng(5).permutation(len(events))
    shuffled = replace(events, **{name: getattr(events, name)[mixed] for name in ("entity", "time", "recorded", "value", "source", "id")})
    found = first(shuffled)
    assert sorted(shuffled.entity[found]) == sorted(set(events.entity.tolist()))
    earliest = {e: events.time[events.entity == e].min() for e in np.unique(events.entity)[:50]}
    assert all(earliest.get(e, t) == t for e, t in zip(shuffled.entity[found], shuffled.time[found], strict=True))
