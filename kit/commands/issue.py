"""`takehome issue`: one candidate, or a roster of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kit.commands.common import command, emit, plain, progress_display, remark, say, shown, vault_option
from kit.errors import InputError
from kit.issue import DEFAULTS, FORMS, LEVELS, Issued, issue
from kit.roster import RosterResult, issue_roster, read_roster
from kit.vault import Vault


@click.command("issue")
@click.argument("candidate", required=False)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Issue to everybody in a CSV with a column `candidate` (optional: scenario, form).",
)
@click.option("--scenario", metavar="ID", help=f"The business of the project; see `takehome catalog`.  [default: {DEFAULTS['scenario']}]")
@click.option("--form", metavar="|".join(FORMS), help=f"How many faults and how much time.  [default: {DEFAULTS['form']}]")
@click.option(
    "--level", metavar="|".join(LEVELS), help=f"Difficulty, the same for everybody in a round.  [default: the round's, else {DEFAULTS['level']}]"
)
@click.option("--round", "round_", default="1", show_default=True, metavar="NAME", help="Hiring round; a candidate gets one take-home a round.")
@vault_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("takehomes"),
    show_default=True,
    metavar="FOLDER",
    help="Where folders and zips are written.",
)
@command
def issue_command(
    candidate: str | None,
    roster: Path | None,
    scenario: str | None,
    form: str | None,
    level: str | None,
    round_: str,
    vault: str,
    out: Path,
    as_json: bool,
) -> None:
    """Issue a unique take-home to CANDIDATE, or to everybody in a roster.

    Writes a folder and a zip to send, and seals the key in the vault. Issuing to the same candidate and round again returns the same take-home.
    """
    if (candidate is None) == (roster is None):
        raise InputError(f"issue needs a CANDIDATE or --roster people.csv, one of the two; got {'both' if roster else 'neither'}.")
    options: dict[str, Any] = {"out": out, "round_": round_, "scenario": scenario, "form": form, "level": level}
    if candidate is not None:
        _check_before_making_a_vault(scenario, form, level)
        with progress_display() as display:
            issued = issue(opened := Vault.open_or_create(vault), candidate, progress=display.stage, **options)
        if as_json:
            emit(issued.to_dict())
        else:
            _tell(issued)
            _tell_words(opened)
        return
    assert roster is not None
    rows = read_roster(roster)
    _check_before_making_a_vault(scenario, form, level)
    with progress_display(len(rows)) as display:
        results = issue_roster(
            opened := Vault.open_or_create(vault),
            rows,
            progress=display.stage,
            started=lambda row: display.item(row.candidate),
            finished=lambda _: display.item_done(),
            **options,
        )
    failed = [result for result in results if result.error is not None]
    if as_json:
        emit([_roster_dict(result) for result in results])
    else:
        _tell_roster(results, failed, out)
        _tell_words(opened)
    for result in failed:
        remark(f"Error: row {result.row.number}, {result.row.candidate}: {result.error}")
    if failed:
        raise click.exceptions.Exit(1)


def _check_before_making_a_vault(scenario: str | None, form: str | None, level: str | None) -> None:
    from kit.issue import check_choices

    check_choices(scenario=scenario, form=form, level=level)


def _tell(issued: Issued) -> None:
    made = "Issued already: the same take-home as before" if issued.again else "Issued"
    say(f"{made}: {issued.id} for {issued.candidate}, round {issued.round} ({issued.scenario}, {issued.form}, {issued.level})")
    say(f"  folder  {shown(issued.folder)}")
    say(f"  zip     {shown(issued.zip)}   (send this one file)")


def _tell_roster(results: list[RosterResult], failed: list[RosterResult], out: Path) -> None:
    width = max(len(plain(result.row.candidate)) for result in results)
    for result in results:
        issued = result.issued
        status = (
            "FAILED (see below)"
            if issued is None
            else f"{issued.id}  {issued.scenario}, {issued.form}" + ("  (issued before)" if issued.again else "")
        )
        say(f"{plain(result.row.candidate):<{width}}  {status}")
    say(f"{len(results) - len(failed)} of {len(results)} issued; folders and zips are in {shown(out)}")


def _tell_words(vault: Vault) -> None:
    """A team that uses the kit's sentences is told what they are worth."""
    from kit import wording

    if not wording.read(vault.root):
        say("DATA.md uses the kit's own sentences, which are public: a program can hold them. `takehome vault wording` makes sentences of yours.")


def _roster_dict(result: RosterResult) -> dict[str, Any]:
    about: dict[str, Any] = {"row": result.row.number, "candidate": result.row.candidate, "error": result.error}
    return about | (result.issued.to_dict() if result.issued is not None else {})
