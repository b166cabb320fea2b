"""Columns worked out from the event log by their written definitions, as the log was known at each decision.

    honest = recompute(folder, rows, definitions)        # {column: values, NaN where empty}, in the order of `rows`

`folder` holds `events/*.parquet` and `entities.parquet` (a take-home's data or one batch), `rows` has `entity_id` and `decision_time`.
For a decision at t an event counts when it was recorded at or before t and lies in the window (t - window + end, t + end] by its own
time. Its value is the one that stood there at t: amendments that were recorded later are undone. Of a day's events in one second
the earlier recorded comes first, then the one that stands first in the log.

Only the streams, types and columns that the definitions need are read.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]

DAY = 86_400_000_000
"""Microseconds of a day."""
RETRY = 600_000_000
"""Two events of one entity and type within ten minutes are one, where a definition says so."""
SETTLED = 14 * DAY
"""Events of the clearing house are dated that long after they took place."""
NOT_EVENTS = ("attribute", "tenure")
VALUED = ("sum", "mean", "max", "last")


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """What each column is, and the words and numbers that the rules of definitions need."""

    features: Mapping[str, Mapping[str, Any]]
    """By column: stream, type, aggregate, window, end (days), by, divide, rules."""
    constants: Mapping[str, Any]
    """Words in `source` by rule (excluded_source, client_conversion, reimported_entries, settlement_dates), small_events (least value by
    `stream.type`)."""


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events of one type, sorted by owner, event time and record time, with every change of their values."""

    owner: Ints
    """Number of the entity, or of the group, that the rows ask for."""
    entity: Ints
    time: Ints
    recorded: Ints
    value: Floats
    """As the log shows it now."""
    source: Column
    """Empty words where no definition asks for it."""
    slot: Ints
    """Number of the event in the amendments log, -1 for an event that was never amended."""
    changed: Ints
    """Slot of each amendment; sorted by slot, then record time."""
    changed_at: Ints
    before: Floats
    """The value that stood there before the amendment."""

    def take(self, rows: Ints) -> Events:
        """The events at these positions, in this order."""
        kept = {name: getattr(self, name)[rows] for name in ("owner", "entity", "time", "recorded", "value", "source", "slot")}
        return replace(self, **kept)

    def where(self, mask: Mask) -> Events:
        """The events where the mask holds."""
        return self if mask.all() else self.take(np.flatnonzero(mask))

    def first_values(self) -> Floats:
        """Values as first recorded."""
        first = np.searchsorted(self.changed, self.slot, side="left")
        return np.where(self.slot < 0, self.value, np.append(self.before, np.nan)[np.minimum(first, len(self.before))])

    def values_at(self, event: Ints, at: Ints) -> Floats:
        """Values of the events at positions `event` as they stood at the moments `at`."""
        out: Floats = self.value[event].copy()
        touched = np.flatnonzero(self.slot[event] >= 0)
        if len(touched):
            slot, moment = self.slot[event[touched]], at[touched]
            later, stop = np.searchsorted(self.changed, slot, side="left"), np.searchsorted(self.changed, slot, side="right")
            known = later < stop
            while known.any():  # an event has few amendments: past those that were known already, one more a turn
                known[known] = self.changed_at[later[known]] <= moment[known]
                later = later + known
                known &= later < stop
            undone = later < stop
            out[touched[undone]] = self.before[later[undone]]
        return out


