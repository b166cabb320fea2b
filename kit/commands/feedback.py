"""`takehome feedback`: the candidate's page of a sealed grade, as a file to send."""

from __future__ import annotations

from pathlib import Path

import click

from kit.commands.common import command, emit, remark, say, shown, vault_option
from kit.errors import InputError, MachineError
from kit.vault import Vault


@click.command("feedback")
@click.argument("id_", metavar="ID")
@click.option("--grade", "grade", type=click.IntRange(min=1), metavar="N", help="Which grade to tell of.  [default: the latest]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where the page is written.  [default: feedback-<ID>.html]")
@vault_option
@command
def feedback_command(id_: str, grade: int | None, out: Path | None, vault: str, as_json: bool) -> None:
    """Write the candidate's page of take-home ID: section scores and general advice, nothing of the key.

    A file that stands there already is never replaced; when it holds the same page, that is said.
    """
    form = Vault.open(vault).form(id_)
    number, card = form.scorecard(grade)
    from kit.report import words
    from kit.report.page import render_report

    target = out or Path(f"feedback-{form.id}.html")
    again = _keep(target, render_report(card, audience="candidate").encode())
    for caution in words.cautions(card):
        remark(f"Before you send it: {caution.title}. The grader's report says more.")
    if as_json:
        emit({"id": form.id, "grade": number, "path": str(target.absolute()), "again": again})
        return
    say(f"{'There already, unchanged' if again else 'Written'}: {shown(target)} (take-home {form.id}, grade {number}).")
    say("It holds no key and may be sent to the candidate.")


def _keep(target: Path, page: bytes) -> bool:
    """Write a new file; True when the same page stood there already. Raises InputError rather than replace anything."""
    try:
        if target.is_file() and target.read_bytes() == page:
            return True
        file = target.open("xb")
    except FileExistsError:
        raise InputError(f"--out must be a new file; {str(target)!r} is there already and is not this page. Move it away or give another.") from None
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with file:
            file.write(page)
    except OSError as error:  # a full disk: half a page must not be sent, nor stand in the way of the next try
        target.unlink(missing_ok=True)
        raise _unwritable(target, error) from error
    return False


def _unwritable(target: Path, error: OSError) -> MachineError:
    return MachineError(f"--out must be a file that can be written; {str(target)!r} gave: {error.strerror}. Give another.")
