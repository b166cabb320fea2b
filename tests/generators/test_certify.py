"""Promises are checked on the form itself, and a refusal says which one failed by how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, first_of, small_case
from written_form import NUMBERS

from generators.bench import Look
from generators.case import Case
from generators.certify import SILENT, Certificate, Check, certify
from generators.model import Phase, Quirk
from generators.screens import Mismatch

NOTHING = Mismatch(naive=0.5, later=0.5, aware=0.5)
LOOK = Look(strength=0.6, missing=0.1, missing_served=0.2, zeros=0.4, psi=0.5, offline=NOTHING, serving=NOTHING)


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    made = small_case(request.param)
    return replace(made, looks={f.id: (LOOK, LOOK) for f in made.faults.columns})


def checks(case: Case) -> dict[str, Check]:
    return {check.name: check for check in certify(case, NUMBERS).checks}


def test_bounds() -> None:
    """Inclusive on both sides; either may be missing."""
    assert Check(name="x", value=1.0, low=1.0, high=1.0).holds
    assert not Check(name="x", value=0.9, low=1.0).holds
    assert not Check(name="x", value=1.1, high=1.0).holds
    assert Check(name="x", value=1e9).holds


def test_a_refusal_says_what_was_wanted() -> None:
    """Name, value and bounds; a certificate that holds says nothing."""
    certificate = Certificate(checks=(Check(name="achievable AUC", value=0.9, low=0.68, high=0.88), Check(name="fine", value=1.0)))
    assert certificate.refused == ["achievable AUC: 0.9 (wanted at least 0.68 and at most 0.88)"]
    plain = certificate.plain(["first try"])
    assert plain["holds"] is False
    assert plain["attempts"] == ["first try"]
    assert Certificate(checks=(Check(name="fine", value=1.0),)).plain([])["holds"] is True


def test_truth_is_certified(case: Case) -> None:
    """Every fault shows where it should; nothing else has changed; no honest column needs a later record."""
    found = checks(case)
    assert found["cells changed outside the faults"].value == 0.0
    assert found["honest cells that need a record from after the decision"].value == 0.0
    assert found["honest cells that need a record from after the decision"].holds
    for fault in case.faults.columns:
        own = [c for name, c in found.items() if f"({fault.id}) changes cells" in name]
        assert len(own) == 1
        assert own[0].holds


def test_a_stray_cell_refuses_the_form(case: Case) -> None:
    """One changed cell of an honest column is enough."""
    twin = case.faults.columns[0].twin_site
    given = case.given["train"]
    moved = np.where(np.arange(len(given.rows)) == 5, 1e6, given.columns[twin])
    broken = replace(case, given={**case.given, "train": replace(given, columns={**given.columns, twin: moved})})
    assert any(reason.startswith("cells changed outside the faults: 1 ") for reason in certify(broken, NUMBERS).refused)


def test_twins_that_no_recount_accuses_refuse_the_form(case: Case) -> None:
    """Else a blind script would be left with the faults alone."""
    clean = replace(LOOK, offline=Mismatch(naive=0.0, later=0.0, aware=0.0), serving=Mismatch(naive=0.0, later=0.0, aware=0.0))
    idle = replace(case, looks={id: (LOOK, clean) for id in case.looks})
    refused = certify(idle, NUMBERS).refused
    assert any("naive recount" in reason for reason in refused)
    assert any("aware recount" in reason for reason in refused)


def test_an_honest_column_that_tells_where_nothing_can_be_told_refuses_the_form(case: Case) -> None:
    """What an outcome sets off and a log repeats from before it is on record in time, and still tells of the outcome where nothing else does."""
    name = "most that an honest column tells in a world without signal, in standard errors"
    reading = first_of(case.plan.scenario, "reading")
    declared = case.plan.channel(f"{reading.stream}.{reading.type}")
    repeated = Quirk(kind="late_readings", dose=1.0, days=28, phase=Phase(serving=False))
    loud = replace(declared, rate=0.45, response=3.0, quirks=(repeated,))
    plan = replace(case.plan, slots=4 * case.plan.slots, spec=case.plan.spec.with_feature(reading)).with_channel(loud)
    quiet = plan.with_channel(replace(loud, response=0.0))
    assert checks(replace(case, plan=quiet))[name].value < SILENT
    found = checks(replace(case, plan=plan))[name]
    assert found.value > SILENT
    assert not found.holds
