"""The as-of engine agrees exactly with two oracles that know nothing of it: DuckDB SQL over the same rows, and loops in plain Python."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.asof import Events, Moments, aggregate, sort
from generators.model import DAY, Floats

HOW = ("count", "sum", "mean", "max", "last", "days_since")
ORIGIN = 19_000 * DAY
STEP = DAY // 4
"""Times lie on a grid of six hours, so that ties with the decision time and between events are common."""


@dataclass(frozen=True)
class Log:
    """Rows as anybody would write them down, in no particular order, and the moments to answer for."""

    events: list[tuple[int, int, int, int, int]]
    """(id, entity, time, recorded, value)."""
    amendments: list[tuple[int, int, int]]
    """(event id, recorded, new value); of two at one time the later one in the list holds."""
    moments: list[tuple[int, int]]
    """(entity, time)."""


@dataclass(frozen=True)
class Question:
    how: str
    window: int
    end: int
    sees_all: bool


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Short logs with late records, bookings (recorded before the event) and several amendments of one event."""
    entities = draw(st.integers(1, 3))
    when = st.integers(0, 160)
    lag = st.one_of(st.just(0), st.integers(-60, 90))
    rows = draw(st.lists(st.tuples(st.integers(0, entities - 1), when, lag, st.integers(-5, 40)), max_size=14))
    ids = draw(st.permutations(range(len(rows))))
    events = [(id, e, ORIGIN + t * STEP, ORIGIN + (t + lag) * STEP, v) for id, (e, t, lag, v) in zip(ids, rows, strict=True)]
    amendments: list[tuple[int, int, int]] = []
    if events:
        changes = draw(st.lists(st.tuples(st.sampled_from(sorted(ids)), when, st.integers(-5, 40)), max_size=8))
        amendments = [(event, ORIGIN + t * STEP, value) for event, t, value in changes]
    asked = draw(st.lists(st.tuples(st.integers(0, entities), when), min_size=1, max_size=8))
    return Log(events, amendments, [(e, ORIGIN + t * STEP) for e, t in asked])


questions = st.builds(
    Question,
    how=st.sampled_from(HOW),
    window=st.sampled_from([0, 1, 7, 28, 42]),
    end=st.sampled_from([-7, 0, 0, 5, 28]),
    sees_all=st.booleans(),
)


def engine(log: Log, question: Question) -> Floats:
    """The answers of the engine, in the order of the log's moments."""
    rows = {id: position for position, (id, *_) in enumerate(log.events)}
    table = np.array(log.events, dtype=np.int64).reshape(-1, 5)
    changes = np.array(log.amendments, dtype=np.int64).reshape(-1, 3)
    events = sort(
        Events(
            entity=table[:, 1],
            time=table[:, 2],
            recorded=table[:, 3],
            value=table[:, 4],
            source=np.zeros(len(table), dtype=np.uint8),
            id=table[:, 0],
            amended=np.array([rows[i] for i in changes[:, 0]], dtype=np.int64),
            amended_at=changes[:, 1],
            amended_to=changes[:, 2],
        )  # fmt: skip
    )
    asked = np.array(log.moments, dtype=np.int64).reshape(-1, 2)
    moments, order = Moments.of(asked[:, 0], asked[:, 1])
    values = aggregate(events, moments, how=question.how, window=question.window, end=question.end, sees_all=question.sees_all)
    out = np.empty(len(values))
    out[order] = values
    return out


def by_hand(log: Log, question: Question) -> Floats:
    """The definition, spelled out one moment at a time."""

    def value(id: int, first: int, until: float) -> int:
        known = [(at, position, new) for position, (event, at, new) in enumerate(log.amendments) if event == id and at <= until]
        return max(known)[2] if known else first

    out = []
    for entity, t in log.moments:
        until = float("inf") if question.sees_all else t
        mine = sorted((time, recorded, id, v) for id, e, time, recorded, v in log.events if e == entity)
        closes = t + question.end * DAY
        opens = closes - question.window * DAY if question.window else float("-inf")
        window = [row for row in mine if opens < row[0] <= closes and row[1] <= until]
        values = [value(id, v, until) for _, _, id, v in window]
        answer: float | None
        if question.how == "count":
            answer = len(window)
        elif question.how == "sum":
            answer = sum(values)
        elif not window:
            answer = None
        elif question.how == "mean":
            answer = (200 * sum(values) + len(values)) // (2 * len(values)) / 100
        elif question.how == "max":
            answer = max(values)
        elif question.how == "last":
            answer = values[-1]
        else:
            answer = (t - window[-1][0]) // DAY
        out.append(np.nan if answer is None else float(answer))
    return np.array(out)


