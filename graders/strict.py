"""Strict reading of what a stranger wrote: bounded size and depth, no NaN, no duplicate keys, and errors that name the line."""

from __future__ import annotations

import json
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEADER = re.compile(r"""\s*\[\[?[A-Za-z0-9_."' -]+\]\]?\s*(#.*)?$""")
_FENCE = re.compile(r"\"{3}|'{3}")
# No possessive group: Python before 3.11.5 lets it take more than it may (python/cpython issue 106052), and a key hid behind a string. What can
# stand in a string begins in ways that exclude each other, so going back takes no longer than going forth.
_TOKEN = re.compile(
    r"""
    "{3} (?: [^"\\]++ | \\. | "(?!"") )* "{3,5}        # strings as TOML ends them: up to two quotes may stand before the closing ones
    | '{3} (?: [^']++ | '(?!'') )* '{3,5}
    | "(?!"") (?: [^"\\\n]++ | \\. )* "
    | '(?!'') [^'\n]*+ '
    | (?P<open> ["'] )
    | \# [^\n]*+
    | (?P<dot> \. )
    | (?P<end> [=,{}\[\]\n] )
    """,
    re.VERBOSE | re.DOTALL,
)


class Unreadable(ValueError):
    """A file that cannot be used: says what was expected, what came and what to do next."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One top-level section of a TOML file, with the line it starts on."""

    header: str
    """The text of its header line, e.g. `[[finding]]`; empty for what stands before the first header."""
    line: int
    text: str


def read_text(path: Path, *, most: int) -> str:
    """The text of a file of at most `most` bytes, decoded as UTF-8."""
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise Unreadable(f"{path.name}: expected a readable file; got {error.strerror or type(error).__name__}") from error
    if len(raw) > most:
        raise Unreadable(f"{path.name}: expected at most {most // 1024} KiB; it is larger. Shorten it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable(f"{path.name}: expected UTF-8 text; line {line} holds the byte {raw[error.start]:#04x}. Save it as UTF-8.") from error


def parse_toml(text: str, *, depth: int) -> dict[str, Any]:
    """A TOML document of bounded depth. Raises Unreadable with the line; numbers that are not finite are left for `plain` to find."""
    try:
        _dotted_too_deep(text, depth)
        document = tomllib.loads(text)
        too_deep(document, depth)
        _too_wide(document)
    except RecursionError as error:
        raise Unreadable(f"nested deeper than {depth} levels. Flatten it.") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"not TOML: {error}") from error
    return document


def _dotted_too_deep(text: str, depth: int) -> None:
    """Raises Unreadable for a key of more than `depth` parts: the library keeps every beginning of a key, and a long one would fill the memory."""
    dots = 0
    for token in _TOKEN.finditer(text):
        if token["open"]:
            return  # a string that never ends: the library goes no further
        dots = dots + 1 if token["dot"] else 0 if token["end"] else dots
        if dots >= depth:
            line = text.count("\n", 0, token.start()) + 1
            raise Unreadable(f"a key of more than {depth} parts (at line {line}). Flatten it.")


def _too_wide(value: Any) -> None:
    """Raises Unreadable for a whole number of more than 64 bits. In base 16 a file can hold one so long that it cannot even be printed."""
    if isinstance(value, int) and value.bit_length() > 64:
        raise Unreadable(f"expected whole numbers of at most 64 bits; got one of {value.bit_length()}")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _too_wide(inner)


def parse_json(text: str, *, depth: int) -> Any:
    """A JSON document of bounded depth, without NaN, infinities and duplicate keys."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for name, value in items:
            if name in plain:
                raise Unreadable(f"the key {name!r} stands twice")
            plain[name] = value
        return plain

    def refuse(word: str) -> Any:
        raise Unreadable(f"expected finite numbers; got {word}")

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=refuse)
        too_deep(document, depth)
    except RecursionError as error:
        raise Unreadable(f"nested deeper than {depth} levels") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from error
    return document


def too_deep(value: Any, depth: int) -> None:
    """Raises Unreadable when lists and tables are nested deeper than `depth`."""
    level = [value]
    for _ in range(depth):
        level = [inner for v in level if isinstance(v, (dict, list)) for inner in (v.values() if isinstance(v, dict) else v)]
        if not level:
            return
    if any(isinstance(v, (dict, list)) for v in level):
        raise Unreadable(f"nested deeper than {depth} levels. Flatten it.")


def not_finite(value: Any, path: str = "") -> str | None:
    """Where in a plain value a number is NaN or infinite, or None."""
    if isinstance(value, float) and not math.isfinite(value):
        return path or "value"
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        found = not_finite(inner, f"{path}.{name}" if path else str(name))
        if found:
            return found
    return None


def blocks(text: str) -> list[Block]:
    """The top-level sections of TOML text, found by their header lines.

    Lines inside of a multi-line string are no headers: the opening and closing quotes are followed.
    """
    found: list[Block] = []
    held: list[str] = []
    header, start, fence = "", 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        if not fence and _HEADER.match(line):
            found.append(Block(header=header, line=start, text="".join(held)))
            header, start, held = line.split("#")[0].strip(), number, []
        held.append(line)
        fence = _fence_after(line, fence)
    found.append(Block(header=header, line=start, text="".join(held)))
    return [b for b in found if b.header or b.text.strip()]


def _fence_after(line: str, fence: str) -> str:
    """The multi-line quote that is open after a line, or nothing."""
    at, comment = 0, line.find("#")
    while True:
        if fence:
            at = line.find(fence, at)
            if at < 0:
                return fence
            at, fence = at + 3, ""
        start = _FENCE.search(line, at)
        if 0 <= comment < at:
            comment = line.find("#", at)
        if start is None or (0 <= comment < start.start() and line[:comment].count('"') % 2 == 0):
            return ""
        at, fence = start.end(), start.group()
