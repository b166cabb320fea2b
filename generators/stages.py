"""The inputs of a grading: training folders, production batches and the plan of calls. Each stage has its own ids and its own order."""

from __future__ import annotations

import os
from pathlib import Path as File
from typing import Any

import numpy as np
import pyarrow as pa

from generators.case import Case, Probe, Production
from generators.features import World
from generators.log import shuffled, write_log
from generators.model import DAY, Floats, Ints
from generators.rows import EVALUATION
from generators.seeding import Stream
from generators.tables import Table, Writer, save

SAMPLE = 60
"""Requests of a sample batch; its log holds these entities and their groups."""
KEPT = 0.98
"""Share of rows that a staged training folder keeps, so that no copy of the take-home's tables ever comes back."""


def write_given(case: Case, folder: File) -> dict[str, int]:
    """The take-home's own data: tables, log, entities. Returns rows by table."""
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("given"))
    counts = write_tables(case.given, writer, folder)
    return counts | write_log(case.world, writer, folder, cut=case.plan.calendar.cut)


def write_honest(case: Case, folder: File) -> None:
    """The honest values of the given rows, under the same ids."""
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("given"))
    first = 0
    for name in ("train", *EVALUATION, "serving_log"):
        table = Table(rows=case.given[name].rows, columns=case.honest[name])
        id_name = "request_id" if name == "serving_log" else "row_id"
        frame = writer.frame(table, id_name=id_name, first=first).drop_columns(["entity_id", "decision_time"])
        save(frame, folder / f"{name}.parquet", shuffled(writer.keys.child("order", name), len(frame)))
        first += len(frame)


def write_tables(tables: dict[str, Table], writer: Writer, folder: File, *, keep: Stream | None = None) -> dict[str, int]:
    """train, holdout, acceptance and serving_log, shuffled under the writer's keys; with `keep`, a few rows are left out."""
    counts, first = {}, 0
    for name in ("train", *EVALUATION, "serving_log"):
        frame = writer.frame(tables[name], id_name="request_id" if name == "serving_log" else "row_id", first=first)
        first += len(frame)
        order = shuffled(writer.keys.child("order", name), len(frame))
        if keep is not None:
            order = order[keep.child(name).rng().random(len(order)) < KEPT]
        save(frame, folder / f"{name}.parquet", order)
        counts[name] = len(order)
    return counts


def write_training(case: Case, folder: File) -> None:
    """`real` and `repaired`: the same rows under the same ids, as given and with every faulty cell and row repaired; one log for both."""
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("staged"))
    for name, tables in (("real", case.given), ("repaired", case.repaired)):
        write_tables(tables, writer, folder / name, keep=case.stream.child("kept"))
    write_log(case.world, writer, folder / "real", cut=case.plan.calendar.cut)
    for file in [folder / "real" / "entities.parquet", *sorted((folder / "real" / "events").iterdir())]:
        twin = folder / "repaired" / file.relative_to(folder / "real")
        twin.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, twin)


def write_probe(case: Case, probe: Probe, folder: File) -> None:
    """One of the worlds that `validate` is run in."""
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("staged", probe.name))
    write_tables(probe.tables, writer, folder / probe.name, keep=case.stream.child("kept", probe.name))
    write_log(probe.world, writer, folder / probe.name, cut=probe.world.blueprint.calendar.cut)


def write_batch(case: Case, position: int, stages: File, outcomes: File) -> None:
    """One production run: its log as of the decision, the same with later records, and a requests table a probe with its outcomes."""
    run, name = case.production[position], f"p{position + 1}"
    time = int(run.rows.time[0])
    writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("batch", name))
    folder = stages / name
    write_log(case.world, writer, folder, cut=time)
    with_late = position == 0
    if with_late:
        write_log(case.world, writer, folder / "late_full", cut=time, until=time + 21 * DAY)
        (folder / "late_full" / "events").rename(folder / "late")
        (folder / "late_full" / "entities.parquet").unlink()
        (folder / "late_full").rmdir()
    rng = case.stream.child("requests", name).rng()
    everyone = np.flatnonzero(rng.random(len(run.rows)) < KEPT)
    half = rng.random(len(everyone)) < 0.5
    tables: dict[str, tuple[dict[str, Floats], Ints]] = {"served": (run.served, everyone), "honest": (run.honest, everyone)}
    for fault in case.faults.columns:
        if fault.id in run.leaks:
            tables[f"leak_{fault.id}"] = (run.with_leak(fault), everyone)
    if position == 0:
        tables |= {
            "order": (run.served, everyone),
            "part_a": (run.served, everyone[half]),
            "part_b": (run.served, everyone[~half]),
            "late": (run.served, everyone),
        }
    for number, (probe, (columns, rows)) in enumerate(tables.items()):
        _requests(case, run, writer, name, probe, columns, rows, number, folder / "requests", outcomes / name)


