"""Bytes that a stranger wrote, as plain JSON or TOML values, or a reason why not. The rules are those of `graders.strict`, applied to bytes."""

from __future__ import annotations

from typing import Any

from graders.strict import Unreadable, not_finite, parse_json, parse_toml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32


def read_json(data: bytes, *, most: int = MAX_BYTES) -> Any:
    """The value of a JSON text of at most `most` bytes, every number in it finite. Raises Unreadable."""
    value = parse_json(_text(data, most), depth=MAX_DEPTH)
    where = not_finite(value)
    if where is not None:
        raise Unreadable(f"{where} is not a finite number")
    return value


def read_toml(data: bytes, *, most: int = MAX_BYTES) -> dict[str, Any]:
    """The table of a TOML text of at most `most` bytes. Raises Unreadable."""
    return parse_toml(_text(data, most), depth=MAX_DEPTH)


def _text(data: bytes, most: int) -> str:
    if len(data) > most:
        raise Unreadable(f"expected at most {most} bytes; got {len(data)}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"expected UTF-8 text; byte {error.start} is not") from error
