"""The rows that a recount looks at, and the events that concern them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kit.personas.gamers import _sampled
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._sampled import Log, Sampled, sample
from kit.personas.workshop.asof import micros


def test_the_sample_is_fixed_and_spread(desk: Desk) -> None:
    """The same rows in whatever order the table comes, from every decision."""
    people = pd.read_parquet(desk.data / "entities.parquet")
    ids, groups = pd.Index(people["entity_id"]), np.zeros(len(people), dtype=np.int64)
    train = desk.table("train")
    one, other = sample(train, ids, groups, limit=60), sample(train.iloc[::-1], ids, groups, limit=60)
    assert list(one.frame["row_id"]) == list(other.frame["row_id"])
    assert len(one.frame) == 60
    assert set(one.frame["decision_time"]) == set(train["decision_time"])


@pytest.mark.parametrize("by", ["entity", "group"])
def test_events_are_those_of_the_log(desk: Desk, by: str) -> None:
    """Every event of the type that the rows' entities or groups have, with every amendment of it and of no other, by the values at each moment."""
    column = next(c for c in desk.columns.values() if c.stream in desk.events)
    sampled = Sampled(desk.data, desk.table("train"), desk.table("serving_log"))
    found = sampled.events(column.stream, column.type, by)
    people = pd.read_parquet(desk.data / "entities.parquet")
    place = pd.Series(np.arange(len(people)), index=people["entity_id"])
    log = pd.read_parquet(desk.events[column.stream])
    log = log[log["type"] == column.type].assign(entity=lambda t: place[t["entity_id"]].to_numpy())
    owner = log["entity"] if by == "entity" else pd.Series(pd.factorize(people["group_id"])[0], index=place)[log["entity"]].set_axis(log.index)
    asked = np.unique(np.concatenate([r.entity if by == "entity" else r.group for r in sampled.both]))
    log = log[owner.isin(asked)]
    assert sorted(zip(found.time, found.recorded, found.entity, strict=True)) == sorted(
        zip(micros(log["event_time"]), micros(log["recorded_at"]), log["entity"], strict=True)
    )
    amendments = pd.read_parquet(desk.data / "events" / "amendments.parquet")
    mine = amendments[(amendments["stream"] == column.stream) & amendments["event_id"].isin(log["event_id"])]
    assert sorted(found.changed_at) == sorted(micros(mine["recorded_at"]))
    assert set(found.changed) == set(found.slot[found.slot >= 0])


def test_each_log_is_read_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """For all its types, and not again for a recount with rules; two are never held at once."""
    opened: list[str] = []

    class Watched(Log):
        def __init__(self, folder: object, stream: str, *people: object) -> None:
            opened.append(stream)
            super().__init__(folder, stream, *people)  # type: ignore[arg-type]

    monkeypatch.setattr(_sampled, "Log", Watched)
    fresh = Desk.open(desk.takehome)
    fresh.ruled()
    assert sorted(opened) == sorted({asked.stream for asked in fresh._asked})
