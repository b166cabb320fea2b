"""The as-of helper and the statistics against plain loops over Python objects, and against hand-worked numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders import statistics as ev

START = pd.Timestamp("2024-01-01", tz="UTC")
HOUR = pd.Timedelta(hours=1)
hours = st.integers(0, 40).map(lambda h: h * 12)  # a coarse clock, so that ties at the decision are common

event = st.fixed_dictionaries(
    {
        "entity": st.sampled_from("abc"), "time": hours, "lag": st.sampled_from([0, 12, 48, -24, 240]),
        "type": st.sampled_from(["x", "y"]), "value": st.one_of(st.none(), st.integers(-5, 20)),
        "changes": st.lists(st.tuples(hours, st.integers(-5, 20)), max_size=3),
    }
)  # fmt: skip
row = st.tuples(st.sampled_from("abcd"), hours)


def frames(events: list[dict[str, Any]], rows: list[tuple[str, int]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rows, events and amendments: each change overwrites what stood there, `value` is what the last one left."""
    logged, amended = [], []
    for i, e in enumerate(events):
        recorded, value = e["time"] + e["lag"], e["value"]
        for j, (after, new) in enumerate(sorted(e["changes"], key=lambda c: c[0])):
            amended.append((f"a{i:03d}{j}", "s", f"e{(i * 7) % 101:03d}{i}", recorded + after, value, new))
            value = new
        logged.append((f"e{(i * 7) % 101:03d}{i}", e["entity"], e["time"], recorded, e["type"], value, "src"))
    log = pd.DataFrame(logged, columns=["event_id", "entity_id", "event_time", "recorded_at", "type", "value", "source"])
    log["event_time"], log["recorded_at"] = (START + pd.to_timedelta(log[c].astype("int64"), unit="h") for c in ("event_time", "recorded_at"))
    log["value"] = log["value"].astype("float64")
    changes = pd.DataFrame(amended, columns=["amendment_id", "stream", "event_id", "recorded_at", "old_value", "new_value"])
    changes["recorded_at"] = START + pd.to_timedelta(changes["recorded_at"].astype("int64"), unit="h")
    changes[["old_value", "new_value"]] = changes[["old_value", "new_value"]].astype("float64")
    table = pd.DataFrame(
        {"entity_id": [e for e, _ in rows], "decision_time": [START + HOUR * h for _, h in rows]}, index=[10 + 3 * i for i in range(len(rows))]
    )
    table["decision_time"] = pd.to_datetime(table["decision_time"], utc=True)
    return table, log, changes


def oracle(r: tuple[str, int], events: list[dict[str, Any]], types: list[str] | None, how: str, window: int | None, end: int, clock: str) -> float:
    """The definition, read aloud."""
    entity, t = r
    taken = []
    for i, e in enumerate(events):
        recorded = e["time"] + e["lag"]
        inside = e["time"] <= t + 24 * end and (not window or e["time"] > t + 24 * (end - window))
        if e["entity"] != entity or not inside or (types and e["type"] not in types) or (clock == "known" and recorded > t):
            continue
        value = e["value"]
        for after, new in sorted(e["changes"], key=lambda c: c[0]):
            if clock == "event" or recorded + after <= t:
                value = new
        taken.append((e["time"], recorded, f"e{(i * 7) % 101:03d}{i}", value))
    taken.sort(key=lambda x: x[:3])
    values = [v for *_, v in taken if v is not None]
    if how == "count":
        return len(taken)
    if how == "sum":
        return sum(values)
    if how in ("mean", "max"):
        return float("nan") if not values else max(values) if how == "max" else sum(values) / len(values)
    if not taken or (how == "last" and taken[-1][3] is None):
        return float("nan")
    return float(taken[-1][3] if how == "last" else (t - taken[-1][0]) // 24)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(event, max_size=25), st.lists(row, min_size=1, max_size=8), st.sampled_from([None, ["x"], ["x", "y"]]),
    st.sampled_from(["count", "sum", "mean", "max", "last", "days_since"]), st.sampled_from([None, 3, 7]), st.sampled_from([0, 2, -1]),
    st.sampled_from(["known", "event"]),
)  # fmt: skip
def test_asof_equals_the_definition(
    events: list[dict[str, Any]], rows: list[tuple[str, int]], types: list[str] | None, how: Any, window: int | None, end: int, clock: Any
) -> None:
    """Late records, several amendments of one event, bookings ahead and ties at the decision, for every aggregate and both clocks."""
    table, log, changes = frames(events, rows)
    found = ev.asof(table, log, changes, stream="s", types=types, aggregate=how, window_days=window, end_days=end, clock=clock)
    expected = [oracle(r, events, types, how, window, end, clock) for r in rows]
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-12)
    assert found.index.equals(table.index)


