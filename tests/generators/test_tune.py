"""Knobs of a pair: each brings its columns nearer to each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, small_case

from generators.bench import Bench
from generators.blueprint import channel_of
from generators.case import Case
from generators.catalog import mechanisms
from generators.features import World
from generators.measures import psi
from generators.model import Phase, Quirk
from generators.rows import offline_rows, serving_rows
from generators.tune import Knobs, _drift
from generators.world import Setting


def benched(scenario: str) -> tuple[Case, Bench]:
    """A small form that is not tuned, and a bench in a world of its own."""
    case = small_case(scenario)
    world = World(case.plan, case.scenario, Setting(stream=case.stream.child("world")))
    return case, Bench(world, offline_rows(world, case.stream), serving_rows(world, case.stream))


def test_a_second_rule_gives_way_where_the_cause_alone_would_do() -> None:
    """A twin whose second rule contradicts more cells than its fault's recount does, and more than may be: the rule stays in the log, at a rate that
    leaves as much as may be."""
    case, bench = benched("subscription_churn")
    world = bench.world
    fault = next(f for f in case.faults.columns if mechanisms()[f.mechanism].side == "offline" and case.plan.spec[f.twin_site].role == "amount")
    knobs = Knobs(bench, fault)
    site = fault.twin_site
    feature = replace(knobs.twin, rules=("late_cancellations", "repeated_events"))
    knobs.twin = feature
    phase = Phase(offline=True, serving=False)
    odd = (Quirk(kind="late_cancellations", dose=0.0, phase=phase), Quirk(kind="repeated_events", dose=0.3, phase=phase))
    world.revise(replace(channel_of(world.blueprint, site), quirks=odd, amend=0.0, reversal=0.0, response=0.0))
    before = knobs.mismatch()
    assert before > 0.2
    knobs.hush(before / 2)
    quirks = channel_of(world.blueprint, site).quirks
    assert 0.02 <= quirks[1].dose < 0.3
    assert quirks[0] == odd[0]
    assert knobs.mismatch() == pytest.approx(before / 2 + 0.05, abs=0.02)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_faulty_column_that_is_no_leak_is_set_half_way_to_its_twin(scenario: str) -> None:
    """In strength, to what would tell the two apart, and where it counts or sums in cells that are zero; the twin's channel stays."""
    case, bench = benched(scenario)
    world = bench.world
    fault = next(f for f in case.faults.columns if not mechanisms()[f.mechanism].leak)
    knobs = Knobs(bench, fault)
    twin = channel_of(world.blueprint, fault.twin_site)
    world.revise(replace(channel_of(world.blueprint, fault.site), loading=0.3 * twin.loading))
    strengths = bench.strength(knobs.faulty), bench.strength(knobs.twin)
    assert abs(strengths[0] - strengths[1]) > 0.06
    zeros = [float((bench.given(column) == 0).mean()) for column in (knobs.faulty, knobs.twin)]
    knobs.halfway()
    assert bench.strength(knobs.faulty) == pytest.approx(sum(strengths) / 2, abs=0.03)
    assert channel_of(world.blueprint, fault.twin_site) == twin
    if knobs.clean.role in ("count", "amount"):
        assert (bench.given(knobs.faulty) == 0).mean() == pytest.approx(sum(zeros) / 2, abs=0.01)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_twin_spreads_and_lies_where_its_fault_does(scenario: str) -> None:
    """Readings and levels, drawn apart; sums lie there, and their single amounts stay as they are, since the log shows them."""
    case, bench = benched(scenario)
    world = bench.world
    seen = 0
    for fault in case.faults.columns:
        knobs = Knobs(bench, fault)
        channel = channel_of(world.blueprint, fault.twin_site)
        means = [float(np.nanmean(bench.given(column))) for column in (knobs.faulty, knobs.twin)]
        if knobs.twin.role == "count" or not 0.4 < means[0] / means[1] < 2.5:  # a leak is loud here, and its twin not yet as busy
            continue
        seen += 1
        further = {"center": 1.4 * channel.center} if channel.value == "amount" else {"center": channel.center + 0.6}
        world.revise(replace(channel, **further))
        changed = knobs.wide()
        knobs.centered()
        guilty, honest = bench.given(knobs.faulty), bench.given(knobs.twin)
        deviation = float(np.nanstd(guilty))
        assert abs(float(np.nanmean(guilty) - np.nanmean(honest))) < 0.06 * deviation, fault.mechanism
        if channel.value == "amount":
            assert not changed
            assert channel_of(world.blueprint, fault.twin_site).spread == channel.spread
            continue
        cut = 0.1 if channel.value == "level" else 0.0  # its two ends cut a level off, the more the nearer it lies to one
        assert float(np.nanstd(honest)) == pytest.approx(deviation, rel=0.1 + cut), fault.mechanism
    assert seen >= 2


@pytest.mark.parametrize("upward", [True, False])
def test_drift_is_sought_on_the_side_that_is_asked_for(upward: bool) -> None:
    """As much of it either way: more volume around the serving log, or less."""
    case, bench = benched("subscription_churn")
    fault = next(f for f in case.faults.columns if case.plan.spec[f.twin_site].role == "count" and mechanisms()[f.mechanism].leak)
    twin = Knobs(bench, fault).twin
    _drift(bench, twin, fault.twin_site, 0.15, upward=upward)
    assert psi(bench.given(twin), bench.served(twin)) == pytest.approx(0.15, abs=0.03)
    assert (channel_of(bench.world.blueprint, fault.twin_site).volume > 1) is upward


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_twin_that_is_strong_enough_keeps_its_state(scenario: str) -> None:
    """A search for the last hundredth of a strength would change how much its log varies from one entity to the next."""
    case, bench = benched(scenario)
    world = bench.world
    fault = next(f for f in case.faults.columns if not mechanisms()[f.mechanism].leak and case.plan.spec[f.site].role == "amount")
    knobs = Knobs(bench, fault)
    drawn = channel_of(world.blueprint, fault.twin_site)
    assert abs(bench.strength(knobs.faulty) - bench.strength(knobs.twin)) < 0.025
    seen, out = knobs.rounds(1)
    tuned = channel_of(world.blueprint, fault.twin_site)
    assert (tuned.loading, tuned.spread) == (drawn.loading, drawn.spread)
    assert abs(seen.strength - out.strength) < 0.03
