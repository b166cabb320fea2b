"""Definitions become columns: the two paths agree exactly, and the online path never sees what is not yet recorded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, fresh_world, known_at, moments, plain_plan, replace_world, same, shared_world, stream

from generators.blueprint import channel_of, draw
from generators.catalog import mechanisms, scenarios
from generators.features import World, render
from generators.model import DAY, Feature, Spec
from generators.world import Setting

WEEKS = (8, 14, 28)


@pytest.fixture(scope="module", params=SCENARIOS)
def world(request: pytest.FixtureRequest) -> World:
    """A drawn plan with its faults' channels and every rule that it drew, in a small world."""
    drawn = replace(draw(stream("features"), request.param, form="standard", level="mid"), slots=300)
    return World(drawn, scenarios()[request.param], Setting(stream=stream("features", "world")))


def faulty(world: World) -> Spec:
    """The drawn plan's definitions with every planted fault."""
    spec = world.blueprint.spec
    for fault in world.blueprint.faults:
        edit = mechanisms()[fault.mechanism].edit
        if edit is not None:
            spec = spec.with_feature(edit(spec[fault.site], fault.level))
    return spec


def test_clean_definitions_give_the_same_columns_on_both_paths(world: World) -> None:
    """Every column of a clean specification, cell by cell."""
    entity, time = moments(world, WEEKS)
    offline, online = (render(world, world.blueprint.spec, entity, time, path=path) for path in ("offline", "online"))
    assert list(offline) == [f.name for f in world.blueprint.spec.features]
    assert [name for name in offline if not same(offline[name], online[name])] == []


@pytest.mark.parametrize("spec", ["clean", "faulty"])
def test_online_never_sees_later_records(world: World, spec: str) -> None:
    """With every record made after the decision taken out of the log, the online columns stay as they are: faulty definitions included."""
    definitions = world.blueprint.spec if spec == "clean" else faulty(world)
    for week in WEEKS:
        entity, time = moments(world, (week,))
        whole = render(world, definitions, entity, time, path="online")
        then = replace_world(world)
        for channel in world.blueprint.channels:
            then._events[(channel.id, 0)] = known_at(world.events(channel, 0), int(time[0]))
        before = render(then, definitions, entity, time, path="online")
        differing = [name for name in whole if not same(whole[name], before[name])]
        assert differing == [], f"week {week}"


