"""What a script can see without reading: the mechanical recount, in its naive and its as-of-aware strength, and conditional drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.asof import Moments, aggregate
from generators.features import World
from generators.measures import differing, psi
from generators.model import Feature, Floats, Ints

ENDS = (7, 14, 28)
"""Later window ends that the recount tries, in days."""


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """Shares of cells that a recount contradicts."""

    naive: float
    """Event clock, latest values."""
    later: float
    """The same with the best-fitting later window end."""
    aware: float
    """Record clock, amendments undone."""


def recount(world: World, feature: Feature, given: Floats, entity: Ints, time: Ints, *, limit: int = 4000) -> Mismatch:
    """Recount a column from the visible log as a script would that knows stream, type, aggregate and written window, but no rules.

    `given` are the values as the table shows them. At most `limit` rows are looked at, evenly spread.
    """
    step = max(1, len(entity) // limit)
    given, entity, time = given[::step], entity[::step], time[::step]
    window = feature.window - (feature.end if feature.end > 0 else 0)
    channel = world.blueprint.channel(f"{feature.stream}.{feature.type}")
    ways = [(0, True), (0, False), *((end, False) for end in ENDS)]  # (later end, aware of the record clock)
    answers = np.empty((len(ways), len(entity)))
    for number, local, rows in world.each_block(entity):
        events = world.exported(channel, number)
        moments, order = Moments.of(local, time[rows])
        for answer, (end, aware) in zip(answers, ways, strict=True):
            answer[rows[order]] = aggregate(events, moments, how=feature.aggregate, window=window, end=end, sees_all=not aware) / feature.divide
    by_record, naive, *later = (float(differing(given, answer, feature.unit).mean()) for answer in answers)
    return Mismatch(naive=naive, later=min(later), aware=by_record)


def conditional_drift(train: dict[str, Floats], serving: dict[str, Floats], column: str, *, limit: int = 4000) -> float:
    """Drift of what the other columns do not explain: PSI, training against served, of the residual of a linear fit on all others."""
    others = [name for name in train if name != column]

    def design(table: dict[str, Floats]) -> Floats:
        n = len(table[column])
        step = max(1, n // limit)
        return np.column_stack([table[name][::step] for name in others] + [np.ones(len(range(0, n, step)))])

    def target(table: dict[str, Floats]) -> Floats:
        return table[column][:: max(1, len(table[column]) // limit)]

    x, y = design(train), target(train)
    center = np.where(np.isnan(x).all(axis=0), 0.0, np.nanmean(np.where(np.isnan(x).all(axis=0), 0.0, x), axis=0))
    spread = np.nanstd(x, axis=0)
    spread = np.where(spread > 0, spread, 1.0)

    def ready(table: Floats) -> Floats:
        scaled = (np.where(np.isnan(table), center, table) - center) / spread
        scaled[:, -1] = 1.0
        return scaled

    known = ~np.isnan(y)
    weights, *_ = np.linalg.lstsq(ready(x)[known], y[known], rcond=None)
    served = target(serving)
    return psi(y - ready(x) @ weights, served - ready(design(serving)) @ weights)
