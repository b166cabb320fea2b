"""`takehome cohort`: a round as a page and a spreadsheet."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kit.commands.common import command, emit, remark, say, shown, vault_option
from kit.errors import unwritable
from kit.record import clean_name
from kit.scratch import scratch
from kit.vault import Vault


@click.command("cohort")
@click.option("--round", "round_", default="1", show_default=True, metavar="NAME", help="Which hiring round.")
@click.option("--names", is_flag=True, help="Show the candidates; without it take-homes go by their ids.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("cohort"),
    show_default=True,
    metavar="FOLDER",
    help="Where cohort.html and cohort.csv are written.",
)
@vault_option
@command
def cohort_command(round_: str, names: bool, out: Path, vault: str, as_json: bool) -> None:
    """Write a round as a page and a CSV: every take-home with its latest grade, and how far apart two totals must lie to mean anything.

    Nothing is run or scored. Files of an earlier call are replaced. The exit code is 1 when a scorecard could not be read (its row says why), or
    a record.
    """
    opened = Vault.open(vault)
    from kit.cohort import gather
    from kit.report.cohort import csv_text, render_cohort

    place = opened.outside(out)
    cohort = gather(opened, clean_name(round_, what="a round"), names=names)
    pages = {"cohort.html": render_cohort(cohort), "cohort.csv": csv_text(cohort)}
    _write(out, pages)
    damaged = [row for row in cohort.rows if row.problem]
    if as_json:
        emit({**cohort.to_dict(), "page": str(place / "cohort.html"), "csv": str(place / "cohort.csv")})
    else:
        for row in cohort.rows:
            total = "     " if row.total is None else f"{row.total:5.1f}"
            say(f"{total}  {row.verdict:<14}  {row.id}{'  ' + row.candidate if row.candidate else ''}")
        if cohort.apart is not None:
            say(f"Two totals less than {cohort.apart:.0f} points apart may differ by chance alone (95%).")
        for file in pages:
            say(f"  {file:<12} {shown(out / file)}")
    for row in damaged:
        remark(f"Error: {row.id}: {row.problem}")
    for id in cohort.unread:
        remark(f"Error: {id}: its record cannot be read, so its round is not known. `takehome vault check` says what differs.")
    if damaged or cohort.unread:
        raise click.exceptions.Exit(1)


def _write(out: Path, pages: dict[str, str]) -> None:
    """Each file appears whole or not at all."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with scratch(out, kind=".takehome-") as work:
            for name, text in pages.items():
                (work / name).write_bytes(text.encode())
                os.replace(work / name, out / name)
    except OSError as error:
        raise unwritable(out, error) from error
