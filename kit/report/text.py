"""Text of strangers, made safe to show to a person.

Whatever a submission wrote is data. `visible` turns every character that could move a cursor, colour a terminal, hide or reorder words into an
escape that can be read, and cuts what is too long; `csv_cell` does the same for a spreadsheet. HTML escaping comes on top, from the template engine;
`coded` is for the kit's own texts, which put names between backticks.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

LIMIT = 4_000
"""Characters of one text that a report shows unless told otherwise."""

_MARKS = 3
"""Combining marks in a row that real writing needs; towers of more are shown as escapes."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TICKED = re.compile(r"`([^`\n]+)`")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def visible(text: object, *, limit: int = LIMIT) -> str:
    r"""The text as a person may safely see it: line ends kept, hidden characters as escapes, cut at `limit` characters with the cut said.

    >>> visible("ok \x1b[31mred")
    'ok \\x1b[31mred'
    >>> visible("a" * 10, limit=4)
    'aaaa [... 6 more characters not shown]'
    """
    whole = text if isinstance(text, str) else str(text)
    kept = whole[:limit].replace("\r\n", "\n").replace("\t", "    ")
    shown: list[str] = []
    marks = 0
    for character in kept:
        if character == "\n":
            shown.append(character)
            marks = 0
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        shown.append(_escape(character) if category in _HIDDEN or marks > _MARKS else character)
    rest = len(whole) - limit
    return "".join(shown) + (f" [... {rest:,} more characters not shown]" if rest > 0 else "")


def one_line(text: object, *, limit: int = 200) -> str:
    r"""The text on one line: like `visible`, and every run of white space is one space.

    >>> one_line("two\n  lines")
    'two lines'
    """
    return " ".join(visible(text, limit=limit).split())


def coded(text: object) -> Markup:
    """A text of the kit as HTML, with what stands between a pair of backticks on one line as a code element; a backtick without its pair stays.

    The text may quote a stranger's name, so everything is escaped before the first tag is put in. Not for what a candidate wrote.

    >>> coded("`a<b` counts")
    Markup('<code>a&lt;b</code> counts')
    """
    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(visible(text)))))


def csv_cell(text: object, *, limit: int = LIMIT) -> str:
    """The text for a cell of a spreadsheet: never read as a formula, because a leading sign gets an apostrophe in front.

    >>> csv_cell("=1+1")
    "'=1+1"
    """
    raw = text if isinstance(text, str) else str(text)
    safe = visible(raw, limit=limit)
    return "'" + safe if raw.lstrip(" ").startswith(_FORMULA) else safe


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
