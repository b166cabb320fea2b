"""The inputs of a grading: the same rows under other ids, probes that look like any other call."""

from __future__ import annotations

import json

import pandas as pd
from written_form import Written

from generators.case import mechanism
from generators.stages import calls


def test_calls_name_what_is_staged(form: Written) -> None:
    """Every call's data, batch and requests exist; models are calls that came before."""
    plan = json.loads((form.folder / "calls.json").read_text())["calls"]
    assert plan == calls(form.made.case)
    before: set[str] = set()
    for call in plan:
        if call["data"]:
            assert (form.folder / "stages" / "data" / call["data"] / "train.parquet").is_file()
        if call["batch"]:
            batch = form.folder / "stages" / "batch" / call["batch"]
            assert (batch / "requests" / f"{call['probe']}.parquet").is_file()
            assert (form.folder / "outcomes" / call["batch"] / f"{call['probe']}.parquet").is_file()
            assert (batch / "late").is_dir() or not call["late"]
        assert call["model"] is None or call["model"] in before
        before.add(call["name"])
    assert len(before) == len(plan)
    leaks = {f"leak_{f.id}" for f in form.made.case.faults.columns if mechanism(f).leak}
    assert {c["probe"] for c in plan if c["probe"] and c["probe"].startswith("leak")} == leaks


def test_no_probe_can_be_told_by_its_ids(form: Written) -> None:
    """Each requests table has ids of its own; the same entities in another order; outcomes in the order of the requests."""
    folder = form.folder / "stages" / "batch" / "p1" / "requests"
    seen: set[str] = set()
    shapes = set()
    for file in sorted(folder.iterdir()):
        requests, truth = pd.read_parquet(file), pd.read_parquet(form.folder / "outcomes" / "p1" / file.name)
        assert requests["request_id"].tolist() == truth["request_id"].tolist()
        assert not seen & set(requests["request_id"])
        seen |= set(requests["request_id"])
        assert list(requests.columns) == list(pd.read_parquet(folder / "served.parquet").columns)
        shapes.add(tuple(requests["entity_id"][:5]))
        assert "label" not in requests
    assert len(shapes) == len(list(folder.iterdir()))


def test_a_leak_probe_changes_one_column(form: Written) -> None:
    """Joined by entity, the requests that hold a leak equal the honest ones in every other column, and the outcomes are the same."""
    folder = form.folder / "stages" / "batch" / "p2" / "requests"
    honest = pd.read_parquet(folder / "honest.parquet").sort_values("entity_id").reset_index(drop=True)
    for fault in form.made.case.faults.columns:
        if mechanism(fault).leak:
            leaked = pd.read_parquet(folder / f"leak_{fault.id}.parquet").sort_values("entity_id").reset_index(drop=True)
            differing = [name for name in honest.columns if not honest[name].equals(leaked[name])]
            assert differing == ["request_id", fault.site] or sorted(differing) == sorted(["request_id", fault.site])


def test_parts_make_the_whole(form: Written) -> None:
    """The two part calls hold the served requests, each once."""
    folder = form.folder / "stages" / "batch" / "p1" / "requests"
    whole, a, b = (set(pd.read_parquet(folder / f"{name}.parquet")["entity_id"]) for name in ("served", "part_a", "part_b"))
    assert a | b == whole
    assert not a & b
    assert 0.4 < len(a) / len(whole) < 0.6


def test_late_records_are_later_and_leave_the_rest_alone(form: Written) -> None:
    """The folder `late` holds the events of the batch unchanged, and some recorded after the decision."""
    case, batch = form.made.case, form.folder / "stages" / "batch" / "p1"
    decision = pd.Timestamp(case.plan.calendar.at(case.plan.calendar.production[0]), unit="us", tz="UTC")
    for file in (batch / "events").iterdir():
        plain, late = pd.read_parquet(file), pd.read_parquet(batch / "late" / file.name)
        assert (plain["recorded_at"] <= decision).all()
        key = "amendment_id" if file.stem == "amendments" else "event_id"
        merged = late[late["recorded_at"] <= decision].set_index(key).sort_index()
        if file.stem != "amendments":
            assert (late["recorded_at"] > decision).sum() > 10
            pd.testing.assert_frame_equal(merged, plain.set_index(key).sort_index())


def test_real_and_repaired_are_the_same_rows_but_for_the_faults(form: Written) -> None:
    """Same ids where the row is honest; only the columns of offline faults differ."""
    real, repaired = (pd.read_parquet(form.folder / "stages" / "data" / name / "train.parquet").set_index("row_id") for name in ("real", "repaired"))
    assert set(real.index) == set(repaired.index)
    repaired = repaired.loc[real.index]
    differing = {name for name in real.columns if not real[name].equals(repaired[name])}
    assert differing == {f.site for f in form.made.case.faults.columns if mechanism(f).side == "offline"}
    assert 0.96 < len(real) / len(form.made.case.given["train"].rows) < 1.0
