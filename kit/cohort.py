"""A round as a whole: what each take-home of it was graded, ready for a page and a spreadsheet.

    vault + round -> the latest grade of each take-home -> rows, best total first -> Cohort

It reads sealed scorecards and nothing else: nothing is run or scored. What could not be read is a row that says why, and hides no other.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from graders.model import Scorecard
from kit.errors import InputError, KitError, nearest
from kit.record import Record
from kit.report import words
from kit.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Row:
    """One take-home of a round. Numbers are None where it was not graded."""

    id: str
    candidate: str
    """Empty unless names were asked for."""
    scenario: str
    form: str
    level: str
    grade: int | None = None
    verdict: str = ""
    """In a word, as on the report; `Not graded`, or `Damaged`, where there is no scorecard."""
    total: float | None = None
    low: float | None = None
    high: float | None = None
    """One standard error of measurement either way, within 0 and 100."""
    findings: float | None = None
    behaviour: float | None = None
    claims: float | None = None
    """Points of the three sections, of 45, 30 and 25 where all could be measured."""
    found: int | None = None
    planted: int | None = None
    false_alarms: int | None = None
    production_skill: float | None = None
    knock_outs: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()
    """What has to be settled before the total means anything."""
    problem: str = ""
    """Why there is no scorecard, where one was expected."""


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """All take-homes of a round."""

    round: str
    rows: tuple[Row, ...]
    pass_mark: float | None
    sem: float | None
    """The largest standard error of measurement of its scorecards."""
    families: tuple[tuple[str, int, int], ...]
    """Family of faults, how many of its faults were found and how many were planted, over all graded take-homes."""
    unread: tuple[str, ...] = ()
    """Take-homes of the vault whose record cannot be read, so that nobody knows whether they belong to the round."""

    @property
    def graded(self) -> tuple[Row, ...]:
        """Rows with a total."""
        return tuple(row for row in self.rows if row.total is not None)

    @property
    def apart(self) -> float | None:
        """By how much the totals of two equal candidates differ by chance alone in 95 of 100 pairs: 1.96 sqrt(2) standard errors of one total."""
        return None if self.sem is None else 1.96 * math.sqrt(2) * self.sem

    @property
    def forms(self) -> tuple[str, ...]:
        """Lengths of form among the graded: totals of different ones are not on one footing."""
        return tuple(sorted({row.form for row in self.graded}))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        return {"round": self.round, "rows": [asdict(row) for row in self.rows], "unread": list(self.unread)}


def gather(vault: Vault, round_: str, *, names: bool) -> Cohort:
    """Everybody of a round. Raises InputError when nothing was issued in it, with the rounds there are."""
    records = vault.records()
    wanted = [id for id, record in records.items() if record.round == round_]
    if not wanted:
        rounds = sorted({record.round for record in records.values()})
        there = f"this vault has {', '.join(map(repr, rounds))}.{nearest(round_, rounds)}" if rounds else "nothing was issued from this vault yet."
        raise InputError(f"--round must be one in which take-homes were issued; got {round_!r}: {there}")
    rows, cards = [], []
    for id in wanted:
        row, card = _row(vault, id, records[id], names=names)
        rows.append(row)
        if card is not None:
            cards.append(card)
    found, planted = Counter[str](), Counter[str]()
    for card in cards:
        planted.update(fault.family for fault in card.fault_results)
        found.update(fault.family for fault in card.fault_results if fault.found)
    return Cohort(
        round=round_,
        rows=tuple(sorted(rows, key=lambda row: (row.total is None, -(row.total or 0.0), row.id))),
        pass_mark=max((card.pass_mark for card in cards), default=None),
        sem=max((card.sem for card in cards), default=None),
        families=tuple((family, found[family], planted[family]) for family in words.FAMILIES if planted[family]),
        unread=tuple(id for id in vault.ids() if id not in records),
    )


def _row(vault: Vault, id: str, record: Record, *, names: bool) -> tuple[Row, Scorecard | None]:
    about: dict[str, Any] = {
        "id": id, "candidate": record.candidate if names else "", "scenario": record.scenario, "form": record.form, "level": record.level,
    }  # fmt: skip
    try:
        form = vault.form(id)
        if not form.grades():
            return Row(**about, verdict="Not graded"), None
        number, card = form.scorecard()
    except KitError as error:
        return Row(**about, verdict="Damaged", problem=str(error)), None
    row = Row(
        **about,
        grade=number,
        verdict=words.verdict_words(card).word,
        total=card.total,
        low=max(0.0, card.total - card.sem),
        high=min(100.0, card.total + card.sem),
        findings=card.findings.points,
        behaviour=card.behaviour.points,
        claims=card.claims.points,
        found=sum(fault.found for fault in card.fault_results),
        planted=len(card.fault_results),
        false_alarms=sum(result.verdict == "false_alarm" for result in card.finding_results),
        production_skill=card.production_skill,
        knock_outs=card.knock_outs,
        settle=tuple(caution.title for caution in words.cautions(card)),
    )
    return row, card