@settings(max_examples=40, deadline=None)
@given(st.lists(event, max_size=20), hours)
def test_known_is_the_log_as_it_stood(events: list[dict[str, Any]], at: int) -> None:
    """Only what was recorded by then, with the values that stood there."""
    _, log, changes = frames(events, [("a", 0)])
    seen = ev.known(log, changes, "s", START + HOUR * at)
    expected = {}
    for i, e in enumerate(events):
        recorded = e["time"] + e["lag"]
        if recorded <= at:
            value = e["value"]
            for after, new in sorted(e["changes"], key=lambda c: c[0]):
                value = new if recorded + after <= at else value
            expected[f"e{(i * 7) % 101:03d}{i}"] = value
    assert {k: None if np.isnan(v) else v for k, v in zip(seen["event_id"], seen["value"], strict=True)} == expected


def test_ties_go_by_record_time_then_id() -> None:
    """Among events of one time the one recorded last is the last; among those of one record time the one with the largest id."""
    log = pd.DataFrame(
        [("e9", 0, 5, 1.0), ("e1", 0, 9, 2.0), ("e2", 0, 8, 3.0), ("e5", 24, 30, 5.0), ("e7", 24, 30, 6.0), ("e6", 24, 30, 7.0)],
        columns=["event_id", "event_time", "recorded_at", "value"],
    ).assign(entity_id="a", type="x")
    log[["event_time", "recorded_at"]] = log[["event_time", "recorded_at"]].apply(lambda c: START + pd.to_timedelta(c, unit="h"))
    rows = pd.DataFrame({"entity_id": "a", "decision_time": [START + HOUR * 8, START + HOUR * 20, START + HOUR * 40]})
    for order in ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [1, 4, 0, 5, 2, 3]):
        assert ev.asof(rows, log.iloc[order], None, stream="s", aggregate="last").tolist() == [3.0, 2.0, 6.0]


