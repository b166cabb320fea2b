"""Rosters: a CSV of candidates, read whole before the first take-home is made.

One row a candidate. The column `candidate` is needed; `scenario` and `form` are optional and an empty cell takes the command's own option. There
is no `level` column on purpose: a level holds for everybody in a round. Every malformed row is named at once, by row (as a spreadsheet counts, the
header being row 1) and column. Other columns are ignored unless they look like a mistyped one.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InputError, KitError, RosterError
from kit.issue import Issued, Progress, check_choices, issue
from kit.record import clean_name
from kit.vault import Vault

COLUMNS = ("candidate", "scenario", "form")
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Row:
    """One candidate of a roster."""

    number: int
    """Row as a spreadsheet counts it."""
    candidate: str
    scenario: str | None
    form: str | None


@dataclass(frozen=True, kw_only=True)
class RosterResult:
    """What became of one row: `issued`, or `error` in words."""

    row: Row
    issued: Issued | None
    error: str | None


def read_roster(path: Path) -> list[Row]:
    """The rows of a roster. Raises RosterError that lists every problem by row and column."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        records = list(reader)
    except csv.Error as error:
        raise RosterError(f"{path.name}, line {reader.line_num}: must be CSV with commas and balanced quotes; got: {error}") from None
    if not records or not any(cell.strip() for cell in records[0]):
        raise RosterError(f"{path.name}, row 1: must be a header with a column 'candidate'; got an empty row")
    header = [cell.strip() for cell in records[0]]
    _check_header(path.name, header)
    rows: list[Row] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, record in enumerate(records[1:], 2):
        if not any(cell.strip() for cell in record):
            continue
        if len(record) != len(header):
            problems.append(f"row {number}: must have {len(header)} cells as the header has; got {len(record)}: {','.join(record)[:80]!r}")
            continue
        row = _row(number, dict(zip(header, record, strict=True)), problems)
        if row is None:
            continue
        if row.candidate in seen:
            problems.append(
                f"row {number}, column candidate: each candidate must be listed once; {row.candidate!r} is in row {seen[row.candidate]} already"
            )
            continue
        seen[row.candidate] = number
        rows.append(row)
    if problems:
        raise RosterError(f"{path.name} has {len(problems)} problem(s); nothing was issued. Mend them and run again:\n  " + "\n  ".join(problems))
    if not rows:
        raise RosterError(f"{path.name} must list at least one candidate below its header; it lists none")
    return rows


def _text(path: Path) -> str:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else None
    except OSError as error:
        raise RosterError(f"--roster must be a CSV file that can be read; {str(path)!r} gave: {error.strerror}") from error
    if data is None:
        raise RosterError(f"--roster must be at most {LARGEST} bytes; {path.name} has {path.stat().st_size}. Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RosterError(f"{path.name}, row {line}: must be UTF-8 text; got byte {data[error.start]:#04x}. Save it again as 'CSV UTF-8'.") from None


def _check_header(name: str, header: Sequence[str]) -> None:
    if "level" in header:
        raise RosterError(
            f"{name}, row 1, column level: a roster must not set a level by row, since a level holds for everybody in a round."
            " Remove the column and give --level, or issue in two rounds."
        )
    if "candidate" not in header:
        hint = " The cells must be separated by commas." if len(header) == 1 and any(mark in header[0] for mark in ";\t|") else ""
        near = [cell for cell in header if difflib.get_close_matches("candidate", [cell.lower()], n=1)]
        hint += f" Rename {near[0]!r} to 'candidate'." if near else ""
        raise RosterError(f"{name}, row 1: the header must have a column 'candidate'; got {', '.join(map(repr, header))}.{hint}")
    for column in header:
        if header.count(column) > 1 and column in COLUMNS:
            raise RosterError(f"{name}, row 1, column {column}: must occur once; it occurs {header.count(column)} times")
        near = difflib.get_close_matches(column.lower(), [*COLUMNS, "level"], n=1, cutoff=0.75)
        if column not in COLUMNS and near:
            raise RosterError(f"{name}, row 1, column {column}: not a column of a roster. Did you mean {near[0]!r}? Rename or remove it.")


def _row(number: int, cells: dict[str, str], problems: list[str]) -> Row | None:
    before = len(problems)
    candidate = ""
    try:
        candidate = clean_name(cells["candidate"], what="a candidate")
    except InputError as error:
        problems.append(f"row {number}, column candidate: {error}")
    choices = {column: cells.get(column, "").strip() or None for column in ("scenario", "form")}
    for column, value in choices.items():
        try:
            check_choices(**{"scenario": None, "form": None, "level": None, column: value})
        except InputError as error:
            problems.append(f"row {number}, column {column}: {str(error).removeprefix('--')}")
    return Row(number=number, candidate=candidate, **choices) if len(problems) == before else None


def issue_roster(
    vault: Vault,
    rows: Sequence[Row],
    *,
    out: Path,
    round_: str = "1",
    scenario: str | None = None,
    form: str | None = None,
    level: str | None = None,
    progress: Progress | None = None,
    started: Callable[[Row], None] | None = None,
    finished: Callable[[RosterResult], None] | None = None,
) -> list[RosterResult]:
    """Issue to every row in turn; a row's own scenario and form come before the command's. One failure does not stop the others.

    `started` and `finished` are called around each row, for a progress bar.
    """
    check_choices(scenario=scenario, form=form, level=level)
    results = []
    for row in rows:
        if started is not None:
            started(row)
        try:
            issued = issue(
                vault, row.candidate, out=out, round_=round_, scenario=row.scenario or scenario, form=row.form or form, level=level, progress=progress
            )
            result = RosterResult(row=row, issued=issued, error=None)
        except KitError as error:
            result = RosterResult(row=row, issued=None, error=str(error))
        except Exception as error:  # one candidate's failure, even a bug of ours, must not cost the others theirs
            result = RosterResult(
                row=row, issued=None, error=f"internal error: {type(error).__name__}: {error}. Issue to this candidate alone with --debug."
            )
        results.append(result)
        if finished is not None:
            finished(result)
    return results
