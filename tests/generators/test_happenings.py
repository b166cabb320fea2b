"""What a channel's log says: in order, on the books, and with what an outcome sets off before and after it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from small_world import LEAK, SCENARIOS, fresh_world, moments, replace_world, shared_world

from generators.asof import Events
from generators.happenings import impulses
from generators.model import DAY, Quirk


def equal_events(a: Events, b: Events) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Events))


def test_channels_do_not_depend_on_who_asks_first() -> None:
    """Events of a channel are the same whether others were made before, after or not at all."""
    one, other = fresh_world("subscription_churn"), fresh_world("subscription_churn")
    a, b, c = one.blueprint.channels[:3]
    forward = [one.events(x, 0) for x in (a, b, c)]
    backward = [other.events(x, 0) for x in (c, b, a)][::-1]
    assert all(equal_events(x, y) for x, y in zip(forward, backward, strict=True))
    one.forget(b.id)
    assert equal_events(one.events(b, 0), forward[1])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_events_are_in_their_canonical_order_and_on_the_books(scenario: str) -> None:
    """Sorted by entity, time, record time and id; whole seconds; recorded after they happened unless a decoy books ahead."""
    world = shared_world(scenario)
    population = world.populations[0]
    for channel in world.blueprint.channels:
        events = world.events(channel, 0)
        order = np.lexsort((events.id, events.recorded, events.time, events.entity))
        np.testing.assert_array_equal(order, np.arange(len(events)))
        assert len(np.unique(events.id)) == len(events)
        assert (events.time % 1_000_000 == 0).all()
        assert (events.recorded > events.time).all()
        assert (events.time - 1_000_000 <= population.end[events.entity]).all()
        assert events.value.min() >= (0 if channel.value == "reading" else 1)


def test_a_null_world_keeps_its_outcomes_from_every_honest_column() -> None:
    """Without signal the score is the same for everybody, while outcomes still happen and still set things off."""
    world = fresh_world("subscription_churn", signal=0.0)
    population = world.populations[0]
    for part in (population.score, population.turned, population.fixed):
        np.testing.assert_array_equal(part, np.zeros(len(population)))
    entity, _, strength = impulses(world.blueprint, population, before=False)
    assert len(entity) > 50
    assert (strength > 0).all()


@pytest.mark.parametrize(("before", "kind"), [(False, 0), (True, 0), (True, 1)])
def test_impulses_of_a_number_follow_its_news(before: bool, kind: int) -> None:
    """After a good week, or before good weeks to come, in proportion; nothing is set off outside an entity's time on the books."""
    world = shared_world("home_pricing")
    population, calendar = world.populations[0], world.blueprint.calendar
    entity, time, strength = impulses(world.blueprint, population, before=before, kind=kind)
    news = population.news[kind]
    week = (time - calendar.start) // (7 * DAY)
    ahead = [news[e, w : w + calendar.horizon].sum() / calendar.horizon**0.5 for e, w in zip(entity, week, strict=True)]
    np.testing.assert_allclose(strength, ahead if before else news[entity, week])
    assert (strength > 0).all()
    assert ((time >= population.start[entity]) & (time < population.end[entity])).all()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_comes_before_an_outcome_is_recorded_after_it(scenario: str) -> None:
    """A precursor that were on record at a decision would be honest signal, and the late record no fault. The serving weeks have none."""
    world = replace_world(shared_world(scenario))
    channel = next(c for c in world.blueprint.channels if c.value == "none")
    plain = len(world.events(channel, 0))
    world.revise(replace(channel, precursor=2.0))
    entity, time = moments(world, (8, 14, 20))
    feature = next(f for f in world.blueprint.spec.features if (f.stream, f.type) == (channel.stream, channel.type))
    label = world.labels(entity, time)
    late, known = (world.column(replace(feature, grace=days), entity, time, path="offline") for days in (1000, 0))
    assert len(world.events(world.blueprint.channel(channel.id), 0)) > plain
    assert abs(float(np.corrcoef(known, label)[0, 1])) < 0.12
    assert float(np.corrcoef(late - known, label)[0, 1]) > 0.2


@pytest.mark.parametrize(("sign", "direction"), [("response", 1), ("precursor", 1), ("reversal", -1)])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_honest_signs_are_on_record_before_the_outcome(scenario: str, sign: str, direction: int) -> None:
    """What is known at the decision tells of the label, in a world with signal alone: without it the log is the same as without the sign."""

    def told(signal: float) -> tuple[float, bool]:
        world = replace_world(shared_world(scenario)) if signal else fresh_world(scenario, signal=0.0)
        channel = next(c for c in world.blueprint.channels if c.value == "amount")
        feature = next(f for f in world.blueprint.spec.features if (f.stream, f.type) == (channel.stream, channel.type))
        entity, time = moments(world, (8, 14, 20))
        logs, known = [], []
        for shape in ({}, {sign: LEAK[sign]}):
            world.revise(replace(channel, rate=2.0, honest=True, **shape))
            logs.append(world.events(world.blueprint.channel(channel.id), 0))
            known.append(world.column(feature, entity, time, path="offline"))
        more = known[1] - known[0]
        return float(np.corrcoef(more, world.labels(entity, time))[0, 1]) if more.any() else 0.0, equal_events(*logs)

    assert direction * told(1.0)[0] > 0.1
    assert told(0.0) == (0.0, True)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_on_record_of_somebody_who_is_not_yet_on_the_books(scenario: str) -> None:
    """Bookings included: the log of an export names only entities that the export holds."""
    world = replace_world(shared_world(scenario))
    channel = next(c for c in world.blueprint.channels if c.value == "none")
    world.revise(replace(channel, quirks=(Quirk(kind="booked_ahead", dose=1.0),)))
    events = world.events(world.blueprint.channel(channel.id), 0)
    assert (events.recorded < events.time).any()
    assert (events.recorded > world.populations[0].start[events.entity]).all()
