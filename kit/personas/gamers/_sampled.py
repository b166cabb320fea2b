"""Rows that a recount looks at, and the events that concern them, each stream read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kit.personas.workshop.asof import Events, Ints, micros

SAMPLE = 400
"""Rows looked at in each table."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The sampled rows of one table."""

    frame: pd.DataFrame
    entity: Ints
    """Place in entities.parquet."""
    at: Ints
    group: Ints
    """Number of the entity's group."""


class Log:
    """One stream, entities and types as numbers."""

    def __init__(self, folder: Path, stream: str, ids: pd.Index, groups: Ints) -> None:
        names = ["event_id", "entity_id", "event_time", "recorded_at", "type", "value", "source"]
        coded = ["entity_id", "type", "source"]  # few different values: read as numbers, which is quicker and is what they are used as
        table = pq.read_table(folder / "events" / f"{stream}.parquet", columns=names, use_threads=False, read_dictionary=coded)
        entity, found = _codes(table["entity_id"])
        self._entity = ids.get_indexer(found).astype(np.int64)[entity]
        self._time, self._recorded = (table[name].cast(pa.int64()).to_numpy() for name in ("event_time", "recorded_at"))
        self._value = table["value"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        (self._type, self._types), (self._source, self._sources) = _codes(table["type"]), _codes(table["source"])
        log = pq.read_table(folder / "events" / "amendments.parquet", filters=pc.field("stream") == stream, use_threads=False).to_pandas()
        code, amended = pd.factorize(log["event_id"])
        at = micros(log["recorded_at"])
        order = np.lexsort((at, code))
        slot = pc.fill_null(pc.index_in(table["event_id"], pa.array(amended, type=pa.string())), -1)
        self._slot = slot.to_numpy(zero_copy_only=False).astype(np.int64)
        self._changes = (code.astype(np.int64)[order], at[order], log["old_value"].to_numpy(dtype=np.float64, na_value=np.nan)[order])
        self._groups = groups

    def of(self, type_: str, rows: Sequence[Rows], by: str) -> Events:
        """The events of one type that concern the rows, by entity or by group, in time order."""
        place = self._places(type_)
        owner = self._entity[place] if by == "entity" else self._groups[self._entity[place]]
        wanted = np.unique(np.concatenate([r.entity if by == "entity" else r.group for r in rows]))
        keep = np.isin(owner, wanted)
        return self._events(place[keep], owner[keep])

    def whole(self, type_: str) -> Events:
        """All events of one type, by entity, in time order."""
        place = self._places(type_)
        return self._events(place, self._entity[place])

    def _places(self, type_: str) -> Ints:
        return np.flatnonzero(self._type == self._types.get_indexer([type_])[0])

    def _events(self, place: Ints, owner: Ints) -> Events:
        order = np.lexsort((self._recorded[place], self._time[place], owner))
        place = place[order]
        changed, changed_at, before = self._changes
        concern = np.isin(changed, self._slot[place])  # of the amendments of a whole log those of a few events are left: a hundredth of the work
        changed, changed_at, before = changed[concern], changed_at[concern], before[concern]
        return Events(
            owner=owner[order], entity=self._entity[place], time=self._time[place], recorded=self._recorded[place], value=self._value[place],
            source=np.asarray(self._sources, dtype=object)[self._source[place]], slot=self._slot[place],
            changed=changed, changed_at=changed_at, before=before,
        )  # fmt: skip


def _codes(column: pa.ChunkedArray) -> tuple[Ints, pd.Index]:
    """A dictionary column as numbers, and the words that they stand for."""
    whole = column.unify_dictionaries().combine_chunks()
    return whole.indices.to_numpy(zero_copy_only=False).astype(np.int64), pd.Index(whole.dictionary.to_pandas())


def sample(table: pd.DataFrame, ids: pd.Index, groups: Ints, *, limit: int = SAMPLE) -> Rows:
    """Rows spread evenly over the decisions of a table: always the same ones."""
    ordered = table.sort_values(["decision_time", "entity_id"], kind="stable")
    frame = ordered.iloc[np.unique(np.linspace(0, len(ordered) - 1, min(limit, len(ordered))).astype(int))].reset_index(drop=True)
    entity = ids.get_indexer(frame["entity_id"]).astype(np.int64)
    return Rows(frame=frame, entity=entity, at=micros(frame["decision_time"]), group=groups[entity])


class Sampled:
    """The sampled rows of training and of the serving log, with the events that concern them."""

    def __init__(self, folder: Path, train: pd.DataFrame, served: pd.DataFrame) -> None:
        self._folder, self._tables = folder, (train, served)
        self._events: dict[tuple[str, str, str], Events] = {}
        self._log: tuple[str, Log] | None = None

    @cached_property
    def _entities(self) -> pd.DataFrame:
        return pd.read_parquet(self._folder / "entities.parquet", columns=["entity_id", "group_id", "started_at"])

    @cached_property
    def started(self) -> Ints:
        """First day of every entity."""
        return micros(self._entities["started_at"])

    @cached_property
    def _people(self) -> tuple[pd.Index, Ints]:
        people = self._entities
        return pd.Index(people["entity_id"]), pd.factorize(people["group_id"])[0].astype(np.int64)

    @cached_property
    def both(self) -> tuple[Rows, Rows]:
        """Rows of training, rows of the serving log."""
        train, served = self._tables
        return sample(train, *self._people), sample(served, *self._people)

    @cached_property
    def training(self) -> Rows:
        """All rows of training."""
        train = self._tables[0]
        return sample(train, *self._people, limit=len(train))

    def events(self, stream: str, type_: str, by: str) -> Events:
        """As `Log.of`, worked out once."""
        asked = stream, type_, by
        if asked not in self._events:
            self._events[asked] = self.log(stream).of(type_, self.both, by)
        return self._events[asked]

    def log(self, stream: str) -> Log:
        """A whole stream. Only the last is kept: ask stream by stream."""
        if self._log is None or self._log[0] != stream:
            self._log = None  # before the next is read, so that there are never two
            self._log = stream, Log(self._folder, stream, *self._people)
        return self._log[1]

    def close_log(self) -> None:
        """Let go of the last log; events that were asked for are kept."""
        self._log = None
