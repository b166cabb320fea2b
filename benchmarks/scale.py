"""One million snapshots by forty columns with their events, block by block: time by stage against two floors, and peak memory.

The floors are filling the same columns with numpy random numbers and writing them as Parquet (zstd level 1), and
`sklearn.datasets.make_classification` of the same shape plus `to_parquet`. Ratios come from one run. Run through `make bench`.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.datasets import make_classification

from generators.blueprint import draw
from generators.case import Faults
from generators.catalog import scenarios
from generators.features import World, render
from generators.rows import Rows
from generators.seeding import Stream
from generators.tables import Table, Writer
from generators.world import BLOCK, Setting, blocks

spent: dict[str, float] = defaultdict(float)


@contextmanager
def stage(name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    spent[name] += time.perf_counter() - begin


def ours(folder: Path, snapshots: int) -> tuple[int, int]:
    """World, both renderings, planting and Parquet; returns rows and events."""
    stream = Stream.root(b"benchmark secret of 32 bytes, ok", "bench", "1")
    business = scenarios()["subscription_churn"]
    plan = draw(stream, business.id, form="standard", level="mid")
    calendar = replace(plan.calendar, offline=tuple(range(6, 23)), weeks=31)  # weekly snapshots, nothing after the export
    plan = replace(plan, calendar=calendar, slots=BLOCK * max(1, round(snapshots / (BLOCK * 10.6))))
    dirty = Faults.of(plan).dirty
    setting = Setting(stream=stream.child("world"))
    intercept: float | None = None
    writers: dict[str, pq.ParquetWriter] = {}
    rows_done = events_done = 0

    def put(name: str, table: pa.Table) -> None:
        if name not in writers:
            words = ["plan", "signup_channel", "type", "source"]
            writers[name] = pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd", compression_level=1, use_dictionary=words)
        writers[name].write_table(table)

    writer = Writer(scenario=business, spec=plan.spec, keys=stream.child("given"))
    for number, _ in blocks(plan):
        with stage("world"):
            world = World(plan, business, setting, only=number, intercept=intercept)
            intercept = world.intercept
            events = [world.events(channel, 0) for channel in plan.channels]
        times = [plan.calendar.at(week) for week in plan.calendar.offline]
        who = [world.eligible(t) for t in times]
        entity, time_ = np.concatenate(who), np.concatenate([np.full(len(e), t) for e, t in zip(who, times, strict=True)])
        with stage("offline rendering and planting"):
            given = render(world, dirty, entity, time_, path="offline")
        with stage("online rendering"):
            render(world, plan.spec, entity, time_, path="online")
        with stage("Parquet of the table"):
            table = Table(rows=Rows.plain(entity, time_), columns=given, label=world.labels(entity, time_))
            put("train", writer.frame(table, id_name="row_id", first=rows_done))
        with stage("Parquet of the log"):
            for log in events:
                put(
                    "events",
                    pa.table({"entity": log.entity, "event_time": log.time, "recorded_at": log.recorded, "value": log.value, "source": log.source}),
                )
                events_done += len(log)
        rows_done += len(entity)
    for open_writer in writers.values():
        open_writer.close()
    return rows_done, events_done


def floor(folder: Path, rows: int, columns: int) -> float:
    begin = time.perf_counter()
    rng = np.random.default_rng(0)
    table = pa.table({f"c{i}": rng.random(rows) for i in range(columns)})
    pq.write_table(table, folder / "floor.parquet", compression="zstd", compression_level=1)
    return time.perf_counter() - begin


def classification(folder: Path, rows: int, columns: int) -> float:
    begin = time.perf_counter()
    x, y = make_classification(n_samples=rows, n_features=columns, n_informative=12, random_state=0)
    table = pa.table({f"c{i}": x[:, i] for i in range(columns)} | {"label": y})
    pq.write_table(table, folder / "classification.parquet", compression="zstd", compression_level=1)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        rows, events = ours(folder, wanted.snapshots)
        whole = time.perf_counter() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        base = floor(folder, rows, 41)
        made = classification(folder, rows, 41)
    found = {
        "rows": rows, "events": events, "peak_mib": round(peak), "seconds": round(whole, 1), "floor_seconds": round(base, 2),
        "ratio": round(whole / base, 2), "make_classification_ratio": round(made / base, 2),
        "stages": {k: round(v / base, 2) for k, v in spent.items()},
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