ANSWER = {
    "count": "count(*)::double",
    "sum": "coalesce(sum(v), 0)::double",
    "mean": "floor((200 * sum(v) + count(*))::double / (2 * count(*))) / 100",
    "max": "max(v)::double",
    "last": "last(v order by time, recorded, id)::double",
    "days_since": "floor((max(t) - max(time))::double / {day})",
}


def by_duckdb(log: Log, question: Question, connection: duckdb.DuckDBPyConnection) -> Floats:
    """The same question put to a database."""
    connection.register("events", pd.DataFrame(log.events, columns=["id", "entity", "time", "recorded", "value"], dtype="int64"))
    changes = pd.DataFrame(log.amendments, columns=["event", "at", "new"], dtype="int64")
    connection.register("amendments", changes.assign(position=np.arange(len(changes))))
    asked = pd.DataFrame(log.moments, columns=["entity", "t"], dtype="int64")
    connection.register("moments", asked.assign(n=np.arange(len(asked))))
    everything = "true" if question.sees_all else "false"
    opens = f"and e.time > m.t + {(question.end - question.window) * DAY}" if question.window else ""
    answer = ANSWER[question.how].format(day=DAY)
    empty = "0" if question.how in ("count", "sum") else "null"
    rows = connection.execute(
        f"""
        with latest as (
          select m.n, e.id, last(a.new order by a.at, a.position) as new
          from moments m join events e on e.entity = m.entity join amendments a on a.event = e.id and ({everything} or a.at <= m.t)
          group by all
        ), seen as (
          select m.n, m.t, e.id, e.time, e.recorded, coalesce(l.new, e.value) as v
          from moments m join events e on e.entity = m.entity and e.time <= m.t + {question.end * DAY} {opens} and ({everything} or e.recorded <= m.t)
          left join latest l on l.n = m.n and l.id = e.id
        ), answers as (select n, {answer} as answer from seen group by n)
        select m.n, case when a.n is null then {empty} else a.answer end
        from moments m left join answers a on a.n = m.n order by m.n
        """
    ).fetchall()
    return np.array([np.nan if answer is None else answer for _, answer in rows])


@settings(max_examples=400, deadline=None)
@given(log=logs(), question=questions)
def test_engine_agrees_with_the_definition_spelled_out(log: Log, question: Question) -> None:
    """Every aggregate, window, end and `sees_all`, on logs full of ties, late records, bookings and amendments."""
    np.testing.assert_array_equal(engine(log, question), by_hand(log, question))


@settings(max_examples=60, deadline=None)
@given(log=logs(), question=questions)
def test_engine_agrees_with_duckdb(log: Log, question: Question) -> None:
    """A database with another idea of how to get there gives the same numbers to the last bit."""
    with duckdb.connect() as connection:
        np.testing.assert_array_equal(engine(log, question), by_duckdb(log, question, connection))


@pytest.fixture(scope="module")
def long_log() -> Log:
    """Four thousand events of two hundred entities, 1,500 moments."""
    rng = np.random.default_rng(20240501)
    n = 4000
    time = ORIGIN + rng.integers(0, 480, n) * STEP
    lag = np.where(rng.random(n) < 0.6, rng.integers(0, 3, n), rng.integers(-60, 160, n))
    ids = rng.permutation(n)
    events = np.column_stack((ids, rng.integers(0, 200, n), time, time + lag * STEP, rng.integers(0, 30_000, n)))
    changed = rng.integers(0, n, 900)
    amendments = np.column_stack((ids[changed], events[changed, 3] + rng.integers(-20, 120, 900) * STEP, rng.integers(0, 30_000, 900)))
    asked = np.column_stack((rng.integers(0, 205, 1500), ORIGIN + rng.integers(0, 500, 1500) * STEP))
    return Log([tuple(map(int, r)) for r in events], [tuple(map(int, r)) for r in amendments], [tuple(map(int, r)) for r in asked])  # type: ignore[misc]


@pytest.mark.parametrize("sees_all", [False, True])
@pytest.mark.parametrize("how", HOW)
def test_engine_agrees_with_duckdb_on_a_long_log(long_log: Log, how: str, sees_all: bool) -> None:
    """Running totals over many entities lose nothing at the borders between them."""
    with duckdb.connect() as connection:
        for window, end in ((28, 0), (0, 0), (42, 14), (7, -7)):
            question = Question(how, window, end, sees_all)
            np.testing.assert_array_equal(engine(long_log, question), by_duckdb(long_log, question, connection), err_msg=str(question))


