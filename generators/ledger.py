"""Exactly what each fault changed: leave-one-out from the dirty rendering, column by column and row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.measures import differing
from generators.model import Floats, Ints, Spec
from generators.tables import Table


@dataclass(frozen=True, kw_only=True)
class Change:
    """The cells of one column of one table that a fault changed, by lineage row."""

    fault: str
    table: str
    column: str
    row: Ints
    before: Floats
    """Honest values."""
    after: Floats
    """Values as the table shows them."""


def changes(fault: str, table_name: str, spec: Spec, given: Table, honest: dict[str, Floats]) -> list[Change]:
    """Every cell of a table in which the rendering with the fault and the one without it differ; copied rows are not looked at."""
    plain = given.rows.origin < 0
    found = []
    for feature in spec.features:
        mask = differing(given.columns[feature.name], honest[feature.name], feature.unit) & plain
        if mask.any():
            rows = np.flatnonzero(mask)
            found.append(
                Change(
                    fault=fault,
                    table=table_name,
                    column=feature.name,
                    row=rows,
                    before=honest[feature.name][rows],
                    after=given.columns[feature.name][rows],
                )
            )
    return found
