"""Does the evidence of a finding hold? Cited cells and pairs are looked up, statistics are computed again.

Evidence is decisive when either holds on this very form:

- citations: at least three rows whose cell stands in the given table as cited, is wrong, and should be what the citation says; for rows and
  splits at least three pairs that really make the fault; and three quarters of all that is cited is true, so that guessing many cells
  does not pay;
- a statistic that the mechanism declares decisive, on the fault's own table and column, within the tolerance of the rubric.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from graders import statistics
from graders.findings import NULL, Citation, Finding, Statistic
from graders.key import TABLES, Fault, Key, RowSet
from graders.rubric import EvidenceRules

OFFLINE = ("train", "holdout", "acceptance")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Whether decisive evidence holds, and why."""

    holds: bool
    words: str


def check(finding: Finding, fault: Fault, key: Key, rules: EvidenceRules) -> Proof:
    """The evidence of a finding against the fault it names."""
    good: list[str] = []
    bad: list[str] = []
    if finding.citations:
        holds, words = _citations(finding, fault, key, rules)
        (good if holds else bad).append(words)
    if finding.pairs:
        holds, words = _pairs(finding, fault, key, rules)
        (good if holds else bad).append(words)
    if finding.statistic is not None:
        holds, words = _statistic(finding, finding.statistic, fault, key, rules)
        (good if holds else bad).append(words)
    if good:
        return Proof(holds=True, words=good[0])
    return Proof(holds=False, words="; ".join(bad) if bad else "no citation, pair or statistic was given")


def fault_columns(fault: Fault) -> set[str]:
    """The columns in which the fault shows."""
    return {locus.column for locus in fault.loci if locus.column} | set(fault.changed)


def _citations(finding: Finding, fault: Fault, key: Key, rules: EvidenceRules) -> tuple[bool, str]:
    columns = fault_columns(fault)
    seen: dict[tuple[str, str], bool] = {}
    for cell in finding.citations[: rules.citations_read]:
        column = cell.column or finding.locus.column or ""
        here = (cell.row, column)
        seen[here] = seen.get(here, True) and column in columns and _cell_holds(cell, column, key)
    rows = {row for (row, _), holds in seen.items() if holds}
    return _enough(len(rows), sum(seen.values()), len(seen), rules, "cited cells hold (wrong in the data, and as cited)")


def _cell_holds(cell: Citation, column: str, key: Key) -> bool:
    """Whether the cell stands as cited, is wrong, and the honest value is the one cited (and nearer to it than to what stands there)."""
    unit = key.truth.columns[column].unit if column in key.truth.columns else 0.0
    for table in TABLES:
        at = key.position(table, cell.row)
        if at < 0 or column not in key.given(table) or column not in key.honest(table):
            continue
        given, honest = key.given(table)[column].iloc[at], key.honest(table)[column].iloc[at]
        wrong = not _equal(given, honest, unit / 2)
        return wrong and _equal(given, cell.value, unit) and _equal(honest, cell.should_be, unit) and _nearer(cell.should_be, honest, given)
    return False


def _equal(true: object, stated: object, within: float) -> bool:
    """Whether two cells are the same within a rounding unit; null is written as the word null."""
    missing, absent = _null(true), _null(stated)
    if missing or absent:
        return missing and absent
    a, b = _number(true), _number(stated)
    if a is None or b is None:
        return a is None and b is None and str(true) == str(stated)
    return abs(a - b) <= within * (1 + 1e-9) + 1e-12 * abs(a)


def _nearer(stated: object, honest: object, given: object) -> bool:
    values = [_number(v) for v in (stated, honest, given)]
    if any(v is None or _null(v) for v in values):
        return True
    a, b, c = (float(v) for v in values if v is not None)
    return abs(a - b) < abs(a - c)


def _null(value: object) -> bool:
    return value == NULL if isinstance(value, str) else bool(pd.isna(value))


def _number(value: object) -> float | None:
    return None if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def _pairs(finding: Finding, fault: Fault, key: Key, rules: EvidenceRules) -> tuple[bool, str]:
    rows = key.truth.row_sets.get(fault.id)
    seen = {frozenset((pair.row, pair.other)) for pair in finding.pairs[: rules.citations_read]}
    if rows is None:
        true = 0
    elif rows.rule == "later_in_train":
        true = sum(_later_in_train(pair, rows, key) for pair in seen)
    else:
        true = len(seen & {frozenset(pair) for pair in rows.pairs})
    return _enough(true, true, len(seen), rules, "pairs make the fault")


