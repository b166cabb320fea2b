"""One client's tenths are converted, amendments included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, disguised, same

from generators.catalog import decoys
from generators.decoys._traces import mark


@pytest.mark.parametrize("role", ["amount", "reading"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_converted_log_is_the_log_without_the_client(scenario: str, role: str) -> None:
    """The column equals, cell by cell, that of the same world in which the client was never used."""
    site = disguised("client_conversion", scenario, role)
    given = site.column(site.feature, "offline")
    raw = site.events()
    converted = decoys()["client_conversion"].honours(raw, channel=site.channel)
    site.world.revise(replace(site.channel, quirks=()))
    without = site.world.events(site.world.blueprint.channel(site.channel.id), 0)
    for name in ("entity", "time", "recorded", "id", "value", "amended", "amended_at", "amended_to"):
        np.testing.assert_array_equal(getattr(converted, name), getattr(without, name), err_msg=name)
    assert same(given, site.column(replace(site.feature, rules=()), "offline"))
    assert float((raw.source == mark("client_conversion")).mean()) == pytest.approx(0.5, abs=0.06)
    assert (raw.value[raw.source == mark("client_conversion")] % 10 == 0).all()
