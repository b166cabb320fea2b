"""The mechanical recount finds plain definitions, and says how far everything else is from one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini

from graders import statistics
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._recount import AGGREGATES, ENDS, WINDOWS, Asked, Pairs, differs, recount, windows
from kit.personas.gamers._sampled import Log, Sampled, sample


def plain_columns(mini: Mini) -> dict[str, dict[str, object]]:
    """Honest columns from events whose definition has no rule."""
    features = mini.form.definitions.features
    columns = {n: dict(d) for n, d in features.items() if not d["rules"] and d["aggregate"] not in ("attribute", "tenure")}
    return {n: d for n, d in columns.items() if n not in mini.form.faulty_columns}


def test_plain_columns_recount_without_a_misfit(desk: Desk, each: Mini) -> None:
    """On the record clock, offline and served; and the definition found is the written one."""
    frame, wanted = desk.recounted(), plain_columns(each)
    assert len(wanted) >= 5
    for name, d in wanted.items():
        row = frame.loc[name]
        assert max(row["aware_train"], row["aware_served"]) == 0, name
        assert (row["aggregate"], row["window"], row["by"]) == (d["aggregate"], d["window"], d["by"]), name


def test_a_leak_misfits_offline_and_a_skew_as_served(each: Mini, desk: Desk) -> None:
    """Every fault in a column shows on its own side."""
    frame = desk.recounted()
    for fault in each.form.column_faults():
        row = frame.loc[str(fault.locus.column)]
        side, other = ("aware_served", "aware_train") if fault.locus.table == "serving_log" else ("aware_train", "aware_served")
        assert row[side] > 0.02, fault.mechanism
        assert row[side] > row[other], fault.mechanism


@pytest.mark.parametrize("aware", [True, False])
def test_answers_are_those_of_the_evidence_helper(aware: bool, churn: Mini, seat: Callable[[Mini], Desk]) -> None:
    """Every aggregate over several windows and ends, on either clock, cell by cell."""
    desk = seat(churn)
    column = next(c for c in desk.columns.values() if c.stream == "payments")
    people = pd.read_parquet(desk.data / "entities.parquet")
    ids, groups = pd.Index(people["entity_id"]), pd.factorize(people["group_id"])[0].astype(np.int64)
    rows = sample(desk.table("train"), ids, groups, limit=150)
    events = Log(desk.data, column.stream, ids, groups).of(column.type, [rows], "entity")
    pairs = Pairs(events, rows.entity, rows.at, aware=aware)
    log, amendments = pd.read_parquet(desk.events[column.stream]), pd.read_parquet(desk.data / "events" / "amendments.parquet")
    for window, end in ((28, 0), (42, 14), (0, 0), (7, 28)):
        answers = pairs.answers(window, end)
        for how, values in zip(AGGREGATES, answers, strict=True):
            true = statistics.asof(
                rows.frame, log, amendments, stream=column.stream, types=column.type, aggregate=how, window_days=window, end_days=end,  # type: ignore[arg-type]
                clock="known" if aware else "event",
            ).to_numpy()  # fmt: skip
            np.testing.assert_allclose(values, true, atol=0.00501 if how == "mean" else 1e-9, err_msg=f"{how} {window} {end}")
    together = pairs.answers_to(windows(14), 14)
    np.testing.assert_array_equal(together, np.stack([pairs.answers(window, 14) for window in windows(14)]))


def test_cells_differ_from_half_a_unit_on() -> None:
    """Empty on one side only differs, empty on both does not."""
    given, answer = np.array([1.0, 1.0, np.nan, np.nan, 2.0]), np.array([1.0, 1.4, np.nan, 1.0, 1.0])
    assert list(differs(given, answer, 1.0)) == [False, False, False, True, True]
    assert list(differs(given, answer, 0.5)) == [False, True, False, True, True]


def test_a_later_end_keeps_the_beginning_of_a_window() -> None:
    """28 days up to the decision become 42 up to a fortnight after it."""
    assert windows(0) == tuple(sorted(WINDOWS))
    assert all({w + end for w in WINDOWS if w} <= set(windows(end)) for end in ENDS)


def test_a_type_that_never_occurs(desk: Desk) -> None:
    """Recounts to nothing, which the column is not."""
    stream = next(iter(desk.events))
    name = str(desk.recounted().index[0])
    sampled = Sampled(desk.data, desk.table("train"), desk.table("serving_log"))
    found = recount(sampled, [Asked(name=name, stream=stream, type="no such type", divide=1)])
    assert found.loc[name, "sources"] == 0
    assert found.loc[name, "aware_train"] > 0