def test_a_faulty_job_does_see_later_records(world: World) -> None:
    """The same removal changes offline columns of faults that leak: the test above can fail."""
    entity, time = moments(world, (14,))
    world = replace_world(world)
    for fault in world.blueprint.faults:
        if mechanisms()[fault.mechanism].leaks_by == "reversal":  # where none is reversed there is nothing to see
            world.revise(replace(channel_of(world.blueprint, fault.site), reversal=0.5))
    then = replace_world(world)
    for channel in world.blueprint.channels:
        then._events[(channel.id, 0)] = known_at(world.events(channel, 0), int(time[0]))
    sites = [f.site for f in world.blueprint.faults if mechanisms()[f.mechanism].leak]
    assert sites
    for site in sites:
        feature = faulty(world)[site]
        # Nothing was tuned here, so the leak is as weak as the scenario declares it; late records and future days alone must show.
        assert not same(world.column(feature, entity, time, path="offline"), then.column(feature, entity, time, path="offline")), site


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_group_column_counts_over_all_members(scenario: str) -> None:
    """Against a loop over the members of each group."""
    world = shared_world(scenario)
    feature = next(f for f in scenarios()[scenario].features if f.by == "group" and f.aggregate == "count")
    entity, time = moments(world, (14,))
    events = world.events(world.blueprint.channel(f"{feature.stream}.{feature.type}"), 0)
    group = world.populations[0].group
    values = world.column(feature, entity, time, path="offline")
    assert values.max() > 1
    for position in range(0, len(entity), 7):
        t = time[position]
        within = (events.recorded <= t) & (events.time <= t) & (events.time > t - feature.window * DAY)
        mine = within & (group[events.entity] == group[entity[position]])
        assert values[position] == mine.sum()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_attribute_and_tenure_columns(scenario: str) -> None:
    """Attributes as they are; tenure in full days since the day on which the entity started."""
    world = shared_world(scenario)
    entity, time = moments(world, (8, 20))
    for feature in scenarios()[scenario].features:
        if feature.aggregate == "attribute":
            np.testing.assert_array_equal(world.column(feature, entity, time, path="online"), world.populations[0].attributes[feature.type][entity])
        elif feature.aggregate == "tenure":
            days = [(int(t) - int(world.populations[0].start[e]) // DAY * DAY) // DAY for e, t in zip(entity, time, strict=True)]
            assert world.column(feature, entity, time, path="offline").tolist() == days


def test_sums_are_shown_in_major_units() -> None:
    """Minor units divided by 100 without a rounding error."""
    world = shared_world("subscription_churn")
    feature = next(f for f in world.blueprint.spec.features if f.aggregate == "sum")
    entity, time = moments(world, (14,))
    major, minor = (world.column(f, entity, time, path="offline") for f in (feature, replace(feature, divide=1)))
    assert minor.max() > 0
    np.testing.assert_array_equal(major, minor / 100)
    assert feature.unit == 0.01


def test_rows_may_come_in_any_order_and_twice() -> None:
    """A column's values belong to their rows, not to an order."""
    world = shared_world("home_pricing")
    entity, time = moments(world, (8, 14))
    order = stream("order").rng().permutation(np.repeat(np.arange(len(entity)), 2))
    for feature in world.blueprint.spec.features[::5]:
        plain = world.column(feature, entity, time, path="offline")
        assert same(world.column(feature, entity[order], time[order], path="offline"), plain[order])


def test_revising_a_channel_changes_its_columns_only_and_refuses_a_weight() -> None:
    """Outcomes are fixed once a world is made."""
    world = fresh_world("subscription_churn")
    entity, time = moments(world, (14,))
    before = render(world, world.blueprint.spec, entity, time, path="offline")
    labels = world.labels(entity, time)
    channel = world.blueprint.channels[0]
    world.revise(replace(channel, rate=channel.rate * 2))
    after = render(world, world.blueprint.spec, entity, time, path="offline")
    moved = [name for name in before if not same(before[name], after[name])]
    assert moved == [f.name for f in world.blueprint.spec.features if (f.stream, f.type) == (channel.stream, channel.type)]
    np.testing.assert_array_equal(world.labels(entity, time), labels)
    with pytest.raises(ValueError, match=f"weight of {channel.id} .* make a new world"):
        world.revise(replace(channel, weight=channel.weight + 1))


def test_online_definition_drops_what_only_the_batch_job_can_do() -> None:
    """What lies after the decision does not exist online; changed fields apply there and nowhere else."""
    later = {"ahead": 5, "grace": 3, "final": True, "backfill": 7}
    feature = Feature(name="x", role="count", meaning="x", **later, online=(("window", 7), ("factor", 100.0), ("share", 0.5)))
    online, offline = feature.on("online"), feature.on("offline")
    assert {name: getattr(online, name) for name in later} == {"ahead": 0, "grace": 0, "final": False, "backfill": 0}
    assert (online.window, online.online) == (7, (("factor", 100.0), ("share", 0.5)))
    assert {name: getattr(offline, name) for name in later} == later
    assert (offline.window, offline.online) == (28, ())


def test_a_specification_names_what_it_does_not_hold() -> None:
    """A definition can only replace one of its own name."""
    spec = plain_plan("home_pricing").spec
    with pytest.raises(KeyError, match="no_such_column"):
        spec.with_feature(Feature(name="no_such_column", role="count", meaning="x"))