def test_asof_bounds_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows taken a few pairs at a time give the same values as all at once."""
    rng = np.random.default_rng(1)
    events = [
        {"entity": "abc"[k], "time": int(t) * 12, "lag": 12, "type": "x", "value": int(k), "changes": []} for k, t in rng.integers(0, 3, (60, 2))
    ]
    table, log, changes = frames(events, [("abc"[i % 3], 480) for i in range(20)])
    whole = ev.asof(table, log, changes, stream="s", aggregate="sum")
    monkeypatch.setattr(ev, "_AT_ONCE", 7)
    assert ev.asof(table, log, changes, stream="s", aggregate="sum").equals(whole)


def test_asof_by_a_group_and_with_mistakes() -> None:
    """Any column that both frames have can be the key; a wrong aggregate and a missing column say what was expected."""
    table, log, changes = frames([{"entity": "a", "time": 0, "lag": 0, "type": "x", "value": 1, "changes": []}], [("b", 24)])
    table["group_id"], log["group_id"] = "g", "g"
    assert ev.asof(table, log, changes, stream="s", by="group_id").tolist() == [1]
    assert ev.asof(table, log, None, stream="s").tolist() == [0]
    with pytest.raises(ValueError, match="'median'"):
        ev.asof(table, log, changes, stream="s", aggregate="median")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rows needs the columns household"):
        ev.asof(table, log, changes, stream="s", by="household")


cells = st.lists(st.lists(st.sampled_from([0, 1, None]), min_size=10, max_size=10), min_size=0, max_size=12)


@settings(max_examples=60, deadline=None)
@given(cells, cells, st.data())
def test_duplicate_count_equals_the_definition(mine: list[list[Any]], theirs: list[list[Any]], data: st.DataObject) -> None:
    """At least nine of ten features and the entity or the label alike, against a loop over all pairs."""
    pick = lambda n, options: data.draw(st.lists(st.sampled_from(options), min_size=n, max_size=n))  # noqa: E731

    def frame(rows: list[list[Any]], first: int) -> pd.DataFrame:
        table = pd.DataFrame(rows, columns=[f"f{i}" for i in range(10)]).astype("float64")
        table["entity_id"], table["label"] = pick(len(rows), ["a", "b", "c"]), pick(len(rows), [0, 1])
        table["row_id"] = [f"r{first + i}" for i in range(len(rows))]
        return table

    near = [[*r[:k], 7, *r[k + 1 :]] for r, k in zip(mine, data.draw(st.lists(st.integers(0, 9), max_size=6)), strict=False)]
    theirs = theirs + near  # pairs that differ in one column, whichever it is
    table = frame(mine, 0)
    other = frame(theirs, 100) if data.draw(st.booleans()) else table  # against itself a row is no copy of itself
    theirs = mine if other is table else theirs
    expected = 0
    for i, a in enumerate(mine):
        for j, b in enumerate(theirs):
            alike = sum(x == y for x, y in zip(a, b, strict=True)) >= 9
            same = table["entity_id"][i] == other["entity_id"][j] or table["label"][i] == other["label"][j]
            if alike and same and table["row_id"][i] != other["row_id"][j]:
                expected += 1
                break
    assert ev.duplicate_count(table, other) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.one_of(st.none(), st.integers(0, 4))), min_size=1, max_size=20))
def test_auc_equals_the_definition(pairs: list[tuple[int, int | None]]) -> None:
    """Won comparisons of a positive with a negative, ties half, nulls lowest, the better direction."""
    value = lambda x: -1 if x is None else x  # noqa: E731
    won = [(value(a) > value(b)) + 0.5 * (value(a) == value(b)) for y, a in pairs if y for z, b in pairs if not z]
    expected = max(np.mean(won), 1 - np.mean(won)) if won else 0.5
    table = pd.DataFrame({"label": [y for y, _ in pairs], "x": [a for _, a in pairs]}).astype("float64")
    assert ev.auc(table, "x") == pytest.approx(expected)


def test_auc_of_numbers_and_categories() -> None:
    """A numeric label gives |r|; a category counts as its own mean label."""
    table = pd.DataFrame({"label": [1.0, 2.0, 3.0, 6.0], "x": [2.0, None, 4.0, 0.0], "c": ["a", "a", "b", None]})
    r = np.corrcoef([1, 2, 3, 6], [2, 2, 4, 0])[0, 1]
    assert ev.auc(table, "x") == pytest.approx(abs(r))
    assert ev.auc(table, "c") == pytest.approx(np.corrcoef([1, 2, 3, 6], [1.5, 1.5, 3, 6])[0, 1])
    assert ev.auc(table.assign(k=1.0), "k") == 0.0


def test_psi_by_hand() -> None:
    """A training column of 1..10: one value a decile; serving sits in the lowest bin and in nulls."""
    train = pd.DataFrame({"x": np.arange(1, 11, dtype=float), "c": ["a"] * 5 + ["b"] * 5})
    log = pd.DataFrame({"x": [1.0, np.nan], "c": ["a", "z"]})
    p, q = np.array([1e-4] + [0.1] * 10), np.array([0.5, 0.5] + [1e-4] * 9)
    assert ev.psi(train, log, "x") == pytest.approx(((q - p) * np.log(q / p)).sum())
    p, q = np.array([1e-4, 0.5, 0.5, 1e-4]), np.array([1e-4, 0.5, 1e-4, 0.5])
    assert ev.psi(train, log, "c") == pytest.approx(((q - p) * np.log(q / p)).sum())
    assert ev.psi(train, train, "x") == 0


def test_small_statistics_by_hand() -> None:
    """Overlap, gap, late share and differences on a few rows."""
    a = pd.DataFrame({"entity_id": ["x", "y", "z", "x"], "decision_time": [START + HOUR * h for h in (48, 72, 96, 60)]})
    b = pd.DataFrame({"entity_id": ["x", "w"], "decision_time": [START, START + HOUR * 60]})
    assert ev.group_overlap(a, b) == 0.5
    assert ev.timestamp_gap(a, b) == -0.5
    log = pd.DataFrame({"event_time": [START] * 3, "recorded_at": [START + HOUR * h for h in (24, 25, 0)], "type": ["x", "x", "y"]})
    assert ev.late_share(log) == pytest.approx(1 / 3)
    assert ev.late_share(log, "x") == 0.5
    assert ev.late_share(log, "none") == 0.0
    table = pd.DataFrame({"n": [1.0, 2.0, np.nan, np.nan], "c": ["a", "b", None, "d"]}, index=[4, 5, 6, 7])
    honest = pd.Series([1.5, 2.0, np.nan, 9.0], index=table.index)
    assert ev.recomputed_difference(table, "n", honest) == pytest.approx((0.5 + 0 + 0 + 1) / 4)
    assert ev.served_difference(table, "c", pd.Series(["a", "x", None, None], index=table.index)) == 0.5
    with pytest.raises(ValueError, match="own index"):
        ev.recomputed_difference(table, "n", honest.reset_index(drop=True))


def test_the_file_stands_alone(tmp_path: Path) -> None:
    """Copied to another folder as evidence.py it imports without the kit."""
    (tmp_path / "evidence.py").write_text(Path(ev.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import sys, evidence; assert sorted(evidence.STATISTICS)[0] == 'auc'; "
        "assert not [m for m in sys.modules if m.split('.')[0] in ('graders', 'kit', 'generators', 'pyarrow.dataset')]"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
