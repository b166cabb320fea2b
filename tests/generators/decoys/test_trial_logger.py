"""The log shows what a skewed service would have served; the model was given what the definition says."""

from __future__ import annotations

import pytest
from small_world import SCENARIOS, changed, disguised, first_of

from generators.catalog import mechanisms
from generators.sites import twin_of

SKEWS = [m.id for m in mechanisms().values() if m.mirror == "trial_logger"]


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_log_is_the_faults_and_the_service_is_honest(scenario: str, skew: str) -> None:
    """On the same column cell for cell what the mechanism's edit serves."""
    mechanism = mechanisms()[skew]
    role = mechanism.roles[0]
    site = disguised("trial_logger", scenario, role)
    twin = twin_of(first_of(scenario, role), mechanism, 2, ("trial_logger",))
    assert mechanism.edit is not None
    faulty = mechanism.edit(first_of(scenario, role), 2)
    served, logged = (site.column(twin, path) for path in ("online", "log"))
    assert changed(served, logged).any()
    assert not changed(logged, site.column(faulty, "online")).any()
    assert not changed(served, site.column(twin, "offline")).any()


def test_beside_another_cause_nothing_is_logged_otherwise() -> None:
    """A twin that gets another innocent cause loses the edit."""
    mechanism = mechanisms()["unit_switch"]
    twin = twin_of(first_of("home_pricing", "amount"), mechanism, 1, ("trial_logger",))
    assert twin.logged
    assert twin_of(twin, mechanism, 1, ("weekend_events",)).logged == ()
