"""Short ways to write down the channels and columns of a scenario."""

from __future__ import annotations

from generators.model import Channel, Feature

Row = tuple[str, float, float, str]
"""(type, rate in 28 days, typical value, what the column shows)."""


def counted(stream: str, rows: tuple[Row, ...], *, window: int = 28) -> tuple[tuple[Channel, Feature], ...]:
    """Columns that count events of one type."""
    return tuple(
        (
            Channel(stream=stream, type=type_, rate=rate),
            Feature(name=f"{type_}_{window}d", role="count", meaning=meaning, stream=stream, type=type_, aggregate="count", window=window),
        )
        for type_, rate, _, meaning in rows
    )


def summed(stream: str, rows: tuple[Row, ...], *, window: int = 28) -> tuple[tuple[Channel, Feature], ...]:
    """Columns that sum amounts of one type, shown in major units."""
    return tuple(
        (
            Channel(stream=stream, type=type_, rate=rate, value="amount", center=center, amend=0.02),
            Feature(
                name=f"{type_}_amount_{window}d",
                role="amount",
                meaning=meaning,
                stream=stream,
                type=type_,
                aggregate="sum",
                window=window,
                divide=100,
            ),
        )
        for type_, rate, center, meaning in rows
    )


def status(stream: str, rows: tuple[Row, ...]) -> tuple[tuple[Channel, Feature], ...]:
    """Columns that show the latest level of a status, 1 to 5."""
    return tuple(
        (
            Channel(stream=stream, type=type_, rate=rate, value="level", center=center, spread=0.6, amend=0.01),
            Feature(name=type_, role="status", meaning=meaning, stream=stream, type=type_, aggregate="last", window=0),
        )
        for type_, rate, center, meaning in rows
    )


def read(stream: str, rows: tuple[Row, ...], *, window: int = 28) -> tuple[tuple[Channel, Feature], ...]:
    """Columns that show the latest reading of a window, 0 to 100, empty without one."""
    return tuple(
        (
            Channel(stream=stream, type=type_, rate=rate, value="reading", center=center, spread=0.7, amend=0.01, window=window),
            Feature(name=f"{type_}_{window}d", role="reading", meaning=meaning, stream=stream, type=type_, aggregate="last", window=window),
        )
        for type_, rate, center, meaning in rows
    )
