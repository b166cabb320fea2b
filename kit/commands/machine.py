"""`takehome doctor` and `takehome demo`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from kit.commands.common import command, emit, progress_display, remark, say, shown
from kit.secret import parse_secret


@click.command("demo")
@click.option("--secret", metavar="HEX", help="Repeat a run: the 64 hexadecimal digits that it printed.  [default: a fresh one]")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo-out"), show_default=True, metavar="FOLDER", help="Each run makes a new folder in it."
)
@click.option("--form", metavar="short|standard", default="standard", show_default=True, help="How many faults.")
@click.option("--scenario", metavar="ID", help="The business of the project; see `takehome catalog`.")
@command
def demo_command(secret: str | None, out: Path, form: str, scenario: str | None, as_json: bool) -> None:
    """Show the whole loop: make a vault, issue a take-home, grade it as handed over and as a careful engineer would hand it in."""
    from kit import demo
    from kit.report.summary import print_side_by_side

    chosen = None if secret is None else parse_secret(secret)
    with progress_display() as display:
        result = demo.run(out, secret=chosen, form=form, scenario=scenario, progress=display.stage, warn=remark)
    if as_json:
        emit(result.to_dict())
    else:
        print_side_by_side([("as handed over", result.inherited_card), ("careful", result.careful_card)])
        say()
        for name, path in result.places().items():
            say(f"  {name:<28} {shown(path)}")
        say(f"  {'secret (to repeat)':<28} {result.secret}")
        if not result.sandboxed:
            say()
            say(demo.UNSANDBOXED)
        say()
    for problem in result.problems():
        remark(f"Error: {problem}")
    if result.problems():
        raise click.exceptions.Exit(1)


@click.command("doctor")
@command
def doctor_command(as_json: bool) -> None:
    """Say what this machine can do, and how to mend what it cannot; exit code 1 when it cannot grade."""
    from kit.doctor import can_grade, examine

    findings = examine()
    able = can_grade(findings)
    if as_json:
        emit({"can_grade": able, "findings": [asdict(finding) for finding in findings]})
    else:
        width = max(len(finding.title) for finding in findings)
        for finding in findings:
            say(f"{finding.state:<5} {finding.title:<{width}}  {finding.found}")
            if finding.mend:
                say(f"{'':<{width + 6}}  -> {finding.mend}")
        say()
        say("This machine can grade." if able else "This machine cannot grade until what is marked `fail` is mended.")
    if not able:
        raise click.exceptions.Exit(1)
