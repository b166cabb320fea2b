"""`takehome vault`: see what was issued, check that nothing was changed, make a new secret, say things in words of your own."""

from __future__ import annotations

from typing import Any

import click

from kit import files
from kit.commands.common import command, emit, remark, say, vault_option
from kit.errors import KitError
from kit.vault import Vault


@click.group("vault")
def vault_group() -> None:
    """Look after the vault: list what was issued, check it, rotate the secret, keep sentences of your own."""


@vault_group.command("list")
@click.option("--names", is_flag=True, help="Show the candidates too; without it grading stays blind.")
@vault_option
@command
def list_command(names: bool, vault: str, as_json: bool) -> None:
    """List the ids of all take-homes issued, with their grades."""
    opened = Vault.open(vault)
    rows: list[dict[str, Any]] = []
    for id_ in opened.ids():
        try:
            form = opened.form(id_)
        except KitError as error:
            rows.append({"id": id_, "error": str(error)})
            continue
        record = form.record
        row: dict[str, Any] = {
            "id": id_,
            "round": record.round,
            "scenario": record.scenario,
            "form": record.form,
            "level": record.level,
            "issued_at": record.issued_at,
            "grades": form.grades(),
        }
        rows.append({**row, "candidate": record.candidate} if names else row)
    if as_json:
        emit(rows)
        return
    for row in rows:
        if "error" in row:
            say(f"{row['id']}  DAMAGED: {row['error']}")
            continue
        graded = f"{len(row['grades'])} grade(s)" if row["grades"] else "not graded"
        name = f"  {row['candidate']}" if names else ""
        say(f"{row['id']}  round {row['round']}  {row['scenario']}, {row['form']}, {row['level']}  {row['issued_at']}  {graded}{name}")
    if not rows:
        say("Nothing issued yet: takehome issue CANDIDATE")


@vault_group.command("check")
@vault_option
@command
def check_command(vault: str, as_json: bool) -> None:
    """Check every sealed file and the log against what was sealed; exit code 1 when anything differs."""
    opened = Vault.open(vault)
    problems: list[str] = []
    checked = 0
    entries = opened.log.entries()
    recovered = sum(entry.note == "recovered" for entry in entries)
    problems += [
        f"{subject} is sealed and has no line in audit.log: a crash came in between, or lines were removed. Compare with a backup;"
        " the next command that writes adds the line, marked as recovered."
        for subject in opened.unlogged()
    ]
    for id_ in sorted({entry.subject for entry in entries if entry.event == "issued"} | set(opened.ids())):
        try:
            form = opened.form(id_)
            form.verify()
            checked += 1
            sealed = {entry.subject: entry.digest for entry in entries}
            for subject in (entry.subject for entry in entries if entry.subject.startswith(f"{id_}/")):
                number, folder = form.grade(int(subject.partition("/")[2]))
                if files.file_digest(folder / files.MANIFEST) != sealed[subject]:
                    problems.append(f"grade {number} of {id_}: manifest.json differs from what the log says was sealed. Restore it from a backup.")
                checked += 1
        except KitError as error:
            problems.append(str(error))
    if as_json:
        emit({"checked": checked, "log_entries": len(entries), "recovered": recovered, "problems": problems})
    else:
        say(f"{checked} sealed folders and {len(entries)} lines of the log checked; {len(problems)} problem(s)")
        if recovered:
            say(f"{recovered} line(s) of the log were added after the fact, as after a crash (note: recovered)")
    for problem in problems:
        remark(f"Error: {problem}")
    if problems:
        raise click.exceptions.Exit(1)


@vault_group.command("rotate")
@vault_option
@command
def rotate_command(vault: str, as_json: bool) -> None:
    """Make a new secret for take-homes issued from now on; those issued before keep theirs. Back up secret.json afterwards."""
    generation = Vault.open(vault, write=True).rotate()
    if as_json:
        emit({"generation": generation})
    else:
        say(f"New take-homes are drawn from generation {generation} of the secret. Back up secret.json of the vault.")


@vault_group.command("wording")
@vault_option
@command
def wording_command(vault: str, as_json: bool) -> None:
    """Sentences of your own for DATA.md: write a draft into the vault, or check what stands there."""
    from kit import wording

    root = Vault.open_or_create(vault).root
    path, drafted = root / wording.FILE, not (root / wording.FILE).exists()
    if drafted:
        wording.draft(root)
    own = wording.read(root)
    borrowed = wording.borrowed(own)
    theirs = sorted(set(own) - set(borrowed))
    if as_json:
        emit({"path": str(path), "drafted": drafted, "own": theirs, "borrowed": borrowed})
        return
    if drafted:
        say(f"The kit's sentences stand in {path}. Say them in words of your own; take-homes issued from then on draw from yours.")
        return
    say(f"{path}: every sentence can stand. {len(theirs)} cause(s) have sentences of your own alone.")
    if borrowed:
        say(f"Sentences that everybody can read can still be drawn for: {', '.join(borrowed)}.")
