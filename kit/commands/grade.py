"""`takehome grade` and `takehome regrade`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kit import files
from kit.commands.common import command, emit, plain, progress_display, remark, say, shown, vault_option
from kit.errors import InternalError, unwritable
from kit.scratch import scratch
from kit.vault import Vault

if TYPE_CHECKING:
    from kit.assess import Graded

PAGES = ("scorecard.json", "report.html")


@click.command("grade")
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...", type=click.Path(path_type=Path))
@vault_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Also copy scorecard.json and report.html to FOLDER/<id>-<grade>/.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Calls of a submission that run at once, one thread each.  [default: the cores of this machine]"
)
@click.option(
    "--sandbox",
    "wanted",
    type=click.Choice(["bubblewrap", "container"]),
    envvar="TAKEHOME_SANDBOX",
    help="Run submissions in this one and no other (also TAKEHOME_SANDBOX).  [default: the first that holds in a live test]",
)
@click.option(
    "--allow-unsandboxed", is_flag=True, help="Run submissions with your own rights where there is no sandbox. Only for code that you trust."
)
@command
def grade_command(
    submissions: tuple[Path, ...], vault: str, out: Path | None, jobs: int | None, wanted: str | None, allow_unsandboxed: bool, as_json: bool
) -> None:
    """Grade each SUBMISSION (a zip or a folder): run it in the sandbox, score it, write scorecard.json and report.html.

    Every grade is kept in the vault beside the form. A submission that cannot be graded does not stop the others; the exit code is then 1.
    """
    opened = Vault.open(vault, write=True)
    if out is not None:
        _prepare(out)
    from kit.assess import assess
    from kit.doctor import usable_cores
    from kit.runtime import runtime_for
    from kit.sandbox.choose import choose

    with progress_display(len(submissions)) as display:
        display.stage("choosing a sandbox", None)
        sandbox = choose(allow_unsandboxed=allow_unsandboxed, wanted=wanted, remark=remark)
        display.stage("preparing the runtime", None)
        runtime = runtime_for(sandbox, progress=display.stage)
        results = assess(
            opened,
            submissions,
            sandbox=sandbox,
            runtime=runtime,
            jobs=jobs or usable_cores(),
            progress=display.stage,
            started=lambda path: display.item(path.name),
            finished=lambda _: display.item_done(),
        )
    _report(results, out=out, as_json=as_json)


@click.command("regrade")
@click.argument("id_", metavar="ID")
@click.option("--grade", "grade", type=click.IntRange(min=1), metavar="N", help="Which grade's evidence to score again.  [default: the latest]")
@vault_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Also copy scorecard.json and report.html to FOLDER/<id>-<grade>/.")
@command
def regrade_command(id_: str, grade: int | None, vault: str, out: Path | None, as_json: bool) -> None:
    """Score the kept evidence of take-home ID again, without running anything of the submission. Appends a new grade."""
    opened = Vault.open(vault, write=True)
    if out is not None:
        _prepare(out)
    from kit.assess import regrade

    result = regrade(opened, id_, grade=grade)
    _report([result], out=out, as_json=as_json)


def _prepare(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(out, error) from error


def _report(results: list[Graded], *, out: Path | None, as_json: bool) -> None:
    """Say what became of each submission, copy the pages if asked, and end with exit code 1 if any failed."""
    from kit.report.summary import print_summary

    failed = [result for result in results if result.error is not None]
    for result in results:
        folder = _copied(result, out)
        if result.scorecard is not None and not as_json:
            print_summary(result.scorecard)
            if result.changed is not None:
                say("The scorecard " + ("differs from the one scored before." if result.changed else "is the same as the one scored before."))
            say(f"  scorecard  {shown(folder / 'scorecard.json') if folder else ''}")
            say(f"  report     {shown(folder / 'report.html') if folder else ''}")
            say()
    if as_json:
        emit([result.to_dict() for result in results])
    elif len(results) > 1:
        for result in results:
            total = f"{result.scorecard.total:5.1f}  {result.scorecard.verdict.value}" if result.scorecard is not None else "  not graded (see below)"
            say(f"{total:<24} {plain(Path(result.source).name)}")
    context = click.get_current_context()
    for result in failed:
        if context.params.get("debug") and result.trace:
            click.echo(result.trace, err=True)
        remark(f"Error: {result.source}: {result.error}")
    if failed:
        raise click.exceptions.Exit(1)


def _copied(result: Graded, out: Path | None) -> Path | None:
    """Where a person finds the scorecard and the report: a copy below `out` if there is one, else the sealed grade."""
    if out is None or result.folder is None:
        return result.folder
    target = out / f"{result.id}-{result.grade}"
    try:
        with scratch(out, kind=".takehome-") as work:
            made = work / "pages"
            made.mkdir()
            for name in PAGES:
                shutil.copyfile(result.folder / name, made / name)
            files.checkpoint("copied:pages")
            if not target.exists():
                os.rename(made, target)
            else:
                for name in PAGES:
                    os.replace(made / name, target / name)
            files.checkpoint("delivered:pages")
    except OSError as error:
        raise unwritable(target, error, then=f"The grade is kept in {result.folder}.") from error
    if not (target / "report.html").is_file():
        raise InternalError(f"{target} must hold report.html after copying; it does not")
    return target
