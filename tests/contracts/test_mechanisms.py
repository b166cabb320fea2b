"""Every mechanism of the catalogue keeps the contract: a new file is tested the moment it exists."""

from __future__ import annotations

from collections import Counter

import mechanism_contract as contract
import pytest
from small_world import SCENARIOS, at_site, same, struck

from generators.catalog import mechanisms, scenarios
from generators.features import render
from generators.kinds import Mechanism
from generators.model import FAMILIES
from generators.rows import EVALUATION

EVERY = [pytest.param(m, id=m.id) for m in mechanisms().values()]
COLUMNS = [pytest.param(m, id=m.id) for m in mechanisms().values() if m.locus == "column"]
TABLES = [pytest.param(m, id=m.id) for m in mechanisms().values() if m.locus != "column"]


def test_each_family_has_at_least_three() -> None:
    """A form draws from every family, without replacement."""
    counts = Counter(m.family for m in mechanisms().values())
    assert set(counts) == set(FAMILIES)
    assert min(counts.values()) >= 3


@pytest.mark.parametrize("mechanism", EVERY)
def test_declaration(mechanism: Mechanism) -> None:
    """Fields fit together and name what exists."""
    contract.check_declaration(mechanism)


@pytest.mark.parametrize("mechanism", EVERY)
def test_words(mechanism: Mechanism) -> None:
    """A grader is told everything at every level."""
    contract.check_words(mechanism)


@pytest.mark.parametrize("mechanism", COLUMNS)
def test_edit(mechanism: Mechanism) -> None:
    """Pure, four levels, same column, own side."""
    contract.check_edit(mechanism)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mechanism", COLUMNS)
def test_rendering(mechanism: Mechanism, scenario: str) -> None:
    """All four levels change what they should, on every role, in every scenario."""
    for level in contract.LEVELS:
        for role in mechanism.roles:
            contract.check_rendering(mechanism, scenario, level, role)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mechanism", [pytest.param(m, id=m.id) for m in mechanisms().values() if m.leak])
def test_leak(mechanism: Mechanism, scenario: str) -> None:
    """What a leak adds follows the label, on every role."""
    for role in mechanism.roles:
        contract.check_leak(mechanism, scenario, role)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mechanism", COLUMNS)
def test_only_the_struck_column_changes(mechanism: Mechanism, scenario: str) -> None:
    """Both whole renderings, with and without the edit, differ in one column at most, offline and served."""
    site, faulty = struck(mechanism, scenario, 2)
    spec = site.world.blueprint.spec
    for path in ("offline", "online"):
        clean, dirty = (render(site.world, s, site.entity, site.time, path=path) for s in (spec, spec.with_feature(faulty)))
        assert list(clean) == list(dirty)
        assert {name for name in clean if not same(clean[name], dirty[name])} <= {faulty.name}


@pytest.mark.parametrize("table", EVALUATION)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("mechanism", TABLES)
def test_strike(mechanism: Mechanism, scenario: str, table: str) -> None:
    """Rows and splits: own table only, every struck row marked, weaker with each level."""
    contract.check_strike(mechanism, scenario, table)


@pytest.mark.parametrize("mechanism", COLUMNS)
def test_preparation_keeps_the_stream_honest(mechanism: Mechanism) -> None:
    """What a mechanism needs in the world leaves the clean definition clean: its twin's channel gets the same preparation."""
    for scenario in SCENARIOS:
        site, _ = struck(mechanism, scenario, 1)
        twin = at_site(
            scenario, site.feature, **{n: getattr(site.channel, n) for n in ("rate", "late", "delay", "amend", "span", "loading", "shared")}
        )
        assert same(twin.column(twin.feature, "offline"), twin.column(twin.feature, "online"))


def test_every_scenario_has_room_for_every_mechanism() -> None:
    """Each role holds a column and a twin for every mechanism that may need it."""
    for scenario in scenarios().values():
        room = Counter(f.role for f in scenario.features)
        for mechanism in mechanisms().values():
            assert all(room[role] >= 2 for role in mechanism.roles), (scenario.id, mechanism.id)