def one_event(*, recorded: int, value: int = 5, amendments: list[tuple[int, int, int]] | None = None) -> Log:
    return Log([(0, 0, ORIGIN, recorded, value)], amendments or [], [(0, ORIGIN), (0, ORIGIN + 28 * DAY)])


def test_window_is_open_on_the_left_and_closed_on_the_right() -> None:
    """An event at the decision counts; one exactly a window before it does not."""
    assert engine(one_event(recorded=ORIGIN), Question("count", 28, 0, False)).tolist() == [1.0, 0.0]


def test_what_is_recorded_at_the_decision_is_known() -> None:
    """The record clock includes the decision time itself and not a microsecond more."""
    late = ORIGIN + 27 * DAY
    assert engine(Log([(0, 0, ORIGIN, late, 5)], [], [(0, late), (0, late - 1)]), Question("sum", 28, 0, False)).tolist() == [5.0, 0.0]


def test_amendment_replaces_the_value_from_its_record_on() -> None:
    """Before the amendment the first value counts, after it the new one; `sees_all` always takes the last."""
    log = one_event(recorded=ORIGIN, amendments=[(0, ORIGIN + DAY, 9), (0, ORIGIN + DAY, 7)])
    assert engine(log, Question("sum", 0, 0, False)).tolist() == [5.0, 7.0]
    assert engine(log, Question("last", 0, 0, True)).tolist() == [7.0, 7.0]


def test_nothing_is_zero_for_counts_and_sums_and_null_for_the_rest() -> None:
    """An entity without events, and a log without events at all."""
    for log in (Log([(0, 0, ORIGIN, ORIGIN, 5)], [], [(1, ORIGIN)]), Log([], [], [(0, ORIGIN)])):
        answers = {how: engine(log, Question(how, 28, 0, False))[0] for how in HOW}
        assert (answers["count"], answers["sum"]) == (0.0, 0.0)
        assert all(np.isnan(answers[how]) for how in ("mean", "max", "last", "days_since"))


def test_means_are_rounded_half_up_to_hundredths() -> None:
    """(1 + 1 + 2 + 2 + 2 + 2 + 2 + 1) / 8 = 1.625 becomes 1.63, on every machine."""
    values = [1, 1, 2, 2, 2, 2, 2, 1]
    log = Log([(i, 0, ORIGIN, ORIGIN, v) for i, v in enumerate(values)], [], [(0, ORIGIN)])
    assert engine(log, Question("mean", 28, 0, False)).tolist() == [1.63]


def test_unknown_aggregate_is_named() -> None:
    """The message lists what there is and shows what came."""
    with pytest.raises(ValueError, match=r"count, sum, mean, max, last or days_since; got 'median'"):
        engine(one_event(recorded=ORIGIN), Question("median", 28, 0, False))


def test_selecting_and_merging_keep_amendments_with_their_events() -> None:
    """What is left in keeps its amendments; two logs put together answer like one."""
    log = Log(
        [(i, i % 2, ORIGIN + i * DAY, ORIGIN + i * DAY, i) for i in range(10)],
        [(i, ORIGIN + 20 * DAY, 100 + i) for i in (1, 4, 7)],
        [(0, ORIGIN + 30 * DAY), (1, ORIGIN + 30 * DAY)],
    )
    table = np.array(log.events)
    whole = sort(
        Events(
            entity=table[:, 1],
            time=table[:, 2],
            recorded=table[:, 3],
            value=table[:, 4],
            source=np.zeros(10, dtype=np.uint8),
            id=table[:, 0],
            amended=np.array([1, 4, 7]),
            amended_at=np.full(3, ORIGIN + 20 * DAY),
            amended_to=np.array([101, 104, 107]),
        )  # fmt: skip
    )
    odd, even = whole.select(whole.id % 2 == 1), whole.select(whole.id % 2 == 0)
    assert sorted(odd.latest().tolist()) == [3, 5, 9, 101, 107]
    again = sort(even.merged(odd))
    moments, _ = Moments.of(np.array([0, 1]), np.full(2, ORIGIN + 30 * DAY))
    for how in HOW:
        np.testing.assert_array_equal(aggregate(again, moments, how=how, window=0), aggregate(whole, moments, how=how, window=0))
