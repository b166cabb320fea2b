"""The command `takehome`. Each command lives in a file of its own under `kit/commands`.

Exit codes: 0 all done; 1 part failed (a candidate, a submission, a check) and the rest was done; 2 a wrong argument, roster or submission;
3 the vault; 4 this machine (sandbox, runtime, a folder to write to); 70 a mistake of the kit; 130 stopped at the keyboard.
"""

from __future__ import annotations

from typing import NoReturn

import click

from kit.commands.calibrate import calibrate_command
from kit.commands.catalog import catalog_command
from kit.commands.cohort import cohort_command
from kit.commands.feedback import feedback_command
from kit.commands.grade import grade_command, regrade_command
from kit.commands.issue import issue_command
from kit.commands.key import key_command
from kit.commands.machine import demo_command, doctor_command
from kit.commands.vault import vault_group
from kit.errors import nearest
from kit.version import VERSION


class Commands(click.Group):
    """A group that suggests the nearest command for a mistyped one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            known = self.list_commands(ctx)
            ctx.fail(f"the command must be one of {', '.join(known)}; got {args[0]!r}.{nearest(args[0], known)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(VERSION, prog_name="takehome")
def cli() -> None:
    """Issue dirty-data take-homes, each one unique, and grade what comes back.

    Does a candidate distrust their own offline score?
    """


for _each in (
    issue_command,
    grade_command,
    regrade_command,
    feedback_command,
    cohort_command,
    key_command,
    catalog_command,
    vault_group,
    doctor_command,
    demo_command,
    calibrate_command,
):
    cli.add_command(_each)


def main() -> NoReturn:
    """Entry point of the console script."""
    try:
        code = cli.main(prog_name="takehome", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped. What was sealed before is kept; what was under way is not.", err=True)
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    raise SystemExit(code or 0)
