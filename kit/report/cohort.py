"""A round as a page and as a spreadsheet. Both say the same and hold nothing of a key."""

from __future__ import annotations

import csv
import io

from kit.cohort import Cohort, Row
from kit.report import words
from kit.report.page import environment
from kit.report.text import csv_cell

DRAWN = 60
"""Totals that are drawn; the table holds all."""
COLUMNS = (
    "id", "candidate", "scenario", "form", "level", "grade", "verdict", "total", "low", "high", "findings", "behaviour", "claims", "found", "planted",
    "false_alarms", "production_skill", "knock_outs", "settle", "problem",
)  # fmt: skip


def render_cohort(cohort: Cohort) -> str:
    """The page as text of one HTML file that opens offline and runs nothing. The same cohort gives the same bytes."""
    from kit.report import plots

    drawn = [(name(row), row.low or 0.0, row.total or 0.0, row.high or 0.0) for row in cohort.graded[:DRAWN]]
    return (
        environment()
        .get_template("cohort.html.j2")
        .render(
            cohort=cohort,
            words=words,
            named=any(row.candidate for row in cohort.rows),
            plot=plots.totals("totals", drawn, pass_mark=cohort.pass_mark or 0.0),
            hidden=max(0, len(cohort.graded) - DRAWN),
            name=name,
        )
    )


def name(row: Row) -> str:
    """What a row goes by: the candidate where names are shown, else the id."""
    return row.candidate or row.id


def csv_text(cohort: Cohort) -> str:
    """The rows as CSV (RFC 4180: commas, CRLF, a header). Texts cannot be read as formulas; the same cohort gives the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    named = any(row.candidate for row in cohort.rows)
    columns = [column for column in COLUMNS if named or column != "candidate"]
    writer.writerow(columns)
    for row in cohort.rows:
        writer.writerow([_cell(getattr(row, column)) for column in columns])
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int):
        return value
    return csv_cell(" / ".join(value) if isinstance(value, tuple) else value).replace("\n", " ")
