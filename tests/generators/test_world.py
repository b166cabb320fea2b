"""A world depends on its stream and its plan alone: not on the order of blocks or questions, and not on its size."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from small_world import SCENARIOS, fresh_world, moments, plain_plan, same, shared_world, stream

from generators.asof import Events
from generators.catalog import scenarios
from generators.features import World
from generators.happenings import happen
from generators.model import DAY, NEVER, Blueprint, Quirk
from generators.world import BLOCK, NOTICE, Population, Setting, blocks, calibrate, eligible, labels, populate


def equal_events(a: Events, b: Events) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Events))


def equal_populations(a: Population, b: Population) -> bool:
    plain = [f.name for f in fields(Population) if f.name != "attributes"]
    return all(np.array_equal(getattr(a, n), getattr(b, n)) for n in plain) and all(
        np.array_equal(a.attributes[n], b.attributes[n]) for n in a.attributes | b.attributes
    )


def setting(scenario: str) -> Setting:
    return Setting(stream=stream(scenario, "world"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_blocks_do_not_depend_on_the_order_in_which_they_are_made(scenario: str) -> None:
    """Three blocks made backwards, alone and together hold the same entities and the same events."""
    plan = plain_plan(scenario, slots=2 * BLOCK + 300)
    declared = scenarios()[scenario]
    intercept = calibrate(plan, declared, setting(scenario))
    assert blocks(plan) == [(0, BLOCK), (1, BLOCK), (2, 300)]
    backwards = {
        block: populate(plan, declared, setting(scenario), block, slots, intercept=intercept) for block, slots in reversed(blocks(plan)) if block != 1
    }
    world = World(plan, declared, setting(scenario))
    for block, population in backwards.items():
        assert equal_populations(population, world.populations[block])
    channel = plan.channels[0]
    late = happen(plan, declared, setting(scenario), backwards[2], channel, 300)
    first = happen(plan, declared, setting(scenario), backwards[0], channel, BLOCK)
    assert equal_events(world.events(channel, 0), first)
    assert equal_events(world.events(channel, 2), late)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_size_does_not_change_the_world(scenario: str) -> None:
    """The first block of a large world is the whole of a small one: same entities, outcomes, events, intercept and decisions."""
    small, large = (World(plain_plan(scenario, slots=n), scenarios()[scenario], setting(scenario)) for n in (BLOCK, BLOCK + 700))
    assert equal_populations(small.populations[0], large.populations[0])
    for channel in small.blueprint.channels[::9]:
        assert equal_events(small.events(channel, 0), large.events(channel, 0))
    entity, time = moments(small, (14,))
    feature = small.blueprint.spec.features[0]
    assert same(small.column(feature, entity, time, path="offline"), large.column(feature, entity, time, path="offline"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_revised_world_is_the_one_that_was_so_from_the_start(scenario: str) -> None:
    """Whatever is kept while a channel is tuned: its oddities, its rate, its readings, its signs, one after the other and back again."""
    plan = plain_plan(scenario, slots=600)
    world = World(plan, scenarios()[scenario], setting(scenario))
    for channel in (next(c for c in plan.channels if c.value == kind) for kind in ("none", "amount", "level", "reading")):
        odd = replace(channel, quirks=(Quirk(kind="lost_entries", dose=0.4),))
        for change in (odd, replace(odd, rate=channel.rate * 2), replace(odd, sampling=0.3, response=2.0), replace(odd, volume=0.5), odd, channel):
            world.revise(change)
            made_so = World(plan.with_channel(change), scenarios()[scenario], setting(scenario))
            assert equal_events(world.events(change, 0), made_so.events(change, 0)), change


def test_a_part_of_a_world_holds_whole_blocks_of_it() -> None:
    """The same entities, and no events of the world it comes from; other sizes are refused."""
    plan = plain_plan("subscription_churn", slots=BLOCK + 300)
    world = World(plan, scenarios()["subscription_churn"], setting("subscription_churn"))
    channel = plan.channels[0]
    world.events(channel, 0)
    part = world.fresh(replace(plan, slots=BLOCK).with_channel(replace(channel, rate=channel.rate * 3)))
    assert len(part.populations) == 1
    assert equal_populations(part.populations[0], world.populations[0])
    assert len(part.events(part.blueprint.channel(channel.id), 0)) > 2 * len(world.events(channel, 0))
    with pytest.raises(ValueError, match="whole blocks"):
        world.fresh(replace(plan, slots=BLOCK - 1))


def test_another_stream_is_another_world() -> None:
    """Two candidates' worlds share nothing but their plan."""
    plan = plain_plan("home_pricing")
    first, second = (World(plan, scenarios()["home_pricing"], Setting(stream=stream(name))) for name in ("a", "b"))
    assert not np.array_equal(first.populations[0].start, second.populations[0].start)
    assert not np.array_equal(first.events(plan.channels[0], 0).time, second.events(plan.channels[0], 0).time)


