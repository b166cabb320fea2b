"""Tables as values and as files: types follow from definitions, ids are keyed, nothing else is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_world import SCENARIOS, shared_world, small_case, stream

from generators.model import Spec
from generators.rows import Rows
from generators.tables import TIME, Table, Writer, arrow_column, category_names, fill, id_text, merged, save


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_schema_of_given_and_repaired_tables_is_the_same(scenario: str) -> None:
    """The type of a column follows from its definition alone, so it tells nothing of a fault."""
    case = small_case(scenario)
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("given"))
    given, repaired = (writer.frame(tables["train"], id_name="row_id", first=0) for tables in (case.given, case.repaired))
    assert given.schema == repaired.schema
    assert given.schema.names == ["row_id", "entity_id", "decision_time", *(f.name for f in case.plan.spec.features), "label"]
    assert given.schema.field("decision_time").type == TIME
    assert {str(given.schema.field(f.name).type) for f in case.plan.spec.features} == {"int64", "double", "string"}
    assert given.schema.field("label").type == (pa.int64() if case.scenario.task == "binary" else pa.float64())


def test_nulls_and_words() -> None:
    """NaN becomes null; category codes become their words."""
    scenario = shared_world("home_pricing").scenario
    reading = next(f for f in scenario.features if f.role == "reading")
    assert arrow_column(scenario, reading, np.array([1.0, np.nan])).to_pylist() == [1.0, None]
    kind = next(f for f in scenario.features if f.name == "kind")
    assert category_names(scenario, kind) == ["flat", "terrace", "semi", "detached"]
    assert arrow_column(scenario, kind, np.array([0.0, 3.0])).to_pylist() == ["flat", "detached"]
    assert category_names(scenario, reading) is None


def test_jitter_moves_three_columns_of_the_rows_that_have_it() -> None:
    """Slight changes: three numeric columns a row, by a few of their smallest steps; other rows stay."""
    world = shared_world("subscription_churn")
    time = world.blueprint.calendar.at(14)
    entity = world.eligible(time)[:60]
    rows = replace(Rows.plain(entity, np.full(60, time)), jitter=np.arange(60) % 2 == 0)
    spec: Spec = world.blueprint.spec
    plain, moved = (
        fill(world, spec, r, path="offline", labelled=False, jitter=stream("jitter")) for r in (replace(rows, jitter=np.zeros(60, bool)), rows)
    )
    difference = {n: ~((plain.columns[n] == moved.columns[n]) | (np.isnan(plain.columns[n]) & np.isnan(moved.columns[n]))) for n in plain.columns}
    touched = np.sum(list(difference.values()), axis=0)
    assert (touched[1::2] == 0).all()
    assert touched[::2].max() == 3
    assert touched[::2].min() >= 1
    assert all(np.nanmax(np.abs(moved.columns[n] - plain.columns[n])) <= 3.0 for n in plain.columns)
    assert moved.label is None


def test_ids_of_one_table_follow_the_next() -> None:
    """Numbered through from `first`, so two tables of a stage share no id."""
    world = shared_world("home_pricing")
    time = world.blueprint.calendar.at(14)
    rows = Rows.plain(world.eligible(time)[:40], np.full(40, time))
    writer = Writer(scenario=world.scenario, spec=Spec(features=world.blueprint.spec.features[:2]), keys=stream("ids"))
    table = fill(world, writer.spec, rows, path="offline", labelled=True)
    one, two = (writer.frame(table, id_name="row_id", first=first)["row_id"].to_pylist() for first in (0, 40))
    assert not set(one) & set(two)
    assert one == id_text("r", np.arange(40), stream("ids")).to_pylist()
    assert all(len(id) == 10 and id.startswith("r_") for id in one)


def test_saved_files_tell_nothing_but_their_values(tmp_path: Path) -> None:
    """No pandas or schema metadata, zstd, rows in the order asked for."""
    table = pa.table({"row_id": ["r_1", "r_2", "r_3"], "x": [1, 2, 3], "kind": ["a", "b", "a"]}).replace_schema_metadata({"secret": "yes"})
    save(table, tmp_path / "deep" / "t.parquet", np.array([2, 0, 1]))
    read = pq.read_table(tmp_path / "deep" / "t.parquet")
    assert read["x"].to_pylist() == [3, 1, 2]
    assert read.schema.metadata is None
    column = pq.ParquetFile(tmp_path / "deep" / "t.parquet").metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_merged_columns_leave_the_first_alone() -> None:
    """A probe changes one column of a copy."""
    columns = {"a": np.zeros(2), "b": np.ones(2)}
    changed = merged(columns, b=np.full(2, 5.0))
    assert changed["b"].tolist() == [5.0, 5.0]
    assert columns["b"].tolist() == [1.0, 1.0]
    assert changed["a"] is columns["a"]
    assert Table(rows=Rows.plain(np.arange(2), np.arange(2)), columns=changed).label is None
