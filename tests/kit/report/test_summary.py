"""The terminal shows the verdict, the numbers and the next step, and nothing that could steer a terminal."""

from __future__ import annotations

import io

import pytest
from odd_samples import hostile, unscorable
from rich.console import Console
from samples import SAMPLES, middling, poor, strong

from kit.report.summary import print_side_by_side, print_summary


def printed(width: int, *, colour: bool = False) -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=width, force_terminal=colour, color_system="standard" if colour else None), out


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_summary_fits_its_width_and_says_the_verdict(name: str, width: int) -> None:
    """Verdict, total, sections, next step, and no line longer than the terminal."""
    card = SAMPLES[name]()
    console, out = printed(width)
    print_summary(card, console)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= width
    for phrase in ("of 100, pass mark 60", "Findings", "Behaviour", "Claims", "Next:", "no validation on people yet"):
        assert phrase in text
    assert {"poor": "Below the mark", "middling": "Too close to call", "strong": "Pass"}[name] in text


def test_losses_as_printed_add_up() -> None:
    """The points in the table, the rest included, make 100 with the total."""
    console, out = printed(120)
    print_summary(middling(), console)
    table = out.getvalue().split("Largest losses")[1]
    lost = [float(word[1:]) for line in table.splitlines() for word in line.split()[:1] if word.startswith("−")]
    assert round(sum(lost), 6) == 48.5


def test_hostile_text_cannot_steer_the_terminal() -> None:
    """Escape sequences and direction overrides come out as escapes; markup is not read as markup."""
    console, out = printed(100)
    print_summary(hostile(), console)
    print_side_by_side([("\x1b[2J[red]name[/red]", hostile()), ("other", strong())], console)
    text = out.getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold red]markup[/bold red]" in text
    assert "\\x1b[2J[red]name[/red]" in text


def test_warnings_come_with_the_summary() -> None:
    """A person asked for and a missing sandbox are said in the terminal too."""
    console, out = printed(100)
    print_summary(unscorable(), console)
    assert "A person must look at this" in out.getvalue()
    assert "Not sandboxed" in out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_two_submissions_stand_beside_each_other(width: int) -> None:
    """Each column holds its own submission's numbers."""
    console, out = printed(width)
    print_side_by_side([("as handed over", poor()), ("careful", strong())], console)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    row = {label: next(line for line in lines if line.strip().startswith(label)) for label in ("Total", "Faults found", "False alarms", "Verdict")}
    assert row["Total"].split()[-2:] == ["0.0", "83.0"]
    assert row["False alarms"].split()[-2:] == ["1", "0"]
    assert row["Faults found"].split()[2:] == ["1", "of", "8", "7", "of", "8"]
    assert row["Verdict"].split() == ["Verdict", "Below", "the", "mark", "Pass"]


def test_without_a_console_it_prints_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """The command line calls it with a scorecard alone."""
    print_summary(strong())
    print_side_by_side([("careful", strong())])
    assert "83.0 of 100" in capsys.readouterr().out.replace("\n", " ")
