"""The ledger lists exactly the cells that faults changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_world import SCENARIOS, changed, small_case

from generators.case import Case, mechanism
from generators.ledger import as_table, ledger
from generators.rows import EVALUATION


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    return small_case(request.param)


def test_every_changed_cell_is_there_and_belongs_to_a_fault(case: Case) -> None:
    """Each entry holds the honest and the given value of all and only the cells that differ."""
    book = ledger(case)
    assert all(change.fault for change in book)
    for table in ("train", *EVALUATION, "serving_log"):
        plain = case.given[table].rows.origin < 0
        for name, honest in case.honest[table].items():
            given = case.given[table].columns[name]
            mine = [c for c in book if (c.table, c.column) == (table, name)]
            rows = np.flatnonzero(changed(given, honest) & plain)
            assert len(mine) == (1 if len(rows) else 0)
            for change in mine:
                np.testing.assert_array_equal(change.row, rows)
                np.testing.assert_array_equal(change.before, honest[rows])
                np.testing.assert_array_equal(change.after, given[rows])
                assert change.share == pytest.approx(len(rows) / plain.sum())


def test_each_column_fault_shows_on_its_own_side(case: Case) -> None:
    """Offline faults in the three offline tables, serving faults in the serving log."""
    book = ledger(case)
    for fault in case.faults.columns:
        tables = {c.table for c in book if c.fault == fault.id}
        if mechanism(fault).side == "serving":
            assert tables == {"serving_log"}
        else:
            assert {"train", *EVALUATION} <= tables


def test_a_change_outside_the_faults_has_no_owner(case: Case) -> None:
    """A stray cell is listed without a fault, so that the certificate can refuse the form."""
    name = next(f.name for f in case.plan.spec.features if f.aggregate == "tenure")
    given = case.given["train"]
    columns = {**given.columns, name: given.columns[name] + (np.arange(len(given.rows)) == 3)}
    strays = [c for c in ledger(replace(case, given={**case.given, "train": replace(given, columns=columns)})) if not c.fault]
    assert [(c.table, c.column, c.row.tolist()) for c in strays] == [("train", name, [3])]


def test_table_is_under_the_ids_of_the_take_home(case: Case) -> None:
    """One row a cell; ids of rows start with r, those of requests with q; a row has one id whatever was changed in it."""
    book = ledger(case)
    table = as_table(case, book).to_pandas()
    assert len(table) == sum(len(c.row) for c in book)
    assert set(table.loc[table.table == "serving_log", "row"].str[0]) == {"q"}
    assert set(table.loc[table.table != "serving_log", "row"].str[0]) == {"r"}
    assert table.groupby("row")["table"].nunique().max() == 1
    assert set(table["fault"]) == {f.id for f in case.faults.columns}
