"""Every decoy of the catalogue keeps the contract: it looks guilty and is honest."""

from __future__ import annotations

import decoy_contract as contract
import pytest
from small_world import SCENARIOS

from generators.catalog import decoys, mechanisms
from generators.kinds import Decoy

EVERY = [pytest.param(d, id=d.id) for d in decoys().values()]
COLUMNS = [pytest.param(d, id=d.id) for d in decoys().values() if d.locus == "column"]


@pytest.mark.parametrize("decoy", EVERY)
def test_declaration(decoy: Decoy) -> None:
    """Fields fit together; the rule's placeholders are ones that the brief fills in."""
    contract.check_declaration(decoy)


@pytest.mark.parametrize("decoy", EVERY)
def test_words(decoy: Decoy) -> None:
    """A grader is told why it is innocent."""
    contract.check_words(decoy)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("decoy", COLUMNS)
def test_definition(decoy: Decoy, scenario: str) -> None:
    """Pure, same column, nothing that one path alone can do."""
    for role in decoy.roles:
        contract.check_definition(decoy, scenario, role)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("decoy", COLUMNS)
def test_honest(decoy: Decoy, scenario: str) -> None:
    """Equal on both paths, and from the log as it stood at each decision."""
    for role in decoy.roles:
        contract.check_honest(decoy, scenario, role)


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("decoy", COLUMNS)
def test_accused(decoy: Decoy, scenario: str) -> None:
    """A plain recount calls it wrong wherever its oddity shows, on every role."""
    for role in decoy.roles:
        for phase in decoy.phases:
            contract.check_accused(decoy, scenario, role, phase)


def test_every_decoy_has_a_use() -> None:
    """Columns: it fits some mechanism's side and role. Rows and splits: some mechanism names it."""
    for decoy in decoys().values():
        if decoy.locus == "column":
            assert any(m.locus == "column" and set(m.roles) & set(decoy.roles) and m.side in decoy.phases for m in mechanisms().values()), decoy.id
        else:
            assert any(decoy.id in m.twins for m in mechanisms().values()), decoy.id


def test_at_least_half_survive_a_recount_on_the_record_clock() -> None:
    """Else one blind script would clear the twins and be left with the faults."""
    columns = [d for d in decoys().values() if d.locus == "column"]
    assert 2 * sum(not d.cleared_by_clock for d in columns) >= len(columns)
