"""What every command shares: its options, its way of failing, its progress display and its two kinds of output.

With `--json` standard output carries one JSON value and nothing else; progress and remarks go to standard error either way.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from kit.errors import InternalError, KitError, MachineError

Command = TypeVar("Command", bound=Callable[..., Any])

vault_option = click.option(
    "--vault",
    "vault",
    envvar="TAKEHOME_VAULT",
    default="./vault",
    show_default=True,
    show_envvar=True,
    metavar="FOLDER",
    help="Where forms and keys are kept.",
)


def plain(text: object) -> str:
    """Text that is safe to print: control and direction characters shown as escapes, line breaks and tabs kept."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else repr(mark)[1:-1] for mark in str(text))


def say(text: object = "") -> None:
    """One line for a person, on standard output."""
    click.echo(plain(text))


def remark(text: object) -> None:
    """One line beside the result, on standard error."""
    click.echo(plain(text), err=True)


def emit(value: Any) -> None:
    """One JSON value on standard output. Characters that move a cursor or hide words are written as JSON's own escapes; the value is the same."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    click.echo("".join(mark if mark.isprintable() or mark == "\n" else json.dumps(mark)[1:-1] for mark in text))


def command(function: Command) -> Command:
    """Give a command `--json` and `--debug`, and turn its failures into a message and an exit code.

    A KitError's own code is used; a mistake of the kit gives 70. With `--json` the failure is also the JSON value: `{"error": {"kind", "message"}}`.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON value on standard output, progress on standard error.")
    @click.option("--debug", is_flag=True, help="Show where an error came from.")
    @functools.wraps(function)
    def wrapped(*args: Any, as_json: bool, debug: bool, **options: Any) -> None:
        try:
            function(*args, as_json=as_json, **options)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as raised:
            if _stopped(raised):
                raise click.Abort() from raised
            error = as_kit_error(raised)
            if debug:
                click.echo(traceback.format_exc(), err=True)
            remark(f"Error: {error}")
            if as_json:
                emit({"error": {"kind": type(error).__name__, "message": plain(error)}})
            raise click.exceptions.Exit(error.exit_code) from raised

    return wrapped  # type: ignore[return-value]


def _stopped(error: Exception) -> bool:
    from kit.sandbox.model import RunCancelled

    return isinstance(error, RunCancelled)


def as_kit_error(error: Exception) -> KitError:
    """Any failure as one with a message for a person and an exit code."""
    from kit.sandbox.model import SandboxError

    if isinstance(error, KitError):
        return error
    if isinstance(error, SandboxError):
        return MachineError(str(error))
    return InternalError(f"internal error of the kit: {type(error).__name__}: {error}. Run again with --debug and report what it prints.")


class Display:
    """Progress on standard error: bars on a terminal, a line a stage elsewhere."""

    def __init__(self, bars: Progress | None, total: int) -> None:
        self._bars = bars
        self._total = total
        self._done = 0
        self._said = ""
        self._stage: TaskID | None = None
        self._items: TaskID | None = None
        if bars is not None:
            self._items = bars.add_task("", total=total, note=f"0 of {total}") if total > 1 else None
            self._stage = bars.add_task("starting", total=None, note="")

    def item(self, name: str) -> None:
        """The next candidate or submission begins."""
        if self._bars is None:
            remark(name)
            self._said = ""
        elif self._items is not None:
            self._bars.update(self._items, description=_short(name))

    def item_done(self) -> None:
        self._done += 1
        if self._bars is not None and self._items is not None:
            self._bars.update(self._items, completed=self._done, note=f"{self._done} of {self._total}")

    def stage(self, name: str, fraction: float | None) -> None:
        """The Progress callback of issue and assess."""
        if self._bars is not None and self._stage is not None:
            note = "" if fraction is None else f"{fraction:.0%}"
            self._bars.update(self._stage, description=_short(name), completed=fraction or 0.0, total=None if fraction is None else 1.0, note=note)
        elif name != self._said:
            remark(f"  {name}")
        self._said = name


@contextlib.contextmanager
def progress_display(total: int = 1) -> Iterator[Display]:
    """A Display for `total` candidates or submissions."""
    if not sys.stderr.isatty():
        yield Display(None, total)
        return
    columns = (
        TextColumn("{task.description:<46}", markup=False),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[note]:>9}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        yield Display(bars, total)


def _short(text: str) -> str:
    line = plain(text).replace("\n", " ")
    return line if len(line) <= 46 else line[:45] + "…"


def shown(path: Path | None) -> str:
    """A path as short as it can be said from here."""
    if path is None:
        return ""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
