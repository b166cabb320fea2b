"""Which rows a form's tables hold: decisions drawn from who was eligible, and what a contamination fault does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generators.features import World
from generators.model import Floats, Ints
from generators.seeding import Stream

EVALUATION = ("holdout", "acceptance")
SHARE = 0.72
"""Share of the eligible that the training table samples at each decision; the others are the reserve that a fault may draw on."""
EVALUATED = 0.95
"""The same for the evaluation sets: the more rows, the less an honest estimate is a lottery."""
SERVED = 1500
"""Requests of one run in the serving log."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows of one table, in lineage order; what is shown differs from the source for copied rows only."""

    entity: Ints
    """Whose values the row holds."""
    time: Ints
    """As of when."""
    shown_entity: Ints
    shown_time: Ints
    origin: Ints
    """Row of train that this one copies, or -1."""
    jitter: npt.NDArray[np.bool_]
    """Do a few of its values differ slightly from the source's?"""
    faulty: npt.NDArray[np.bool_]
    """Does a fault of rows or of the split put it here?"""

    def __len__(self) -> int:
        return len(self.entity)

    @classmethod
    def plain(cls, entity: Ints, time: Ints) -> Rows:
        """Honest rows."""
        n = len(entity)
        return cls(
            entity=entity, time=time, shown_entity=entity, shown_time=time, origin=np.full(n, -1), jitter=np.zeros(n, dtype=np.bool_),
            faulty=np.zeros(n, dtype=np.bool_),
        )  # fmt: skip

    def take(self, index: Ints) -> Rows:
        """The rows at `index`."""
        return Rows(**{name: getattr(self, name)[index] for name in self.__dataclass_fields__})

    def with_rows(self, other: Rows) -> Rows:
        """These rows, then the others."""
        return Rows(**{name: np.concatenate((getattr(self, name), getattr(other, name))) for name in self.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class Split:
    """The offline tables of a form as rows, with what a strike may draw on."""

    tables: dict[str, Rows]
    """train, holdout, acceptance."""
    reserve: Rows
    """Eligible at the training decisions, in no table."""
    train_labels: Floats

    def with_table(self, name: str, rows: Rows) -> Split:
        return replace(self, tables={**self.tables, name: rows})


def offline_rows(world: World, stream: Stream) -> Split:
    """The honest tables: training decisions first; a gap of exactly the horizon; then two evaluation sets of different entities."""
    calendar = world.blueprint.calendar
    train: list[tuple[Ints, Ints]] = []
    reserve: list[tuple[Ints, Ints]] = []
    late: list[tuple[Ints, Ints]] = []
    for position, week in enumerate(calendar.offline):
        time = calendar.at(week)
        entity = world.eligible(time)
        drawn = stream.child("sample", week).rng().random(len(entity)) < (SHARE if position < calendar.train else EVALUATED)
        chosen, rest = entity[drawn], entity[~drawn]
        if position < calendar.train:
            train.append((chosen, np.full(len(chosen), time)))
            reserve.append((rest, np.full(len(rest), time)))
        else:
            late.append((chosen, np.full(len(chosen), time)))
    side = stream.child("side").rng().random(int(world.offsets[-1])) < 0.5
    later, when = _joined(late)
    tables = {
        "train": Rows.plain(*_joined(train)),
        "holdout": Rows.plain(later[side[later]], when[side[later]]),
        "acceptance": Rows.plain(later[~side[later]], when[~side[later]]),
    }
    return Split(tables=tables, reserve=Rows.plain(*_joined(reserve)), train_labels=world.labels(tables["train"].entity, tables["train"].time))


def serving_rows(world: World, stream: Stream) -> Rows:
    """The requests of the serving log: four weekly runs, each entity once."""
    calendar = world.blueprint.calendar
    seen = np.zeros(int(world.offsets[-1]), dtype=np.bool_)
    runs = []
    for week in calendar.serving:
        time = calendar.at(week)
        entity = world.eligible(time)
        entity = entity[~seen[entity]]
        chosen = np.sort(stream.child("serving", week).rng().permutation(entity)[: min(SERVED, len(entity) // 2)])
        seen[chosen] = True
        runs.append((chosen, np.full(len(chosen), time)))
    return Rows.plain(*_joined(runs))


def production_rows(world: World, stream: Stream, position: int) -> Rows:
    """The requests of one hidden production run: nearly everybody eligible."""
    time = world.blueprint.calendar.at(world.blueprint.calendar.production[position])
    entity = world.eligible(time)
    entity = entity[stream.child("production", position).rng().random(len(entity)) < 0.99]
    return Rows.plain(entity, np.full(len(entity), time))


def _joined(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([e for e, _ in parts]), np.concatenate([t for _, t in parts])
