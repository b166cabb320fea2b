"""A scorecard in the terminal: the verdict and what to do about it on one screen, and several scorecards beside each other.

Nothing that a submission wrote is read as markup, and hidden characters come out as escapes.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from graders.model import Scorecard, Verdict
from kit.report import words
from kit.report.numbers import apportion, metric_value, number, points
from kit.report.text import one_line

LOSSES_SHOWN = 8
_STYLES = {Verdict.PASS: "bold green", Verdict.REFER: "bold yellow", Verdict.FAIL: "bold red"}
_BAR = 24


def print_summary(scorecard: Scorecard, console: Console | None = None) -> None:
    """Print one scorecard: verdict, sections, the largest losses, warnings and the next step. Fits 80 columns."""
    console = console or Console()
    verdict = words.verdict_words(scorecard)
    head = Text.assemble(
        (f"{verdict.mark} {verdict.word}", _STYLES[scorecard.verdict]),
        f"   {points(scorecard.total)} of 100, pass mark {number(scorecard.pass_mark)}, give or take {number(scorecard.sem)}",
    )
    body: list[Text | Table] = [head, Text(one_line(scorecard.verdict_reason, limit=600)), Text(), _sections(scorecard), Text()]
    body += [_bullet(sentence) for sentence in words.in_short(scorecard)]
    title = Text(f"{one_line(scorecard.title, limit=60)} · {one_line(scorecard.takehome, limit=40)}")
    console.print(
        Panel(
            Group(*body), title=title, title_align="left", box=ROUNDED, padding=(1, 2), border_style=_STYLES[scorecard.verdict].removeprefix("bold ")
        )
    )
    for caution in words.cautions(scorecard):
        console.print(Text.assemble(("! " + caution.title + ": ", "bold red"), caution.text))
    if scorecard.losses:
        console.print(_losses(scorecard))
    console.print(Text.assemble(("Next: ", "bold"), verdict.next))
    console.print(Text("The pass mark has no validation on people yet: one piece of evidence among others.", style="dim"))


def print_side_by_side(scorecards: Sequence[tuple[str, Scorecard]], console: Console | None = None) -> None:
    """Print named scorecards as columns of one table, so that two submissions of the same take-home can be compared."""
    console = console or Console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.add_column("")
    for name, _ in scorecards:
        table.add_column(Text(one_line(name, limit=40)), justify="right", overflow="fold")
    cards = [card for _, card in scorecards]
    table.add_row("Total (of 100)", *(Text(points(card.total), style="bold") for card in cards))
    table.add_row("Verdict", *(Text(words.verdict_words(card).word, style=_STYLES[card.verdict]) for card in cards))
    for label, name in (("Findings", "findings"), ("Behaviour", "behaviour"), ("Claims", "claims")):
        table.add_row(label, *(f"{points(getattr(card, name).points)} of {number(getattr(card, name).possible)}" for card in cards))
    table.add_section()
    table.add_row("Faults found", *(f"{sum(fault.found for fault in card.fault_results)} of {len(card.fault_results)}" for card in cards))
    table.add_row("False alarms", *(str(sum(result.verdict == "false_alarm" for result in card.finding_results)) for card in cards))
    table.add_row("Skill in production (1 is the reference)", *(number(card.production_skill) for card in cards))
    table.add_row("Behaviour and claims counted at", *(f"{card.gate:.0%}" for card in cards))
    for claim_id, label in (("mine", "Promised for their own pipeline"), ("inherited", "Promised for the pipeline handed over")):
        table.add_row(label, *(_claim(card, claim_id) for card in cards))
    table.add_section()
    table.add_row("Largest loss", *(_largest(card) for card in cards))
    console.print(table)


def _sections(card: Scorecard) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for label, section in (("Findings", card.findings), ("Behaviour", card.behaviour), ("Claims", card.claims)):
        share = min(1.0, max(0.0, section.points / section.possible)) if section.possible else 0.0
        filled = round(share * _BAR)
        bar = Text.assemble(("█" * filled, "blue"), ("░" * (_BAR - filled), "dim"))
        table.add_row(label, bar, Text(f"{points(section.points):>5} of {number(section.possible)}"))
    return table


def _losses(card: Scorecard) -> Table:
    losses = sorted(card.losses, key=lambda loss: -loss.points)
    tenths = apportion([loss.points for loss in losses], 100 - round(card.total, 1))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Largest losses", title_justify="left", title_style="bold")
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Reason", overflow="fold")
    for loss, lost in list(zip(losses, tenths, strict=True))[:LOSSES_SHOWN]:
        table.add_row(points(-lost), Text(one_line(loss.reason, limit=220)))
    rest = tenths[LOSSES_SHOWN:]
    if rest:
        table.add_row(
            points(-sum(rest)), Text(f"{len(rest)} smaller {'one, which is' if len(rest) == 1 else 'ones, all'} in the report", style="dim")
        )
    return table


def _bullet(sentence: str) -> Text:
    return Text("· " + one_line(sentence, limit=300))


def _claim(card: Scorecard, claim_id: str) -> Text:
    claim = next((claim for claim in card.claim_results if claim.id == claim_id), None)
    if claim is None or claim.point is None:
        return Text(f"nothing, got {metric_value(claim.truth, card.metric)}" if claim else "nothing")
    return Text(f"{metric_value(claim.point, card.metric)}, got {metric_value(claim.truth, card.metric)}")


def _largest(card: Scorecard) -> Text:
    if not card.losses:
        return Text("none")
    loss = max(card.losses, key=lambda loss: loss.points)
    return Text(f"{points(-loss.points)}: {one_line(loss.reason, limit=90)}")
