"""A form in memory: what is given, what is honest, what is repaired, and the worlds beside it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, changed, same, small_case

from generators.case import PROBES, Case, Faults, edited, mechanism, probe, strike
from generators.rows import EVALUATION


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    return small_case(request.param)


def test_dirty_specification_has_every_column_fault_and_nothing_else(case: Case) -> None:
    """One definition differs for each column fault."""
    differing = {a.name for a, b in zip(case.plan.spec.features, case.faults.dirty.features, strict=True) if a != b}
    assert differing == {f.site for f in case.faults.columns}
    assert all(case.faults.dirty[f.site] == edited(case.plan.spec, f) for f in case.faults.columns)


def test_repaired_tables_hold_no_fault(case: Case) -> None:
    """Honest rows with honest values, and the honest labels; the twin of the given tables without a single edit."""
    for name in ("train", *EVALUATION):
        table = case.repaired[name]
        assert not table.rows.faulty.any()
        assert table.label is not None
        np.testing.assert_array_equal(table.label, case.world.labels(table.rows.entity, table.rows.time))
        for feature in case.plan.spec.features[::6]:
            assert same(table.columns[feature.name], case.world.column(feature, table.rows.entity, table.rows.time, path="online"))


def test_twins_are_honest_in_every_table(case: Case) -> None:
    """What the candidate may accuse wrongly is right to the last cell."""
    for fault in case.faults.columns:
        for name in ("train", *EVALUATION, "serving_log"):
            plain = case.given[name].rows.origin < 0
            assert not (changed(case.given[name].columns[fault.twin_site], case.honest[name][fault.twin_site]) & plain).any()


def test_production_serves_what_the_online_path_computes(case: Case) -> None:
    """Served values differ from the honest ones in the columns of faults only; a leak probe differs in its own column only."""
    for run in case.production:
        assert {n for n in run.honest if not same(run.honest[n], run.served[n])} <= {f.site for f in case.faults.columns}
        leaks = {f.id: f for f in case.faults.columns if mechanism(f).leak}
        assert set(run.leaks) == set(leaks)
        for fault in leaks.values():
            leaked = run.with_leak(fault)
            assert [n for n in leaked if not same(leaked[n], run.honest[n])] == [fault.site]


def test_requests_of_production_are_ripe(case: Case) -> None:
    """Every outcome lies within the simulated calendar."""
    for run in case.production:
        assert run.rows.time.max() + case.plan.calendar.horizon * 7 * 86_400_000_000 <= case.plan.calendar.end


def test_strikes_follow_the_plan(case: Case) -> None:
    """Rows are marked in the planned table only, and a second strike of the same plan is the same."""
    for fault in case.faults.tables:
        assert case.given[fault.site].rows.faulty.any()
        assert not case.given[fault.twin_site].rows.faulty.any()
    again = strike(case.honest_split, case.faults, case.stream, case.plan)
    for name in EVALUATION:
        np.testing.assert_array_equal(again.tables[name].entity, case.given[name].rows.entity)


def test_a_declaration_without_what_it_needs_is_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column mechanism without `edit`, a row mechanism without `strike`: said by name."""
    column, table = case.faults.columns[0], case.faults.tables[0]
    broken = {f.mechanism: replace(mechanism(f), edit=None, strike=None) for f in (column, table)}
    monkeypatch.setattr("generators.case.mechanisms", lambda: broken)
    with pytest.raises(ValueError, match=f"{column.mechanism} strikes a column and has to declare `edit`"):
        edited(case.plan.spec, column)
    with pytest.raises(ValueError, match=f"{table.mechanism} strikes rows or the split and has to declare `strike`"):
        strike(case.honest_split, Faults(columns=(), tables=(table,), dirty=case.plan.spec), case.stream, case.plan)


def test_probe_worlds(case: Case) -> None:
    """Null: no honest signal, leaks as they are. Duplicates: clean definitions and 30% copies. Controls: clean, of unlike strength."""
    made = {name: probe(case, name) for name in PROBES}
    assert (made["null"].world.setting.signal, made["duplicates"].world.setting.signal) == (0.0, 0.0)
    strong, weak = sorted((made[c].world.setting.signal for c in ("control_a", "control_b")), reverse=True)
    assert strong > 1.5 * weak > 0
    copies = made["duplicates"].tables["holdout"].rows
    assert float((copies.origin >= 0).mean()) == pytest.approx(0.3, abs=0.01)
    assert all((made[c].tables[t].rows.origin < 0).all() for c in ("control_a", "control_b", "null") for t in EVALUATION)
    leaking = next(f for f in case.faults.columns if mechanism(f).leak)
    null = made["null"]
    rows = null.tables["train"].rows
    assert same(
        null.tables["train"].columns[leaking.site], null.world.column(case.faults.dirty[leaking.site], rows.entity, rows.time, path="offline")
    )
