"""Pairs are compared on what a script sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_world import SCENARIOS, small_case, stream

from generators.bench import Bench, Look, hopeless, unlike
from generators.catalog import mechanisms
from generators.features import World
from generators.rows import offline_rows, serving_rows
from generators.screens import Mismatch
from generators.world import Setting

LOOK = Look(
    strength=0.6, missing=0.1, missing_served=0.2, zeros=0.4, psi=0.5,
    offline=Mismatch(naive=0.3, later=0.2, aware=0.1), serving=Mismatch(naive=0.0, later=0.0, aware=0.0),
)  # fmt: skip


def test_alike_pairs_have_nothing_to_say() -> None:
    """Within the bounds of the form rules."""
    mechanism = mechanisms()["window_past_decision"]
    assert unlike(LOOK, LOOK, mechanism) == []
    near = replace(LOOK, strength=0.625, missing=0.115, zeros=0.46, psi=0.56)
    assert unlike(LOOK, near, mechanism) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strength": 0.64}, "strength 0.600 / 0.640"),
        ({"missing": 0.13}, "missing 0.100 / 0.130"),
        ({"missing_served": 0.24}, "missing when served 0.200 / 0.240"),
        ({"zeros": 0.3}, "zeros 0.400 / 0.300"),
        ({"psi": 0.7}, "psi 0.500 / 0.700"),
        ({"offline": Mismatch(naive=0.5, later=0.0, aware=0.0)}, "recount 0.30 / 0.50"),
    ],
)
def test_what_tells_a_pair_apart_is_named(change: dict[str, float], said: str) -> None:
    """With both numbers: it becomes the reason of a redraw."""
    assert unlike(LOOK, replace(LOOK, **change), mechanisms()["window_past_decision"]) == [said]  # type: ignore[arg-type]


def test_two_large_drifts_are_alike() -> None:
    """Above 1 nobody can tell more from less."""
    large = replace(LOOK, psi=1.5)
    assert unlike(large, replace(LOOK, psi=4.0), mechanisms()["window_past_decision"]) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_look_is_what_the_tables_show(scenario: str) -> None:
    """Accused on the mechanism's own side; the twin's look is of the same kind."""
    case = small_case(scenario)
    world = World(case.plan, case.scenario, Setting(stream=case.stream.child("world")))
    bench = Bench(world, offline_rows(world, case.stream), serving_rows(world, case.stream))
    for fault in case.faults.columns:
        mechanism = mechanisms()[fault.mechanism]
        seen = bench.look(case.faults.dirty[fault.site], written=case.plan.spec[fault.site])
        assert seen.accused(mechanism) > 0.03, fault.mechanism
        assert 0.0 <= seen.missing < 0.95
        honest = bench.look(case.plan.spec[fault.twin_site])
        assert honest.psi >= 0.0
    assert stream("unused").key != case.stream.key


def test_hopeless_is_what_no_further_round_brings_together() -> None:
    """Far apart in the recount or in gaps when served; what is merely out of its bounds is not."""
    mechanism = mechanisms()["window_past_decision"]
    assert not hopeless(LOOK, replace(LOOK, strength=0.9, psi=3.0, missing_served=0.25), mechanism)
    assert not hopeless(LOOK, replace(LOOK, offline=Mismatch(naive=0.45, later=0.0, aware=0.0)), mechanism)
    assert hopeless(LOOK, replace(LOOK, offline=Mismatch(naive=0.5, later=0.0, aware=0.0)), mechanism)
    assert hopeless(LOOK, replace(LOOK, missing_served=0.3), mechanism)
