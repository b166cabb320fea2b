"""The nouns: calendars, plans and looks-up that fail by name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from small_world import plain_plan

from generators.model import DAY, WEEK, Calendar, Channel, Feature


def test_calendar_keeps_training_evaluation_serving_and_production_apart() -> None:
    """Labels of one part are complete before the next part begins, and no outcome of the serving log is ripe at the export."""
    calendar = Calendar(start=0)
    horizon = calendar.horizon
    train, late = calendar.offline[: calendar.train], calendar.offline[calendar.train :]
    assert late[0] - train[-1] == horizon
    assert min(b - a for a, b in pairwise(late)) >= horizon  # no outcome counts twice in an evaluation
    assert min(b - a for a, b in pairwise(calendar.production)) >= horizon
    assert late[-1] + horizon < calendar.serving[0]
    assert calendar.cut < calendar.at(calendar.serving[0] + horizon)
    assert calendar.at(calendar.serving[-1]) < calendar.cut < calendar.at(calendar.production[0])
    assert calendar.production[-1] + horizon <= calendar.weeks
    assert calendar.offline[-1] < calendar.turn < calendar.serving[0]
    assert calendar.at(1) == WEEK == 7 * DAY


def test_units() -> None:
    """The smallest step of a value: one, a hundredth of a sum in major units, a hundredth of a mean."""
    plain = Feature(name="x", role="count", meaning="x")
    assert plain.unit == 1.0
    assert Feature(name="x", role="amount", meaning="x", aggregate="sum", divide=100).unit == 0.01
    assert Feature(name="x", role="other", meaning="x", aggregate="mean").unit == 0.01


def test_a_plan_replaces_one_channel() -> None:
    """By id; the others stay, and an unknown one is an error."""
    plan = plain_plan("home_pricing")
    changed = plan.with_channel(Channel(stream=plan.channels[3].stream, type=plan.channels[3].type, rate=9.0))
    assert [c.id for c in changed.channels] == [c.id for c in plan.channels]
    assert [i for i, (a, b) in enumerate(zip(plan.channels, changed.channels, strict=True)) if a != b] == [3]
    with pytest.raises(KeyError, match="no.such"):
        plan.channel("no.such")
