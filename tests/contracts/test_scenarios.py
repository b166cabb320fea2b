"""Every scenario of the catalogue keeps the contract: streams, columns and words that fit together."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from generators.catalog import scenarios
from generators.model import Scenario

EVERY = [pytest.param(s, id=s.id) for s in scenarios().values()]
pytestmark = pytest.mark.parametrize("scenario", EVERY)


def test_size(scenario: Scenario) -> None:
    """At least four event streams, values that are amended, and about forty columns."""
    assert len(scenario.streams) >= 4
    assert any(c.amend for c in scenario.channels)
    assert 36 <= len(scenario.features) <= 46
    assert {"count", "sum", "mean", "max", "last", "days_since"} <= {f.aggregate for f in scenario.features}


def test_every_column_has_its_source(scenario: Scenario) -> None:
    """Each column counts a channel that exists, or an attribute, or tenure; no channel goes unseen."""
    channels = {c.id for c in scenario.channels}
    attributes = {a.name for a in scenario.attributes}
    counted = [f for f in scenario.features if f.stream != "entities"]
    assert {f"{f.stream}.{f.type}" for f in counted} == channels
    assert {f.type for f in scenario.features if f.aggregate == "attribute"} == attributes
    assert {c.stream for c in scenario.channels} == {s.name for s in scenario.streams}
    assert set(scenario.types) == channels


def test_names_are_unique_and_plain(scenario: Scenario) -> None:
    """Columns, channels, streams and attributes; names that read as identifiers everywhere and do not collide with ids or the label."""
    for names in (
        [f.name for f in scenario.features],
        [c.id.replace(".", "_") for c in scenario.channels],
        [s.name for s in scenario.streams],
        [a.name for a in scenario.attributes],
    ):
        assert [name for name, n in Counter(names).items() if n > 1] == []
        assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
    reserved = {"row_id", "request_id", "entity_id", "decision_time", "label", "group_id", "started_at"}
    assert not reserved & {f.name for f in scenario.features}


def test_a_name_with_days_states_its_window(scenario: Scenario) -> None:
    """`..._28d` is a window of 28 days: no column lies about its own definition before anything is planted."""
    for feature in scenario.features:
        stated = re.search(r"_(\d+)d$", feature.name)
        if stated:
            assert feature.window == int(stated.group(1)), feature.name


def test_definitions_are_clean(scenario: Scenario) -> None:
    """As declared, nothing looks ahead, sees later records, fills backwards or differs online."""
    for feature in scenario.features:
        assert (feature.end, feature.ahead, feature.grace, feature.final, feature.backfill) == (0, 0, 0, False, 0), feature.name
        assert (feature.online, feature.rules) == ((), ()), feature.name


def test_words(scenario: Scenario) -> None:
    """The brief reads as a real project: every text is there, without a placeholder."""
    texts = [
        scenario.title,
        scenario.company,
        scenario.decision,
        scenario.stakes,
        scenario.label,
        scenario.inherited,
        scenario.author,
        *scenario.story,
    ]
    texts += [f.meaning for f in scenario.features] + [a.meaning for a in scenario.attributes] + list(scenario.types.values())
    texts += [text for s in scenario.streams for text in (s.meaning, s.value)]
    assert len(scenario.story) >= 2
    assert [text for text in texts if not text.strip() or re.search(r"[{}]|TODO|lorem", text)] == []


def test_words_do_not_give_faults_away(scenario: Scenario) -> None:
    """No column or stream is named after leaking, the future, the label or a test."""
    names = [f.name for f in scenario.features] + [c.id for c in scenario.channels]
    assert [name for name in names if re.search(r"leak|future|label|target|outcome|fault|decoy|test|honest", name)] == []


def test_numbers_are_sensible(scenario: Scenario) -> None:
    """Rates, lags and shares that a simulation can use."""
    assert all(c.rate > 0 and 0 <= c.late <= 1 and 0 <= c.amend <= 1 for c in scenario.channels)
    assert all(s.lag_hours > 0 and len(s.sources) >= 2 and len(set(s.sources)) == len(s.sources) for s in scenario.streams)
    for attribute in scenario.attributes:
        if attribute.categories:
            assert sum(share for _, share in attribute.categories) == pytest.approx(1.0)
        else:
            assert attribute.spread > 0
    if scenario.task == "binary":
        assert 0.05 < scenario.base < 0.5
    else:
        assert scenario.scale > 0
