"""Rules are found by fit, without a word of the column's entry."""

from __future__ import annotations

import numpy as np
from persona_form import Mini

from kit.personas.gamers._desk import Desk


def test_a_rule_is_found_by_fit(desk: Desk, each: Mini) -> None:
    """A column that leaves events out, or dates them anew, no longer misfits once the rule is tried, as long as its log is whole."""
    found, plain = desk.ruled(), desk.recounted()
    seen = []
    for side, which in (("offline", "train"), ("serving", "served")):
        ruled = {
            n: d for n, d in each.form.definitions.features.items()
            if set(d["rules"]) & {"excluded_source", "reimported_entries", "settlement_dates", "weekend_events", "repeated_events"}
            and n not in each.form.faulty_columns and n in each.whole(side)
        }  # fmt: skip
        fits = found.loc[list(ruled), f"ruled_{which}"] <= 0.02
        seen += fits.tolist()
        misfit = plain.loc[list(ruled), f"aware_{which}"] > 0.02
        assert all(found.loc[n, "rule"] in ruled[n]["rules"] for n in misfit[misfit & fits].index)
    assert seen
    assert np.mean(seen) >= 0.75, "the aggregate is found by fit as well, and now and then a wrong one fits better"


def test_faults_stay_unexplained(desk: Desk, each: Mini) -> None:
    """No rule makes a faulty column fit on its own side."""
    found = desk.ruled()
    for fault in each.form.column_faults():
        side = "ruled_served" if fault.locus.table == "serving_log" else "ruled_train"
        assert found.loc[str(fault.locus.column), side] > 0.02, fault.mechanism