def _requests(
    case: Case,
    run: Production,
    writer: Writer,
    name: str,
    probe: str,
    columns: dict[str, Floats],
    rows: Ints,
    number: int,
    folder: File,
    outcomes: File,
) -> None:
    order = rows[shuffled(case.stream.child("order", name, probe), len(rows))]
    table = Table(rows=run.rows, columns=columns)
    frame = writer.frame(table, id_name="request_id", first=number * 100_000)
    save(frame, folder / f"{probe}.parquet", order)
    truth = pa.table(
        {"request_id": frame["request_id"].take(pa.array(order)), "y": pa.array(run.label[order]), "entity": pa.array(run.rows.entity[order])}
    )
    save(truth, outcomes / f"{probe}.parquet")


def write_samples(case: Case, folder: File) -> None:
    """Two sample batches for the candidate: the last two serving runs, as `predict` will get them. Their log ends at the decision."""
    served = case.given["serving_log"]
    for name, week in (("a", case.plan.calendar.serving[-2]), ("b", case.plan.calendar.serving[-1])):
        time = case.plan.calendar.at(week)
        writer = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("given"))
        rows = np.flatnonzero(served.rows.time == time)
        rng = case.stream.child("sample", name).rng()
        rows = np.sort(rng.permutation(rows)[:SAMPLE])
        table = Table(rows=served.rows.take(rows), columns={k: v[rows] for k, v in served.columns.items()})
        frame = writer.frame(table, id_name="request_id", first=900_000_000 + 1_000_000 * (name == "b"))
        save(frame, folder / name / "requests.parquet")
        write_log(case.world, writer, folder / name, cut=time, only=_neighbours(case.world, served.rows.entity[rows]))


def _neighbours(world: World, entity: Ints) -> Ints:
    """The entities and everybody who shares a group with one of them."""
    group = np.concatenate([p.group + block * 100_000 for block, p in enumerate(world.populations)])
    return np.flatnonzero(np.isin(group, group[entity]))


def calls(case: Case) -> list[dict[str, Any]]:
    """The calls of a grading, in order."""
    plan: list[dict[str, Any]] = []

    def call(name: str, command: str, **changed: Any) -> None:
        plan.append(
            {"name": name, "command": command, "data": None, "model": None, "batch": None, "probe": None, "late": False, "rows": None} | changed
        )

    for name, data in (("real", "real"), ("again", "real"), ("repaired", "repaired")):
        call(f"train_{name}", "train", data=data)
    for data in ("real", "null", "duplicates", "control_a", "control_b"):
        call(f"validate_{data}", "validate", data=data)
    runs = [f"p{i + 1}" for i in range(len(case.production))]
    leaks = [f"leak_{f.id}" for f in case.faults.columns if f.id in case.production[0].leaks]
    for run in runs:
        for probe in ("served", "honest", *leaks):
            call(f"predict_real_{run}_{probe}", "predict", model="train_real", batch=run, probe=probe)
        call(f"predict_repaired_{run}_served", "predict", model="train_repaired", batch=run, probe="served")
    for probe in ("order", "part_a", "part_b", "late"):
        call(f"predict_real_p1_{probe}", "predict", model="train_real", batch="p1", probe=probe, late=probe == "late")
    call("predict_again_p1_served", "predict", model="train_again", batch="p1", probe="served")
    return plan
