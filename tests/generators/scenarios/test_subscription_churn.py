"""Subscriptions: an outcome that happens once and ends the story."""

from __future__ import annotations

import numpy as np
from small_world import fresh_world

from generators.model import NEVER
from generators.world import NOTICE


def test_a_household_leaves_once_and_stays_for_its_notice() -> None:
    """Nobody gives notice before having started; the books close four weeks after."""
    population = fresh_world("subscription_churn", slots=800).populations[0]
    left = population.outcome < NEVER
    assert 0.2 < float(left.mean()) < 0.95
    assert (population.outcome[left] > population.start[left]).all()
    np.testing.assert_array_equal(population.end[left], population.outcome[left] + NOTICE)


def test_a_slot_holds_one_listener_after_another() -> None:
    """The next one starts after the last one's books were closed, so that the business keeps its size."""
    population = fresh_world("subscription_churn", slots=800).populations[0]
    same_slot = population.slot[1:] // 12 == population.slot[:-1] // 12
    assert (population.start[1:][same_slot] >= population.end[:-1][same_slot]).all()
    assert same_slot.sum() > 100
