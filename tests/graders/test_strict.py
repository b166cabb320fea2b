"""Sections of TOML found by their headers, and depth counted before anything recurses."""

from __future__ import annotations

import pytest

from graders.strict import Unreadable, blocks, not_finite, parse_json, parse_toml, too_deep


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


LONG = ".".join("abcd" * 9)
"""A key of 36 parts."""


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} = 1", f"[{LONG}]", f"x = {{ {LONG} = 1 }}", "a . b\t." + f" {LONG} = 1", f'"a"."b".{LONG} = 1',
        f'x = {{ b = """"y"""", {LONG} = 1 }}', f"x = {{ b = ''''y''''', {LONG} = 1 }}", f'x = {{ b = "\\"", c = """\\""" """, {LONG} = 1 }}',
        f"# it's \"\n{LONG} = 1", f'x = ""\n{LONG} = 1',
    ],
)  # fmt: skip
def test_a_key_of_many_parts_is_refused_before_the_library_sees_it(text: str) -> None:
    """Each is valid TOML; with 100,000 parts the library would ask for tens of gigabytes. Quotes do not hide the key."""
    with pytest.raises(Unreadable, match=r"key of more than 32 parts \(at line [12]\)"):
        parse_toml(text, depth=32)


def test_dots_in_words_are_no_key() -> None:
    """In strings, comments and numbers they mean nothing."""
    text = f"a = '{LONG}'\nb = \"{LONG}\" # {LONG}\nc = '''\n{LONG}\n'''\nd = [{', '.join(['1.5'] * 40)}]\n"
    assert parse_toml(text, depth=32)["a"] == LONG


def test_a_whole_number_too_long_to_be_printed_is_refused() -> None:
    """Base 16 has no limit of digits in the library; the number could not stand in any message."""
    with pytest.raises(Unreadable, match="at most 64 bits; got one of 20000"):
        parse_toml("a = [{ b = 0x" + "f" * 5000 + " }]", depth=32)


def test_a_name_twice() -> None:
    with pytest.raises(Unreadable, match="'b' stands twice"):
        parse_json('{"a": {"b": 1, "c": 2, "b": 3}}', depth=32)
