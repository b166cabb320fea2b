"""What a log looks like by itself, worked out by hand on a few entries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kit.personas.gamers._logbook import WEEK, numbers
from kit.personas.workshop.asof import DAY, Events

TURN = 30 * WEEK
HOUR = DAY // 24


FIELDS = ("owner", "entity", "time", "recorded", "value", "source", "slot")


def log(*, entities: int = 40) -> Events:
    """Two entries a week of each entity from week 0 to 40, one hour late, of the value 10, at noon and at midnight."""
    time = np.arange(0, 40 * WEEK, WEEK // 2) + 12 * HOUR
    owner = np.repeat(np.arange(entities), len(time))
    at = np.tile(time, entities)
    none = np.zeros(0, dtype=np.int64)
    return Events(
        owner=owner, entity=owner, time=at, recorded=at + HOUR, value=np.full(len(at), 10.0), source=np.full(len(at), "app", dtype=object),
        slot=np.full(len(at), -1), changed=none, changed_at=none, before=none.astype(np.float64),
    )  # fmt: skip


STARTED = np.zeros(40, dtype=np.int64)


def test_an_even_log() -> None:
    """As much before the turn as after it, nothing late, nothing amended."""
    found = numbers(log(), STARTED, TURN)
    assert found["volume_after"] == pytest.approx(1, abs=0.1)
    assert found["volume_opening"] == pytest.approx(1, abs=0.5)
    assert (found["late_before"], found["late_after"], found["early"], found["amended_before"]) == (0, 0, 0, 0)
    assert found["delay_before"] == pytest.approx(np.log(1 / 24), abs=0.01)
    assert (found["same_day_before"], found["same_week_before"], found["repeated_before"]) == (0, 1, 1)
    assert (found["mean_before"], found["variation_before"], found["night_after"], found["sources"]) == (10, 0, 0.5, 1)
    assert found["first_after"] == 0.5


def test_what_changes_at_the_turn_shows() -> None:
    """Late records before it, half the volume after it, amendments with the days that they take."""
    events = log()
    late = events.time < TURN
    events = replace(events, recorded=np.where(late, events.time + 3 * DAY, events.recorded))
    left = late | (events.entity % 2 == 0)
    rows, at = np.flatnonzero(left), events.time[9]
    events = replace(events, **{name: getattr(events, name)[rows] for name in FIELDS})
    events = replace(events, changed=np.array([0, 0]), changed_at=np.array([at + 9 * DAY, at + 4 * DAY]), before=np.array([10.0, 12.0]))
    events.slot[9] = 0
    found = numbers(events, STARTED, TURN)
    assert (found["late_before"], found["very_late_before"], found["late_after"]) == (1, 0, 0)
    assert found["volume_after"] == pytest.approx(0.5, abs=0.05)
    assert 0 < found["amended_before"] < 0.01
    assert found["wait_before"] == pytest.approx(np.log(4), abs=0.01)


def test_a_log_of_nothing_has_no_numbers() -> None:
    """And one with little to say leaves out what it cannot say."""
    events = log()
    none = replace(events, **{name: getattr(events, name)[:0] for name in FIELDS})
    assert numbers(none, STARTED, TURN) == {}
    assert "late_after" not in numbers(events, STARTED, 41 * WEEK)
