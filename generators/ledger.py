"""Exactly what each fault changed: the given rendering against the one without that fault, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from generators.case import Case
from generators.measures import differing
from generators.model import Floats, Ints
from generators.rows import EVALUATION
from generators.tables import id_text


@dataclass(frozen=True, kw_only=True)
class Change:
    """The cells of one column of one table that differ from the honest rendering, by lineage row."""

    fault: str
    """The column fault whose site it is; empty where no fault should have changed anything."""
    table: str
    column: str
    row: Ints
    before: Floats
    """Honest values."""
    after: Floats
    """Values as the table shows them."""
    rows: int
    """Rows of the table that were compared (copied rows are not)."""

    @property
    def share(self) -> float:
        return len(self.row) / max(1, self.rows)


def ledger(case: Case) -> list[Change]:
    """Every cell of the given tables that differs from the honest rendering.

    A column fault edits one definition, so leaving it out restores its own column and nothing else: its changes are those of its
    column. A change in any other column belongs to no fault, and the certificate refuses the form.
    """
    owner = {f.site: f.id for f in case.faults.columns}
    found = []
    for table in ("train", *EVALUATION, "serving_log"):
        given = case.given[table]
        plain = given.rows.origin < 0
        for feature in case.plan.spec.features:
            before, after = case.honest[table][feature.name], given.columns[feature.name]
            rows = np.flatnonzero(differing(after, before, feature.unit) & plain)
            if len(rows):
                found.append(
                    Change(
                        fault=owner.get(feature.name, ""), table=table, column=feature.name, row=rows, before=before[rows], after=after[rows],
                        rows=int(plain.sum()),
                    )
                )  # fmt: skip
    return found


def as_table(case: Case, changes: list[Change]) -> pa.Table:
    """The ledger under the ids of the take-home: fault, table, row, column, before, after."""
    first, start = {}, 0
    for name in ("train", *EVALUATION, "serving_log"):
        first[name] = start
        start += len(case.given[name].rows)
    keys = case.stream.child("given")
    parts = [
        pa.table(
            {
                "fault": pa.array([c.fault] * len(c.row), pa.string()),
                "table": pa.array([c.table] * len(c.row), pa.string()),
                "row": id_text("q" if c.table == "serving_log" else "r", first[c.table] + c.row, keys),
                "column": pa.array([c.column] * len(c.row), pa.string()),
                "before": pa.array(c.before, mask=np.isnan(c.before)),
                "after": pa.array(c.after, mask=np.isnan(c.after)),
            }
        )
        for c in changes
    ]
    return pa.concat_tables(parts)
