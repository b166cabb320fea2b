"""Text of strangers comes out harmless and still readable."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.report import text
from kit.report.text import coded, csv_cell, one_line, visible


def test_examples_in_the_docstrings_hold() -> None:
    """What the docstrings show is what happens."""
    assert doctest.testmod(text).failed == 0


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("bell\x07 back\x08", "bell\\x07 back\\x08"),
        ("lone \udc80", "lone \\udc80"),
        ("c1 \x9b2J", "c1 \\x9b2J"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("one\r\ntwo\rthree", "one\ntwo\\x0dthree"),
        ("grüße, 北京, Ελλάδα", "grüße, 北京, Ελλάδα"),
        (12.5, "12.5"),
    ],
)
def test_hidden_characters_become_escapes_and_writing_stays(raw: object, shown: str) -> None:
    """Control, direction, invisible and broken characters are shown as escapes; letters of any script are left alone."""
    assert visible(raw) == shown


def test_towers_of_combining_marks_are_broken() -> None:
    """Marks that would run over the lines above and below are escaped after the third."""
    assert visible("e\u0301") == "e\u0301"
    assert visible("e" + "\u0301" * 6) == "e" + "\u0301" * 3 + "\\u0301" * 3


def test_long_text_is_cut_and_the_cut_is_said() -> None:
    """Ten megabytes cost no more than the limit, and the reader knows that there is more."""
    shown = visible("x" * 10_000_000, limit=100)
    assert shown == "x" * 100 + " [... 9,999,900 more characters not shown]"


@given(st.text(st.characters(), max_size=80))
def test_nothing_hidden_survives(raw: str) -> None:
    """Whatever the text, what is shown holds no control, format, surrogate or line-separating character but the line end."""
    assert all(c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in visible(raw))
    assert "\n" not in one_line(raw)


@pytest.mark.parametrize(
    ("raw", "html"),
    [
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("`<script>`", "<code>&lt;script&gt;</code>"),
        ("<code>`&`", "&lt;code&gt;<code>&amp;</code>"),
        ("`a` then ` alone", "<code>a</code> then ` alone"),
        ("``", "``"),
        ("one `\nline` only", "one `\nline` only"),
        ("`\x1b[2J`", "<code>\\x1b[2J</code>"),
        ("`\"' onload=x`", "<code>&#34;&#39; onload=x</code>"),
    ],
)
def test_pairs_of_backticks_become_code_after_escaping(raw: str, html: str) -> None:
    """The only tags are the pairs' own; what is not a pair stays as typed."""
    assert str(coded(raw)) == html


@given(st.text(st.sampled_from("`<>&\"'ab \n"), max_size=60))
def test_coded_text_holds_no_tag_but_its_own(raw: str) -> None:
    """Whatever the text, without code elements it is escaped text, and they open and close in turn."""
    html = str(coded(raw))
    assert "<" not in html.replace("<code>", "").replace("</code>", "")
    assert ">" not in html.replace("<code>", "").replace("</code>", "")
    assert html.count("<code>") == html.count("</code>")


def test_a_pair_that_the_limit_cuts_stays_as_typed() -> None:
    """A name cut off in its middle opens nothing."""
    assert "<code>" not in str(coded("`" + "x" * 10_000 + "`"))


@pytest.mark.parametrize("raw", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_formulas_are_neutralised_in_csv(raw: str) -> None:
    """A cell never begins with a sign that a spreadsheet would run."""
    assert csv_cell(raw).startswith("'")


def test_ordinary_cells_are_left_alone() -> None:
    """Only formula signs get an apostrophe."""
    assert csv_cell("calls_28d = 5") == "calls_28d = 5"
