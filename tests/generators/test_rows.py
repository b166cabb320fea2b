"""Which rows a form's tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from small_world import SCENARIOS, shared_world, stream

from generators.rows import EVALUATED, EVALUATION, SERVED, SHARE, Rows, offline_rows, production_rows, serving_rows


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_offline_tables_hold_the_eligible_once(scenario: str) -> None:
    """The share meant to be held of everybody eligible at each decision, none twice; the two evaluation sets have no entity in common."""
    world = shared_world(scenario, slots=1500)
    calendar = world.blueprint.calendar
    split = offline_rows(world, stream(scenario, "split"))
    seen: set[tuple[int, int]] = set()
    for rows in (*split.tables.values(), split.reserve):
        pairs = set(zip(rows.entity.tolist(), rows.time.tolist(), strict=True))
        assert len(pairs) == len(rows)
        assert not pairs & seen
        seen |= pairs
    for week in calendar.offline:
        everybody = {(int(e), calendar.at(week)) for e in world.eligible(calendar.at(week))}
        held = sum(t == calendar.at(week) for rows in split.tables.values() for t in rows.time.tolist())
        share = SHARE if week in calendar.offline[: calendar.train] else EVALUATED
        assert held == pytest.approx(share * len(everybody), abs=5 * (share * (1 - share) * len(everybody)) ** 0.5)
        assert {pair for pair in seen if pair[1] == calendar.at(week)} <= everybody
    holdout, acceptance = (split.tables[name] for name in EVALUATION)
    assert not set(holdout.entity.tolist()) & set(acceptance.entity.tolist())
    np.testing.assert_array_equal(split.train_labels, world.labels(split.tables["train"].entity, split.tables["train"].time))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_serving_log_holds_each_entity_once_after_the_offline_tables(scenario: str) -> None:
    """No entity and decision time of the log is in an offline table: one join would show every fault at once."""
    world = shared_world(scenario, slots=1500)
    rows = serving_rows(world, stream(scenario, "split"))
    assert len(np.unique(rows.entity)) == len(rows)
    assert rows.time.min() > world.blueprint.calendar.at(world.blueprint.calendar.offline[-1])
    assert rows.time.max() < world.blueprint.calendar.cut
    assert max(np.unique(rows.time, return_counts=True)[1]) <= SERVED


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_production_comes_after_everything_the_candidate_sees(scenario: str) -> None:
    """Nearly everybody eligible, at a decision after the export was cut."""
    world = shared_world(scenario, slots=1500)
    for position in range(len(world.blueprint.calendar.production)):
        rows = production_rows(world, stream(scenario, "split"), position)
        assert len(set(rows.time.tolist())) == 1
        assert rows.time[0] > world.blueprint.calendar.cut
        assert len(rows) > 0.97 * len(world.eligible(int(rows.time[0])))


def test_taking_and_joining_rows_keeps_every_field() -> None:
    """A row goes with its origin, jitter and mark."""
    rows = Rows(
        entity=np.arange(3), time=np.arange(3) + 10, shown_entity=np.arange(3) + 20, shown_time=np.arange(3) + 30, origin=np.array([-1, 5, 6]),
        jitter=np.array([False, True, False]), faulty=np.array([False, True, True]),
    )  # fmt: skip
    both = rows.take(np.array([2, 0])).with_rows(rows.take(np.array([1])))
    assert both.entity.tolist() == [2, 0, 1]
    assert both.shown_entity.tolist() == [22, 20, 21]
    assert both.origin.tolist() == [6, -1, 5]
    assert both.jitter.tolist() == [False, False, True]
    assert both.faulty.tolist() == [True, False, True]
    assert Rows.plain(np.arange(2), np.arange(2)).origin.tolist() == [-1, -1]