def _later_in_train(pair: frozenset[str], rows: RowSet, key: Key) -> bool:
    """Whether a pair is one of the rows and a training row that is decided at the same time or later."""
    faulty = set(rows.rows)
    for row in pair:
        (other,) = pair - {row} or {row}
        here, there = key.position(rows.table, row), key.position("train", other)
        if row in faulty and here >= 0 and there >= 0:
            return bool(key.given("train")["decision_time"].iloc[there] >= key.given(rows.table)["decision_time"].iloc[here])
    return False


def _enough(distinct: int, true: int, given: int, rules: EvidenceRules, what: str) -> tuple[bool, str]:
    holds = distinct >= rules.citations and true >= rules.citation_share * given
    needed = f"needed: {rules.citations}, and {rules.citation_share:.0%} of all given"
    return holds, f"{true} of {given} {what}" + ("" if holds else f" ({needed})")


def _statistic(finding: Finding, stated: Statistic, fault: Fault, key: Key, rules: EvidenceRules) -> tuple[bool, str]:
    if stated.name not in statistics.STATISTICS:
        return False, f"the statistic {stated.name!r} is not on the list ({', '.join(statistics.STATISTICS)})"
    if stated.name not in fault.decisive:
        return False, f"{stated.name} does not decide a fault of this kind"
    truth = recomputed(finding, stated, fault, key)
    if isinstance(truth, str):
        return False, truth
    unit = rules.units.get(stated.name)
    if unit is None:
        column = stated.column or finding.locus.column or ""
        unit = min(rules.unit_most, key.truth.columns[column].unit if column in key.truth.columns else rules.unit_most)
    allowed = max(rules.relative * abs(truth), min(unit, rules.unit_share * abs(truth)))
    holds = abs(stated.value - truth) <= allowed * (1 + 1e-9)
    return holds, f"{stated.name} is {truth:.6g} and {stated.value:.6g} was given" + ("" if holds else f" (within {allowed:.2g} was needed)")


def recomputed(finding: Finding, stated: Statistic, fault: Fault, key: Key) -> float | str:
    """The grader's own value of a cited statistic, or why it cannot belong to this fault."""
    name, locus = stated.name, finding.locus
    column = stated.column or locus.column or ""
    if name in ("auc", "psi", "served_difference", "recomputed_difference"):
        table = "serving_log" if name == "served_difference" else stated.table or (locus.table if locus.table in OFFLINE else "train")
        if column not in fault_columns(fault):
            return f"{name} was given on column {column or '(none)'}, which is not the column of this fault"
        if table not in TABLES or column not in key.given(table) or (name == "auc" and table not in OFFLINE):
            return f"{name} was given on {table!r}, which has no such column"
        return _kept(key, name, table, column)
    if name == "late_share":
        stream = (stated.stream or stated.table or "").removeprefix("events/")
        if not key.has_stream(stream) or (fault.streams and stream not in fault.streams):
            return f"late_share was given on the stream {stream!r}, which does not belong to this fault"
        return _kept(key, name, stream, stated.type or "")
    table, other = stated.table or locus.table, stated.other or "train"
    if table not in {place.table for place in fault.loci} or table not in OFFLINE:
        return f"{name} was given on {table!r}, which is not the table of this fault"
    if other not in OFFLINE:
        return f"{name} was given against {other!r}; expected one of {', '.join(OFFLINE)}"
    return _kept(key, name, table, other)


def _kept(key: Key, name: str, first: str, second: str) -> float:
    """One statistic, computed once a form."""

    def value() -> float:
        function = statistics.STATISTICS[name]
        if name == "auc":
            return function(key.given(first), second)
        if name == "psi":
            return function(key.given("train"), key.given("serving_log"), second)
        if name == "late_share":
            return function(key.events(first), second or None)
        if name in ("served_difference", "recomputed_difference"):
            return function(key.given(first), second, key.honest(first)[second])
        return function(key.given(first), key.given(second))

    return key.keep(("statistic", name, first, second), value)
