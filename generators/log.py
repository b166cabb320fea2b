"""The raw log as an export shows it: one file a stream, the amendments, the entities."""

from __future__ import annotations

from pathlib import Path as File

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from generators.catalog import marks
from generators.decoys._traces import mark
from generators.export import visible
from generators.features import World
from generators.model import DAY, Channel, Ints
from generators.seeding import Stream
from generators.tables import Writer, id_text, save, stamps


def write_log(world: World, writer: Writer, folder: File, *, cut: int, until: int | None = None, only: Ints | None = None) -> dict[str, int]:
    """Write `events/*.parquet` and `entities.parquet` as an export cut at `cut` holds them; returns rows by file.

    Everything recorded by `cut` is there, with its latest value. `until` (default: `cut`) is the moment up to which records are
    included: a later one shows records that did not exist at the decision, with values as at `cut` for what did. `only` keeps the log
    of these entities alone.
    """
    until = cut if until is None else until
    shown = np.ones(int(world.offsets[-1]), dtype=np.bool_)
    if only is not None:
        shown[:] = False
        shown[only] = True
    channels = [c for c in world.blueprint.channels]
    counts: dict[str, int] = {}
    amendments: list[pa.Table] = []
    for number, stream in enumerate(world.scenario.streams):
        frames, changes = _stream(world, writer, [c for c in channels if c.stream == stream.name], stream.sources, shown, cut=cut, until=until)
        table = pa.concat_tables(frames)
        order = np.argsort(table["event_time"].cast(pa.int64()).to_numpy(), kind="stable")
        table = table.take(pa.array(order))
        numbers = table["number"].to_numpy()
        ids = id_text("v", numbers * 8 + number, writer.keys)
        table = table.drop_columns(["number"]).add_column(0, "event_id", ids)
        save(table, folder / "events" / f"{stream.name}.parquet")
        counts[f"events/{stream.name}"] = len(table)
        for change in changes:
            event = id_text("v", change["number"].to_numpy() * 8 + number, writer.keys)
            amendments.append(
                change.drop_columns(["number"])
                .add_column(0, "event_id", event)
                .add_column(0, "stream", pa.array([stream.name] * len(change), pa.string()))
            )
    table = pa.concat_tables(amendments)
    order = np.lexsort((table["event_id"].to_numpy(zero_copy_only=False), table["recorded_at"].cast(pa.int64()).to_numpy()))
    table = table.take(pa.array(order))
    save(table.add_column(0, "amendment_id", id_text("a", np.arange(len(table)), writer.keys)), folder / "events" / "amendments.parquet")
    counts["events/amendments"] = len(table)
    counts["entities"] = _entities(world, writer, folder, shown, cut=cut)
    return counts


def _stream(
    world: World, writer: Writer, channels: list[Channel], sources: tuple[str, ...], shown: npt.NDArray[np.bool_], *, cut: int, until: int
) -> tuple[list[pa.Table], list[pa.Table]]:
    """The events and the amendments of one stream's channels."""
    words = pa.array([*sources, *marks().values()])
    code = np.zeros(256, dtype=np.int32)
    code[: len(sources)] = np.arange(len(sources))
    for position, decoy in enumerate(marks()):
        code[mark(decoy)] = len(sources) + position
    frames, changes = [], []
    for position, channel in enumerate(channels):
        for block, offset in enumerate(world.offsets[:-1]):
            events = visible(world.events(channel, block), channel, world.blueprint.calendar, cut, until=until)
            events = events.select(shown[events.entity + offset])
            # a number of its own for each event of the stream, the same in every export of this world
            numbers = (events.id * 1024 + block) * 16 + position
            latest = events.value.copy()
            settled = events.amended_at <= cut
            latest[events.amended[settled]] = events.amended_to[settled]
            frames.append(
                pa.table(
                    {
                        "number": pa.array(numbers),
                        "entity_id": writer.entity(events.entity + offset),
                        "event_time": stamps(events.time),
                        "recorded_at": stamps(events.recorded),
                        "type": pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(events), np.int32)), pa.array([channel.type])).cast(pa.string()),
                        "value": pa.array(latest),
                        "source": pa.DictionaryArray.from_arrays(pa.array(code[events.source]), words).cast(pa.string()),
                    }
                )
            )
            changes.append(_changes(events.value, events.amended, events.amended_at, events.amended_to, numbers, cut))
    return frames, changes


def _changes(value: Ints, amended: Ints, at: Ints, to: Ints, numbers: Ints, cut: int) -> pa.Table:
    """The amendments known at the cut, each with the value that stood there before."""
    first = np.concatenate(([True], amended[1:] != amended[:-1])) if len(amended) else np.zeros(0, dtype=np.bool_)
    before = np.where(first, value[amended], np.concatenate(([0], to[:-1]))) if len(amended) else to
    known = at <= cut
    return pa.table(
        {
            "number": pa.array(numbers[amended[known]]),
            "recorded_at": stamps(at[known]),
            "old_value": pa.array(before[known]),
            "new_value": pa.array(to[known]),
        }
    )


def _entities(world: World, writer: Writer, folder: File, shown: npt.NDArray[np.bool_], *, cut: int) -> int:
    """Everybody who has been on the books by the cut, in keyed order."""
    start = np.concatenate([p.start for p in world.populations])
    group = np.concatenate([p.group + block * 100_000 for block, p in enumerate(world.populations)])
    here = np.flatnonzero((start <= cut) & shown)
    data: dict[str, pa.Array] = {
        "entity_id": writer.entity(here),
        "group_id": id_text("g", group[here], writer.keys),
        "started_at": stamps(start[here] // DAY * DAY),
    }
    for attribute in world.scenario.attributes:
        values = np.concatenate([p.attributes[attribute.name] for p in world.populations])[here]
        if attribute.categories:
            words = pa.array([name for name, _ in attribute.categories])
            data[attribute.name] = pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32)), words).cast(pa.string())
        else:
            data[attribute.name] = pa.array(values)
    save(pa.table(data), folder / "entities.parquet", shuffled(writer.keys.child("entities"), len(here)))
    return len(here)


def shuffled(stream: Stream, n: int) -> Ints:
    """A keyed order of n rows."""
    return stream.rng().permutation(n)
