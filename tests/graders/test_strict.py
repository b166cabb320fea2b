"""Sections of TOML found by their headers, and depth counted before anything recurses."""

from __future__ import annotations

import pytest

from graders.strict import Unreadable, blocks, not_finite, parse_toml, too_deep


def test_blocks_and_their_lines() -> None:
    text = "a = 1\n[[finding]] # first\nwhy = '''\n[[finding]]\n'''\nx = [\n  [1],\n]\n[claim.mine]\npoint = 1\n"
    assert [(b.header, b.line) for b in blocks(text)] == [("", 1), ("[[finding]]", 2), ("[claim.mine]", 9)]


def test_quotes_that_open_and_close() -> None:
    """A closed multi-line string and one in a comment do not hide the next header."""
    text = 'a = """x"""\n# it\'s """ here\n[[finding]]\nb = """\ny""" # done\n[[finding]]\n'
    assert [b.line for b in blocks(text) if b.header] == [3, 6]


def test_depth() -> None:
    too_deep({"a": [[1]]}, 3)
    with pytest.raises(Unreadable, match="deeper than 2"):
        too_deep({"a": [[1]]}, 2)
    with pytest.raises(Unreadable):
        parse_toml("a = " + "{a = " * 900 + "1" + "}" * 900, depth=32)


def test_where_a_number_is_not_finite() -> None:
    assert not_finite({"a": [1.0, {"b": float("nan")}]}) == "a.1.b"
    assert not_finite({"a": [1.0]}) is None
