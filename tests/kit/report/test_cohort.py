"""A round as page and spreadsheet: the same each time, everybody in it, texts that stay texts."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import replace

import pytest
from cohort_samples import cohort
from odd_samples import HOSTILE

from kit.cohort import Cohort
from kit.report.cohort import COLUMNS, DRAWN, csv_text, render_cohort


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_same_round_gives_the_same_bytes() -> None:
    """Of page and spreadsheet; the page is closed and loads nothing."""
    assert render_cohort(cohort()) == render_cohort(cohort())
    assert csv_text(cohort()) == csv_text(cohort())
    page = render_cohort(cohort())
    assert page.rstrip().endswith("</html>")
    assert not re.search(r"<script|<link|src=|@import", page)


def test_everybody_is_in_both() -> None:
    """Graded, waiting and damaged; a reason stands where a total is missing."""
    page, rows = html.unescape(render_cohort(cohort())), table(csv_text(cohort()))
    for row, written in zip(cohort().rows, rows, strict=True):
        assert row.id in page
        assert written["id"] == row.id
        assert written["total"] == ("" if row.total is None else f"{row.total:.3f}")
        assert written["verdict"] == row.verdict
    assert "Nothing handed in, or not graded yet." in page
    assert "grade 1 must have a scorecard.json; got none" in page
    assert "To be settled first: Run without a sandbox" in page
    assert rows[5]["settle"] == "Run without a sandbox"
    assert rows[5]["knock_outs"] == "F below .2"


def test_how_far_totals_must_lie_apart_is_said() -> None:
    """sqrt(2) times the standard error of one: 14.1 for 10."""
    assert "by up to <strong>27.7</strong> points by chance alone" in render_cohort(cohort())


def test_names_stand_only_where_asked_for() -> None:
    """The column is not there at all without them."""
    named, blind = cohort(candidate="Ana"), cohort()
    assert "Ana" in render_cohort(named)
    assert tuple(table(csv_text(named))[0]) == COLUMNS
    assert tuple(table(csv_text(blind))[0]) == tuple(column for column in COLUMNS if column != "candidate")
    assert "names are left out" in render_cohort(blind)


def test_a_round_without_a_grade_still_has_a_page() -> None:
    """And a table of who is waited for."""
    waiting = Cohort(round="1", rows=cohort().rows[-2:-1], pass_mark=None, sem=None, families=())
    page = render_cohort(waiting)
    assert "0 of 1 take-homes graded" in page
    assert "<svg" not in page
    assert table(csv_text(waiting))[0]["verdict"] == "Not graded"


def test_more_than_can_be_drawn_are_in_the_table() -> None:
    """A crowd makes no picture that nobody can read, and none is dropped in silence."""
    page = render_cohort(cohort(DRAWN + 20))
    assert "20 more are in the table alone" in page
    assert page.count('<th scope="row">') == DRAWN + 22


def test_forms_of_two_lengths_are_not_compared() -> None:
    """Said where there are two, and only there."""
    mixed = cohort()
    mixed = replace(mixed, rows=(replace(mixed.rows[0], form="short"), *mixed.rows[1:]))
    assert "do not compare totals across them" in render_cohort(mixed)
    assert "do not compare totals across them" not in render_cohort(cohort())


@pytest.mark.parametrize("name", [HOSTILE, "=HYPERLINK('http://x')", "+1", "@SUM(1)", "-2+3", 'a"b,c', "\u202egnp"])
def test_names_of_strangers_stay_text(name: str) -> None:
    """No tag in the page, no formula and no new cell in the spreadsheet."""
    page, text = render_cohort(cohort(candidate=name)), csv_text(cohort(candidate=name))
    assert not re.search(r"<(script|img|iframe|object|embed)\b", page)
    assert "\u202e" not in page + text
    rows = table(text)
    assert len(rows) == len(cohort().rows)
    for row in rows:
        assert None not in row, "a name opened a cell of its own"
        assert not row["candidate"].lstrip().startswith(("=", "+", "-", "@"))
        assert all("\n" not in cell for cell in row.values())
