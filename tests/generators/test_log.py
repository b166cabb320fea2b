"""The raw log as files: with it, honest columns can be recounted by somebody who has nothing else."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest
from written_form import Written

from generators.catalog import decoys, marks

PLAIN = ("true", "e.event_time", "e.recorded_at")
RULES = {
    (): PLAIN,
    ("excluded_source",): (f"e.source <> '{marks()['excluded_source']}'", *PLAIN[1:]),
    ("weekend_events",): ("isodow(e.event_time at time zone 'UTC') < 6", *PLAIN[1:]),
    ("booked_ahead",): PLAIN,
    ("small_events",): ("e.value >= 5", *PLAIN[1:]),
    ("reimported_entries",): (*PLAIN[:2], f"case when e.source = '{marks()['reimported_entries']}' then e.event_time else e.recorded_at end"),
    ("settlement_dates",): (
        "true",
        f"case when e.source = '{marks()['settlement_dates']}' then e.event_time - interval 14 day else e.event_time end",
        "e.recorded_at",
    ),
}
"""By rule: which events count, when they took place, since when they were known."""


def test_honest_counts_follow_from_the_files(form: Written) -> None:
    """DuckDB over the given files alone: counts without a rule, or with one that SQL can say in a line; cell by cell."""
    case = form.made.case
    checked = 0
    with duckdb.connect() as connection:
        for feature in case.plan.spec.features:
            asides = [decoys()[r] for r in feature.rules if decoys()[r].aside]
            rule = RULES.get(tuple(r for r in feature.rules if not decoys()[r].aside))
            if feature.aggregate != "count" or feature.by != "entity" or rule is None:
                continue
            which, happened, known = rule
            for table, side in (("train", "offline"), ("serving_log", "serving")):
                if any(side in aside.phases for aside in asides):  # there the log may no longer be what was counted
                    continue
                id_name = "request_id" if table == "serving_log" else "row_id"
                wrong = connection.execute(
                    f"""
                    with counted as (
                      select t.{id_name} as id, count(e.event_id) as n
                      from '{form.folder}/given/{table}.parquet' t
                      left join '{form.folder}/given/events/{feature.stream}.parquet' e
                        on e.entity_id = t.entity_id and e.type = '{feature.type}' and {which}
                        and {known} <= t.decision_time and {happened} <= t.decision_time + interval {feature.end} day
                        and {happened} > t.decision_time - interval {feature.window - feature.end} day
                      group by 1
                    )
                    select count(*) from counted c join '{form.folder}/honest/{table}.parquet' h on h.{id_name} = c.id where h."{feature.name}" <> c.n
                    """
                ).fetchall()[0][0]
                # rows that a strike shows under another entity or time have values of their own
                copies = int((case.given[table].rows.origin >= 0).sum())
                assert wrong <= copies, (feature.name, table)
                checked += 1
    assert checked >= 4


def test_export_holds_what_was_recorded_by_its_cut(form: Written) -> None:
    """Nothing later, in the take-home and in every sample batch; amendments included."""
    calendar = form.made.case.plan.calendar
    for folder, cut in ((form.folder / "given", calendar.cut), (form.folder / "samples" / "a", calendar.at(calendar.serving[-2]))):
        for file in (folder / "events").iterdir():
            recorded = pd.read_parquet(file)["recorded_at"]
            assert recorded.max() <= pd.Timestamp(cut, unit="us", tz="UTC"), file.name


def test_value_is_the_latest_and_the_amendments_lead_back(form: Written) -> None:
    """For each amended event: the chain starts at the first value, has no break, and ends at the value in the file."""
    folder = form.folder / "given" / "events"
    amendments = pd.read_parquet(folder / "amendments.parquet")
    assert amendments["amendment_id"].is_unique
    assert set(amendments["stream"]) <= {s.name for s in form.made.case.scenario.streams}
    for stream, mine in amendments.groupby("stream"):
        events = pd.read_parquet(folder / f"{stream}.parquet").set_index("event_id")
        assert events.index.is_unique
        chain = mine.sort_values(["event_id", "recorded_at"], kind="stable")
        again = chain["event_id"].eq(chain["event_id"].shift())
        assert (chain.loc[again, "old_value"] == chain["new_value"].shift()[again]).all()
        last = chain.groupby("event_id")["new_value"].last()
        assert (events.loc[last.index, "value"] == last).all()


def test_ids_are_keyed_and_shared_by_all_files_of_a_stage(form: Written) -> None:
    """Entities of tables and events are those of entities.parquet; another stage knows none of them."""
    entities = pd.read_parquet(form.folder / "given" / "entities.parquet")
    assert entities["entity_id"].is_unique
    known = set(entities["entity_id"])
    for table in ("train", "holdout", "serving_log"):
        assert set(pd.read_parquet(form.folder / "given" / f"{table}.parquet")["entity_id"]) <= known
    events = pd.read_parquet(form.folder / "given" / "events" / f"{form.made.case.scenario.streams[0].name}.parquet")
    assert set(events["entity_id"]) <= known
    for other in (form.folder / "stages" / "data" / "real", form.folder / "stages" / "batch" / "p1"):
        assert not known & set(pd.read_parquet(other / "entities.parquet")["entity_id"])


@pytest.mark.parametrize("file", ["given/train.parquet", "given/holdout.parquet", "given/entities.parquet"])
def test_order_of_rows_tells_nothing(form: Written, file: str) -> None:
    """Neither the decision time, the label nor the start follows the position. False alarm: 5 standard errors."""
    table = pd.read_parquet(form.folder / file)
    column = table["started_at"].astype("int64") if "entities" in file else table["decision_time"].astype("int64")
    bound = 5 / len(table) ** 0.5
    position = pd.Series(range(len(table)))
    assert abs(position.corr(column.rank())) < bound
    if "label" in table:
        assert abs(position.corr(table["label"].rank())) < bound
