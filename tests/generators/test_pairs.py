"""Pairs are tuned side by side, the same with any number of workers; a cause that does not fit is replaced by one of its like."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_world import SCENARIOS, stream

from generators import pairs
from generators.bench import Look
from generators.blueprint import channel_of, draw
from generators.catalog import decoys, mechanisms, scenarios
from generators.features import World
from generators.model import Blueprint
from generators.pairs import Pair, _causes, _with_cause, tune_all
from generators.screens import Mismatch
from generators.seeding import Stream
from generators.world import Setting

SMALL = 500


def plan_of(scenario: str, *, form: str = "standard") -> Blueprint:
    return replace(draw(stream(scenario, "pairs"), scenario, form=form, level="mid"), slots=SMALL)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_other_causes_fit_the_site(scenario: str) -> None:
    """The planned one first; then causes of the same role and side, none twice; what survives the record clock only for its like."""
    plan = plan_of(scenario)
    for fault in plan.faults:
        mechanism = mechanisms()[fault.mechanism]
        if mechanism.locus != "column":
            continue
        causes = _causes(plan, stream(scenario, "pairs"), fault)
        assert causes[0] == fault.decoy
        assert len(set(causes)) == len(causes)
        for cause in causes[1:]:
            decoy = decoys()[cause]
            assert plan.spec[fault.twin_site].role in decoy.roles
            assert mechanism.side in decoy.phases
            assert decoys()[fault.decoy].cleared_by_clock or not decoy.cleared_by_clock


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_another_cause_replaces_definition_and_oddity(scenario: str) -> None:
    """Nothing of the first cause is left, neither in the definitions nor in the log; a fault that held a sentence of that kind holds the new one."""
    plan = plan_of(scenario)
    replaced = 0
    for fault in plan.faults:
        if mechanisms()[fault.mechanism].locus != "column":
            continue
        for cause in _causes(plan, stream(scenario, "pairs"), fault):
            trial, features, channels = _with_cause(plan, stream(scenario, "pairs"), fault, cause)
            assert features[1].rules == (trial.decoy, *trial.twin_beside)
            assert trial.decoy == cause
            assert features[0].rules == trial.own
            assert trial.own[0] == (cause if fault.own[0] == fault.decoy else fault.own[0])
            for feature, channel, site in zip(features, channels, (fault.site, fault.twin_site), strict=True):
                assert tuple(q.kind for q in channel.quirks) == feature.rules
                assert len(set(feature.rules)) == len(feature.rules)
                assert sum(not decoys()[rule].aside for rule in feature.rules) <= 1, "two plain rules may not go together"
                assert (feature.end > 0) == ("booked_ahead" in feature.rules)
                assert channel.weight == channel_of(plan, site).weight
            replaced += trial.own != fault.own
    assert replaced, "no fault held a sentence of the kind that was replaced: the test has nothing to look at"


def tuned_on_its_world(plan: Blueprint, *, jobs: int) -> tuple[Blueprint, dict[str, tuple[Look, Look]], list[str]]:
    """What tuning makes of a plan in a world of its own."""
    source = stream(plan.scenario, "pairs")
    return tune_all(plan, source, World(plan, scenarios()[plan.scenario], Setting(stream=source.child("world"))), jobs=jobs)


def test_tuning_moves_knobs_and_never_a_weight() -> None:
    """Channels of pairs change, all others stay; every column pair has its looks; what is refused is said by name."""
    plan = plan_of("subscription_churn", form="short")
    tuned, looks, refused = tuned_on_its_world(plan, jobs=1)
    columns = [f for f in plan.faults if mechanisms()[f.mechanism].locus == "column"]
    assert set(looks) == {f.id for f in columns}
    sites = {channel_of(plan, site).id for f in columns for site in (f.site, f.twin_site)}
    for before, after in zip(plan.channels, tuned.channels, strict=True):
        assert before.weight == after.weight
        assert before.id in sites or before == after
    assert [(f.id, f.mechanism, f.site, f.twin_site, f.level) for f in tuned.faults] == [
        (f.id, f.mechanism, f.site, f.twin_site, f.level) for f in plan.faults
    ]
    assert all(reason.startswith("pair ") for reason in refused)


def test_a_plan_with_several_leaks_beside_cleared_twins_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """One may be; of two it is said which."""
    plan = plan_of("home_pricing")
    look = Look(
        strength=0.2, missing=0.0, missing_served=0.0, zeros=0.1, psi=0.1,
        offline=Mismatch(naive=0.3, later=0.2, aware=0.1), serving=Mismatch(naive=0.0, later=0.0, aware=0.0),
    )  # fmt: skip
    leaks = [f.id for f in plan.faults if mechanisms()[f.mechanism].leak]

    def refused(cleared: list[str]) -> list[str]:
        def tuned(plan: Blueprint, source: Stream, world: World, fault_id: str) -> Pair:
            fault = next(f for f in plan.faults if f.id == fault_id)
            fault = replace(fault, decoy="settlement_dates" if fault_id in cleared else "lost_entries")
            sites = (fault.site, fault.twin_site)
            features, channels = (plan.spec[sites[0]], plan.spec[sites[1]]), (channel_of(plan, sites[0]), channel_of(plan, sites[1]))
            return Pair(fault=fault, features=features, channels=channels, looks=(look, look), unlike=())

        monkeypatch.setattr(pairs, "tune_pair", tuned)
        return tuned_on_its_world(plan, jobs=1)[2]

    assert refused([]) == refused(leaks[:1]) == []
    (reason,) = refused(leaks[:2])
    assert reason.startswith("twins of leaks that a search over the log clears: 2 (")


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_workers_do_not_change_what_is_tuned(scenario: str) -> None:
    """One process and two come to the same plan."""
    plan = plan_of(scenario, form="short")
    one, two = (tuned_on_its_world(plan, jobs=jobs) for jobs in (1, 2))
    assert one == two
