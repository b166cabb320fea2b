"""A split to strike, once for each scenario."""

from __future__ import annotations

from functools import cache

from small_world import shared_world, stream

from generators.catalog import mechanisms
from generators.model import Calendar
from generators.rows import Split, offline_rows


@cache
def split_of(scenario: str) -> Split:
    return offline_rows(shared_world(scenario, slots=1500), stream(scenario, "split"))


def calendar_of(scenario: str) -> Calendar:
    return shared_world(scenario, slots=1500).blueprint.calendar


def strike(mechanism: str, scenario: str, table: str, level: int) -> Split:
    """The split after a strike of the mechanism."""
    hit = mechanisms()[mechanism].strike
    assert hit is not None
    struck = hit(split_of(scenario), table, level, rng=stream(mechanism, str(level)).rng(), calendar=calendar_of(scenario))
    assert isinstance(struck, Split)
    return struck
