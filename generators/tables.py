"""The tables of a form as values and as files: training, evaluation, serving log, requests of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as File

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from generators.features import World, render
from generators.model import Feature, Floats, Ints, Path, Scenario, Spec
from generators.rows import Rows
from generators.seeding import Stream, tokens

TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table with values in lineage order: `rows` says whose they are."""

    rows: Rows
    columns: dict[str, Floats]
    label: Floats | None = None


def fill(world: World, spec: Spec, rows: Rows, *, path: Path, labelled: bool, jitter: Stream | None = None) -> Table:
    """Render the columns of every row from its source; `jitter` makes the slight changes of rows that have them."""
    columns = render(world, spec, rows.entity, rows.time, path=path)
    if jitter is not None and rows.jitter.any():
        _jitter(columns, spec, rows, jitter)
    return Table(rows=rows, columns=columns, label=world.labels(rows.entity, rows.time) if labelled else None)


def _jitter(columns: dict[str, Floats], spec: Spec, rows: Rows, stream: Stream) -> None:
    """Three numeric columns of each such row move by one to three of their smallest steps."""
    rng = stream.rng()
    numeric = [f for f in spec.features if f.aggregate not in ("attribute", "last") and f.stream != "entities"]
    for row in np.flatnonzero(rows.jitter):
        for position in rng.choice(len(numeric), 3, replace=False):
            feature = numeric[int(position)]
            step = float(rng.integers(1, 4)) * max(feature.unit, 0.01 if feature.divide == 1 else 0.37)
            if feature.aggregate in ("count", "days_since"):
                step = 1.0
            columns[feature.name][row] = round(columns[feature.name][row] + step, 2)


def category_names(scenario: Scenario, feature: Feature) -> list[str] | None:
    """The words of a category column, by code; None for a number."""
    if feature.aggregate != "attribute":
        return None
    attribute = next(a for a in scenario.attributes if a.name == feature.type)
    return [name for name, _ in attribute.categories] or None


def arrow_column(scenario: Scenario, feature: Feature, values: Floats) -> pa.Array:
    """A column as it is stored. The type follows from the definition alone, never from the values, so that it tells nothing of a fault."""
    words = category_names(scenario, feature)
    if words is not None:
        return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32)), pa.array(words)).cast(pa.string())
    if feature.aggregate in ("count", "tenure"):
        return pa.array(values.astype(np.int64))
    return pa.array(values, mask=np.isnan(values))


def stamps(time: Ints) -> pa.Array:
    """Times as Arrow timestamps."""
    return pa.array(time, type=pa.int64()).cast(TIME)


def id_text(prefix: str, numbers: Ints, stream: Stream) -> pa.Array:
    """Keyed ids as strings with a prefix."""
    text = tokens(stream.child(prefix), numbers)
    return pa.array(np.char.add(prefix.encode() + b"_", text)).cast(pa.string())


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes tables of one stage under that stage's keyed ids and orders."""

    scenario: Scenario
    spec: Spec
    keys: Stream
    """Ids of rows, requests, entities and events of the stage come from here."""

    def entity(self, numbers: Ints) -> pa.Array:
        return id_text("e", numbers, self.keys)

    def frame(self, table: Table, *, id_name: str, first: int) -> pa.Table:
        """All columns in lineage order; rows are numbered from `first` for their ids."""
        numbers = first + np.arange(len(table.rows))
        data: dict[str, pa.Array] = {
            id_name: id_text("r" if id_name == "row_id" else "q", numbers, self.keys),
            "entity_id": self.entity(table.rows.shown_entity),
            "decision_time": stamps(table.rows.shown_time),
        }
        for feature in self.spec.features:
            data[feature.name] = arrow_column(self.scenario, feature, table.columns[feature.name])
        if table.label is not None:
            data["label"] = pa.array(table.label.astype(np.int64) if self.scenario.task == "binary" else table.label)
        return pa.table(data)


def save(table: pa.Table, file: File, order: Ints | None = None) -> None:
    """Write Parquet as the kit does everywhere: zstd level 1, dictionaries for strings only, large row groups."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if order is not None:
        table = table.take(pa.array(order))
    strings = [f.name for f in table.schema if pa.types.is_string(f.type) and not f.name.endswith("_id")] + (
        ["entity_id"] if "entity_id" in table.schema.names else []
    )
    times = {f.name: "DELTA_BINARY_PACKED" for f in table.schema if pa.types.is_timestamp(f.type)}
    pq.write_table(
        table.replace_schema_metadata(None), file, compression="zstd", compression_level=1, use_dictionary=strings, column_encoding=times,
        row_group_size=1 << 19,
    )  # fmt: skip


def merged(columns: Mapping[str, Floats], **changed: Floats) -> dict[str, Floats]:
    """The same columns with some replaced."""
    return {**columns, **changed}