def recompute(folder: Path, rows: pd.DataFrame, definitions: Definitions, names: Iterable[str] | None = None) -> dict[str, Column]:
    """The columns `names` (default: all that are defined) of the given rows; attributes come as `entities.parquet` has them."""
    wanted = {name: definitions.features[name] for name in (definitions.features if names is None else names)}
    if not len(rows):
        return {name: np.zeros(0) for name in wanted}
    ids, entity = np.unique(rows["entity_id"].to_numpy(dtype=object).astype(str), return_inverse=True)
    at = micros(rows["decision_time"])
    by_group = any(d["by"] == "group" for d in wanted.values())
    by_entity = by_group or any(d["aggregate"] in NOT_EVENTS for d in wanted.values())
    people = pd.read_parquet(folder / "entities.parquet").set_index("entity_id") if by_entity else pd.DataFrame()
    place = people.index.get_indexer(ids)[entity] if by_entity else entity
    if (place < 0).any():
        raise ValueError(
            f"every entity of the rows must be in entities.parquet; {rows['entity_id'].iloc[int(place.argmin())]!r} is not. Check --data."
        )
    out: dict[str, Column] = {}
    for name, d in wanted.items():
        if d["aggregate"] == "tenure":
            out[name] = ((at - micros(people["started_at"])[place]) // DAY).astype(np.float64)
        elif d["aggregate"] == "attribute":
            out[name] = people[d["type"]].to_numpy()[place]
    group = np.unique(people["group_id"].to_numpy(dtype=object).astype(str), return_inverse=True)[1] if by_group else place
    for stream in sorted({d["stream"] for d in wanted.values() if d["aggregate"] not in NOT_EVENTS}):
        here = {name: d for name, d in wanted.items() if d["stream"] == stream and d["aggregate"] not in NOT_EVENTS}
        grouped = any(d["by"] == "group" for d in here.values())  # then events of others in the group count, too
        whose = people.index.to_numpy(dtype=object).astype(str) if grouped else ids
        logs = _read(folder, stream, list(here.values()), definitions, whose, at)
        for name, d in here.items():
            events, owner = counted(logs[d["type"]], d, definitions.constants), place if grouped else entity
            if d["by"] == "group":
                events, owner = _sorted(replace(events, owner=group[events.entity])), group[place]
            out[name] = aggregate(events, owner, at, how=d["aggregate"], window=int(d["window"]), end=int(d["end"])) / int(d["divide"])
    return {name: out[name] for name in wanted}


def counted(events: Events, definition: Mapping[str, Any], constants: Mapping[str, Any]) -> Events:
    """The events that a definition's rules leave in, values in the unit that it means."""
    for rule in definition["rules"]:
        if rule == "excluded_source":
            events = events.where(events.source != constants["excluded_source"])
        elif rule == "small_events":
            least = constants["small_events"][f"{definition['stream']}.{definition['type']}"]
            events = events.where(events.first_values() >= least)
        elif rule == "repeated_events":
            near = np.zeros(len(events.time), dtype=np.bool_)
            near[1:] = (events.entity[1:] == events.entity[:-1]) & (events.time[1:] - events.time[:-1] <= RETRY)
            events = events.where(~near)
        elif rule == "weekend_events":
            events = events.where((events.time // DAY + 3) % 7 < 5)  # 1970-01-01 was a Thursday
        elif rule == "reimported_entries":
            again = events.source == constants["reimported_entries"]
            events = _sorted(replace(events, recorded=np.where(again, events.time, events.recorded)))
        elif rule == "settlement_dates":
            settled = events.source == constants["settlement_dates"]
            events = _sorted(replace(events, time=np.where(settled, events.time - SETTLED, events.time)))
        elif rule == "client_conversion":
            client = events.source == constants["client_conversion"]
            slots = np.zeros(int(events.changed.max(initial=-1)) + 2, dtype=np.bool_)
            slots[events.slot[client]] = True  # the last place takes the events without amendments
            slots[-1] = False
            before = np.where(slots[events.changed], events.before // 10, events.before)
            events = replace(events, value=np.where(client, events.value // 10, events.value), before=before)
    return events


def aggregate(events: Events, owner: Ints, at: Ints, *, how: str, window: int, end: int) -> Floats:
    """One value a row: sums and counts of nothing are 0, everything else of nothing is empty. A mean is rounded half up to hundredths."""
    low, high = _windows(events, owner, at, window, end)
    row = np.repeat(np.arange(len(at)), high - low)
    event = np.arange(len(row)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + np.repeat(low, high - low)
    known = events.recorded[event] <= at[row]
    row, event = row[known], event[known]
    if how == "count":
        return np.bincount(row, minlength=len(at)).astype(np.float64)
    if how in ("last", "days_since"):
        last = np.flatnonzero(np.append(row[1:] != row[:-1], True)) if len(row) else row
        out = np.full(len(at), np.nan)
        row, event = row[last], event[last]
        out[row] = events.values_at(event, at[row]) if how == "last" else (at[row] - events.time[event]) // DAY
        return out
    value = events.values_at(event, at[row])
    there = ~np.isnan(value)
    row, value = row[there], value[there]
    if how == "max":
        out = np.full(len(at), -np.inf)
        np.maximum.at(out, row, value)
        return np.where(np.isinf(out), np.nan, out)
    total = np.bincount(row, weights=value, minlength=len(at)).astype(np.float64)  # whole numbers far below 2^53: exact
    if how == "sum":
        return total
    if how != "mean":
        raise ValueError(f"aggregate must be count, sum, mean, max, last or days_since; got {how!r}. Correct the definition.")
    count = np.bincount(row, minlength=len(at))
    return np.where(count > 0, np.floor((200 * total + count) / (2 * np.maximum(count, 1))) / 100, np.nan)


def micros(times: pd.Series) -> Ints:
    """Times as whole microseconds since 1970, UTC."""
    moments: Ints = times.to_numpy(dtype="datetime64[us]").astype(np.int64)
    return moments


def _read(
    folder: Path, stream: str, definitions: list[Mapping[str, Any]], all_: Definitions, ids: npt.NDArray[np.str_], at: Ints
) -> dict[str, Events]:
    """The events of a stream by type, of the entities asked for."""
    types = sorted({d["type"] for d in definitions})
    rules = {rule for d in definitions for rule in d["rules"]}
    by_source = bool(rules & {"excluded_source", "client_conversion", "reimported_entries", "settlement_dates"})
    changes = _amendments(folder, stream)
    undo = len(changes) > 0 and (
        "small_events" in rules or (any(d["aggregate"] in VALUED for d in definitions) and int(micros(changes["recorded_at"]).max()) > int(at.min()))
    )
    columns = ["entity_id", "event_time", "recorded_at", "type", "value", *(["source"] if by_source else []), *(["event_id"] if undo else [])]
    wanted = []
    if all(d["window"] for d in definitions):
        earliest = int(at.min()) + min(d["end"] - d["window"] for d in definitions) * DAY - RETRY
        wanted.append(pc.field("event_time") > pa.scalar(earliest, pa.int64()).cast(pa.timestamp("us", "UTC")))
    if int(at.min()) == int(at.max()):  # a run has one decision: what was recorded after it does not even make a repeat
        wanted.append(pc.field("recorded_at") <= pa.scalar(int(at.max()), pa.int64()).cast(pa.timestamp("us", "UTC")))
    # Words as numbers into a list of words: most of the time of reading would go into millions of equal strings.
    table = pq.read_table(
        folder / "events" / f"{stream}.parquet", columns=columns, filters=functools.reduce(operator.and_, wanted) if wanted else None,
        use_threads=False, read_dictionary=["entity_id", "type", "source"],
    )  # fmt: skip
    kind, entity = _numbers(table["type"], types), _numbers(table["entity_id"], ids)
    keep = np.flatnonzero((kind >= 0) & (entity >= 0))
    kind, entity, kept = kind[keep], entity[keep], pa.array(keep)
    slot, changed, changed_at, before = _slots(table["event_id"].take(kept), changes) if undo else (np.full(len(keep), -1), *_NO_CHANGES)
    whole = Events(
        owner=entity, entity=entity, time=table["event_time"].cast(pa.int64()).to_numpy()[keep],
        recorded=table["recorded_at"].cast(pa.int64()).to_numpy()[keep], value=table["value"].take(kept).cast(pa.float64()).to_numpy(),
        source=_words(table["source"])[keep] if by_source else np.zeros(len(keep), dtype="U1"), slot=slot, changed=changed, changed_at=changed_at, before=before,
    )  # fmt: skip
    return {type_: _sorted(whole, np.flatnonzero(kind == number)) for number, type_ in enumerate(types)}


def _numbers(column: pa.ChunkedArray, words: Iterable[str]) -> Ints:
    """The place of each value of a column among `words`, -1 where it is none of them."""
    whole = column.unify_dictionaries().combine_chunks()
    place = pc.fill_null(pc.index_in(whole.dictionary, pa.array(words, type=whole.dictionary.type)), -1).to_numpy().astype(np.int64)
    found: Ints = np.append(place, -1)[pc.fill_null(whole.indices, len(place)).to_numpy()]
    return found


def _words(column: pa.ChunkedArray) -> Column:
    """The values of a column of words."""
    whole = column.unify_dictionaries().combine_chunks()
    words = np.array([*whole.dictionary.to_pylist(), None], dtype=object)
    found: Column = words[pc.fill_null(whole.indices, len(words) - 1).to_numpy()]
    return found


_NO_CHANGES = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))


def _amendments(folder: Path, stream: str) -> pd.DataFrame:
    path = folder / "events" / "amendments.parquet"
    if not path.exists():
        return pd.DataFrame({"event_id": [], "recorded_at": pd.to_datetime([], utc=True), "old_value": []})
    columns = ["event_id", "recorded_at", "old_value"]
    return pq.read_table(path, columns=columns, filters=pc.field("stream") == stream, use_threads=False).to_pandas()


def _slots(event_id: pa.ChunkedArray, changes: pd.DataFrame) -> tuple[Ints, Ints, Ints, Floats]:
    """Slot of each event, and the amendments log by slot and record time."""
    code, names = pd.factorize(changes["event_id"])
    slot = pc.fill_null(pc.index_in(event_id, pa.array(names, type=event_id.type)), -1).to_numpy().astype(np.int64)
    at = micros(changes["recorded_at"])
    order = np.lexsort((at, code))
    return slot, code.astype(np.int64)[order], at[order], changes["old_value"].to_numpy(dtype=np.float64, na_value=np.nan)[order]


def _sorted(events: Events, rows: Ints | None = None) -> Events:
    """The events (those at the positions `rows`), by owner, then event time, then record time, then place in the log."""
    at = np.arange(len(events.time)) if rows is None else rows
    time, recorded = events.time[at], events.recorded[at]
    after = (time[1:] > time[:-1]) | ((time[1:] == time[:-1]) & (recorded[1:] >= recorded[:-1]))
    if not after.all():  # a log comes in the order of its times as a rule
        at = at[np.lexsort((recorded, time))]
    owner = events.owner[at]
    # A stable sort of short numbers takes one pass a byte.
    return events.take(at[np.argsort(owner.astype(np.uint16) if owner.max(initial=0) < 1 << 16 else owner, kind="stable")])


def _windows(events: Events, owner: Ints, at: Ints, window: int, end: int) -> tuple[Ints, Ints]:
    """First and past-the-last position of each row's window in the sorted events."""
    if not len(events.time):
        return np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
    first, span = int(events.time.min()), int(events.time.max() - events.time.min()) + 3
    most = max(int(owner.max()), int(events.owner.max())) + 1
    if most * span > np.iinfo(np.int64).max:
        raise ValueError(f"the log must span at most {np.iinfo(np.int64).max // most // DAY} days for {most} owners. Recompute the rows in parts.")

    def place(moment: Ints) -> Ints:
        return np.clip(moment - first + 1, 0, span - 1)

    keys = events.owner * span + place(events.time)
    high = np.searchsorted(keys, owner * span + place(at + end * DAY), side="right")
    low = np.searchsorted(keys, owner * span + place(at + (end - window) * DAY), side="right") if window else np.searchsorted(keys, owner * span)
    return np.minimum(low, high).astype(np.int64), high.astype(np.int64)