def test_share_of_positives_is_near_what_the_scenario_says() -> None:
    """The intercept is set on a pilot of its own, so the share comes out for any stream. False alarm: 5 sigma."""
    declared = scenarios()["subscription_churn"]
    world = fresh_world("subscription_churn", slots=1200)
    entity, time = moments(world, world.blueprint.calendar.offline)
    rate = float(world.labels(entity, time).mean())
    # one entity is asked eight times, so a row tells less than one row's worth
    sigma = (declared.base * (1 - declared.base) / (len(entity) / 4)) ** 0.5
    assert rate == pytest.approx(declared.base, abs=5 * sigma)


def test_label_is_the_outcome_within_the_horizon() -> None:
    """Against a loop: after the decision, at most four weeks later, edges included on the right only."""
    world = shared_world("subscription_churn")
    plan, population = world.blueprint, world.populations[0]
    hit = np.flatnonzero(population.outcome < NEVER)[:20]
    month = 28 * DAY
    for shift, expected in ((0, 0.0), (-1, 1.0), (-month, 1.0), (-month - 1, 0.0)):
        assert labels(plan, world.scenario, population, hit, population.outcome[hit] + shift).tolist() == [expected] * len(hit)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_eligible_entities_have_been_there_for_four_weeks_and_stay_for_the_label(scenario: str) -> None:
    """Nobody whose outcome has happened, nobody new, nobody about to end: membership of a table tells nothing of the label."""
    world = shared_world(scenario)
    population = world.populations[0]
    time = world.blueprint.calendar.at(14)
    chosen = eligible(world.blueprint, population, time)
    assert len(chosen) > 50
    assert (population.start[chosen] <= time - 28 * DAY).all()
    assert (population.outcome[chosen] > time).all()
    assert (population.end[chosen] > time + 28 * DAY).all()
    binary = population.outcome < NEVER
    np.testing.assert_array_equal(population.end[binary], population.outcome[binary] + NOTICE)


def test_a_pull_on_the_outcome_shows_in_the_column() -> None:
    """A channel with a large weight ranks entities by their outcome; one without weight does not."""
    base = plain_plan("subscription_churn", slots=1500)

    def gap(weight: float) -> float:
        channels = tuple(replace(c, weight=weight if i == 0 else 0.0, loading=1.0) for i, c in enumerate(base.channels))
        plan: Blueprint = replace(base, channels=channels)
        world = World(plan, scenarios()["subscription_churn"], setting("subscription_churn"))
        entity, time = moments(world, (8, 14, 20))
        values, label = world.column(plan.spec.features[0], entity, time, path="offline"), world.labels(entity, time)
        return float(values[label > 0].mean() - values[label == 0].mean()) / float(values.std())

    assert gap(0.8) > 0.2
    assert abs(gap(0.0)) < 0.15


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_columns_have_in_common_by_activity_tells_nothing_of_the_outcome(scenario: str) -> None:
    """Two columns of active entities are alike, where those without it are not; outcomes are the same with and without."""
    base = plain_plan(scenario, slots=1500)
    counted = [f for f in base.spec.features if f.role == "count" and f.stream != "entities"][:2]
    ids = [f"{f.stream}.{f.type}" for f in counted]

    def alike(activity: float) -> tuple[float, np.ndarray]:
        channels = tuple(replace(c, weight=0.0, rate=2.0, activity=activity if c.id in ids else 0.0) for c in base.channels)
        world = World(replace(base, channels=channels), scenarios()[scenario], setting(scenario))
        entity, time = moments(world, (8, 20, 33))
        one, other = (world.column(f, entity, time, path="offline") for f in counted)
        return float(np.corrcoef(one, other)[0, 1]), world.labels(entity, time)

    (apart, before), (together, after) = alike(0.0), alike(0.6)
    assert abs(apart) < 0.08
    assert together > 0.2
    np.testing.assert_array_equal(before, after)
