"""What a submission says: its findings and claims, read strictly from findings.toml.

One bad finding loses only itself: everything that can be read is kept, and each problem becomes a note that names the line.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from graders.rubric import Limits
from graders.strict import Block, Unreadable, blocks, not_finite, parse_toml, read_text

FAMILIES = ("target_leakage", "future_timestamp", "contamination", "serving_skew")
CLAIMS = ("mine", "inherited")
NULL = "null"
"""How a citation writes a missing value: TOML has none."""


def _number(value: object) -> object:
    """Refuses true and false where a number is meant, which Python would take for 1 and 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("expected a number")
    return value


Number = Annotated[float, BeforeValidator(_number)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Cell = Annotated[float, Field(strict=True)] | str
"""A number, a category, or the word null."""


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Locus(_Read):
    """Where a fault is said to be: a column of a table, a set of its rows, or the split that made the table."""

    kind: Literal["column", "rows", "split"]
    table: Name
    column: Name | None = None
    ids: tuple[Name, ...] = ()
    file: Name | None = None

    def words(self) -> str:
        """The locus as a person would say it."""
        if self.kind == "column":
            return f"column {self.column} of {self.table}"
        if self.kind == "rows":
            return f"{len(self.ids)} rows of {self.table}"
        return f"the split that made {self.table}"


class Citation(_Read):
    """One cell that is wrong, and what should stand there."""

    row: Name
    value: Cell
    should_be: Cell
    table: Name | None = None
    column: Name | None = None


class Pair(_Read):
    """Two rows that together make the fault."""

    row: Name
    other: Name


class Statistic(_Read):
    """A number of the fixed list, with what it was computed on."""

    name: Name
    value: Number
    table: Name | None = None
    other: Name | None = None
    column: Name | None = None
    stream: Name | None = None
    type: Name | None = None


class Finding(_Read):
    """One finding, with its position in the file."""

    number: int
    line: int
    locus: Locus
    family: Literal["target_leakage", "future_timestamp", "contamination", "serving_skew"]
    confidence: Annotated[Number, Field(ge=0, le=1)]
    action: Literal["drop", "fix", "keep"]
    kind: Name | None = None
    why: str = ""
    citations: tuple[Citation, ...] = ()
    pairs: tuple[Pair, ...] = ()
    statistic: Statistic | None = None

    @property
    def accuses(self) -> bool:
        """Whether it says that something is wrong; `keep` is an opinion."""
        return self.action != "keep"


class Claim(_Read):
    """A promise about production: a point and an 80% interval."""

    point: Number
    low: Number
    high: Number


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything that could be read of findings.toml, and notes on what could not."""

    findings: tuple[Finding, ...] = ()
    claims: Mapping[str, Claim]
    problems: Mapping[str, str]
    """Why a claim, by id, cannot be scored."""
    notes: tuple[str, ...] = ()


def read_findings(path: Path, limits: Limits) -> Findings:
    """The findings of a file, with the row sets that lie beside it. Never raises for what a candidate wrote."""
    if not path.is_file():
        return _none(f"{path.name} is missing: no finding and no claim could be scored.")
    try:
        text = read_text(path, most=limits.findings_bytes)
    except Unreadable as error:
        return _none(f"No finding and no claim could be scored. {error}")
    return parse_findings(text, limits, folder=path.parent)


def _none(why: str) -> Findings:
    """Nothing could be read, for one reason."""
    return Findings(claims={}, problems=dict.fromkeys(CLAIMS, why), notes=(why,))


def parse_findings(text: str, limits: Limits, *, folder: Path | None = None) -> Findings:
    """The findings of TOML text; row sets named by a file are looked for in `folder`."""
    notes: list[str] = []
    parts = blocks(text)
    lines = [b.line for b in parts if _is(b, "finding")]
    try:
        document = parse_toml(text, depth=limits.depth)
    except Unreadable as error:
        notes.append(f"findings.toml could not be read whole ({error}); each section was read by itself.")
        document, lines = _salvage(parts, limits, notes)
    raw = document.get("finding", [])
    if not isinstance(raw, list):
        notes.append("findings.toml: findings are written as `[[finding]]` with two brackets; a single `[finding]` was read as one.")
        raw, lines = [raw], lines or [1]
    if len(raw) > limits.findings_read:
        notes.append(f"findings.toml holds {len(raw)} findings; only the first {limits.findings_read} were read.")
    lines = lines if len(lines) == len(raw) else [0] * len(raw)
    found: list[Finding] = []
    for number, (item, line) in enumerate(zip(raw[: limits.findings_read], lines, strict=False), start=1):
        try:
            found.append(_finding(item, number, line, limits, folder, notes))
        except Unreadable as error:
            at = f" (line {line})" if line else ""
            notes.append(f"Finding {number}{at} is not scored: {error}")
    known = {"finding", "claim"}
    notes += [f"findings.toml: {name!r} is not known and was ignored{_near(name, known)}." for name in document if name not in known]
    claims, problems = _claims(document.get("claim", {}), parts)
    return Findings(findings=tuple(found), claims=claims, problems=problems, notes=tuple(notes))


def _is(block: Block, name: str) -> bool:
    return re.sub(r"\s|[\"']", "", block.header).strip("[]") == name


def _salvage(parts: list[Block], limits: Limits, notes: list[str]) -> tuple[dict[str, Any], list[int]]:
    """Each section read by itself, so that a slip in one costs only that one. A finding's own sub-sections belong to it."""
    document: dict[str, Any] = {"finding": [], "claim": {}}
    lines: list[int] = []
    merged: list[Block] = []
    for part in parts:
        name = re.sub(r"\s|[\"']", "", part.header).strip("[]")
        if name.startswith("finding.") and merged:
            merged[-1] = Block(header=merged[-1].header, line=merged[-1].line, text=merged[-1].text + part.text)
        else:
            merged.append(part)
    for part in merged:
        try:
            inner = parse_toml(part.text, depth=limits.depth)
        except Unreadable as error:
            what = part.header or "before the first header"
            notes.append(f"The section {what} at line {part.line} is not scored: {_shifted(str(error), part.line)}")
            if _is(part, "finding"):
                document["finding"].append(None)
                lines.append(part.line)
            continue
        raw = inner.get("finding", [])
        items = raw if isinstance(raw, list) else [raw]
        document["finding"] += items
        lines += [part.line] * len(items)
        claim = inner.get("claim", {})
        if isinstance(claim, dict):
            document["claim"].update(claim)
    kept = [(item, line) for item, line in zip(document["finding"], lines, strict=True) if item is not None]
    document["finding"] = [item for item, _ in kept]
    return document, [line for _, line in kept]


def _shifted(message: str, line: int) -> str:
    """A parser's message with the line within the section turned into the line within the file."""
    return re.sub(r"line (\d+)", lambda m: f"line {int(m[1]) + line - 1}", message)


def _finding(item: object, number: int, line: int, limits: Limits, folder: Path | None, notes: list[str]) -> Finding:
    if not isinstance(item, dict):
        raise Unreadable(f"expected a table of keys; got {item!r}")
    bad = not_finite(item)
    if bad:
        raise Unreadable(f"{bad}: expected a finite number; got NaN or infinity")
    item = {**item, "why": item["why"][: limits.text]} if isinstance(item.get("why"), str) else item
    unknown = [name for name in item if name not in Finding.model_fields or name in ("number", "line")]
    notes += [f"Finding {number} (line {line}): {name!r} is not known and was ignored{_near(name, set(Finding.model_fields))}." for name in unknown]
    item = _with_evidence(item, f"Finding {number} (line {line})", notes)
    try:
        finding = Finding.model_validate({**item, "number": number, "line": line})
    except ValidationError as error:
        raise Unreadable(_first(error, item)) from error
    locus = finding.locus
    if locus.kind == "column" and not locus.column:
        raise Unreadable('locus.column: expected the name of the column; add column = "..." to the locus')
    if locus.kind != "rows":
        return finding
    ids = locus.ids + (_ids(locus.file, limits, folder) if locus.file else ())
    if not ids:
        raise Unreadable('locus: expected the rows, as ids = ["r_...", ...] or as file = "name.csv" with the header row_id; got none')
    if len(ids) > limits.row_ids:
        raise Unreadable(f"locus: expected at most {limits.row_ids} rows; got {len(ids)}")
    return finding.model_copy(update={"locus": locus.model_copy(update={"ids": tuple(dict.fromkeys(ids))})})


def _with_evidence(item: dict[str, Any], where: str, notes: list[str]) -> dict[str, Any]:
    """The finding with the evidence that can be read: a malformed citation, pair or statistic is left out and noted."""
    kept: dict[str, Any] = {}
    for key, model in (("citations", Citation), ("pairs", Pair)):
        given = item.get(key, [])
        if not isinstance(given, list):
            notes.append(f"{where}: {key}: expected a list of tables; got {str(given)[:80]!r}. Left out.")
            given = []
        read = [(i, _try(model, value)) for i, value in enumerate(given, start=1)]
        notes += [f"{where}: {key} {i} is left out: {problem}." for i, problem in read if isinstance(problem, str)]
        kept[key] = tuple(value for _, value in read if not isinstance(value, str))
    if item.get("statistic") is not None:
        statistic = _try(Statistic, item["statistic"])
        if isinstance(statistic, str):
            notes.append(f"{where}: the statistic is left out: {statistic}.")
        kept["statistic"] = None if isinstance(statistic, str) else statistic
    return {**item, **kept}


def _try(model: type[_Read], value: object) -> _Read | str:
    """The value read, or what is wrong with it."""
    if not isinstance(value, dict):
        return f"expected a table of keys; got {str(value)[:80]!r}"
    try:
        return model.model_validate(value)
    except ValidationError as error:
        return _first(error, value)


def _ids(name: str, limits: Limits, folder: Path | None) -> tuple[str, ...]:
    """The row ids of a CSV file that lies beside findings.toml."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}\.csv", name):
        raise Unreadable(f"locus.file: expected the plain name of a .csv file beside findings.toml; got {name!r}")
    path = (folder / name) if folder else None
    if path is None or path.is_symlink() or not path.is_file():
        raise Unreadable(f"locus.file: expected {name!r} beside findings.toml; it is not there")
    try:
        rows = list(csv.reader(read_text(path, most=limits.csv_bytes).splitlines()))
    except csv.Error as error:
        raise Unreadable(f"{name}: expected one row_id a line; {error}") from error
    header = [cell.strip() for cell in rows[0]] if rows else []
    if "row_id" not in header:
        raise Unreadable(f"{name}: expected the header row_id in the first line; got {','.join(header)[:80]!r}")
    at = header.index("row_id")
    return tuple(row[at].strip() for row in rows[1:] if len(row) > at and row[at].strip())


def _claims(raw: object, parts: list[Block]) -> tuple[dict[str, Claim], dict[str, str]]:
    claims: dict[str, Claim] = {}
    problems: dict[str, str] = {}
    raw = raw if isinstance(raw, dict) else {}
    for id in CLAIMS:
        line = next((f" (line {b.line})" for b in parts if _is(b, f"claim.{id}")), "")
        where = f"[claim.{id}]{line}"
        item = raw.get(id)
        if item is None:
            problems[id] = f"[claim.{id}] is missing or could not be read: write point, low and high under it."
        elif not isinstance(item, dict) or not_finite(item):
            problems[id] = f"{where}: expected finite numbers point, low and high; got {repr(item)[:200]}."
        else:
            try:
                claim = Claim.model_validate(item)
            except ValidationError as error:
                problems[id] = f"{where}: {_first(error, item)}."
                continue
            if claim.low > claim.high:
                problems[id] = f"{where}: expected low <= high; got low {claim.low!r} above high {claim.high!r}. Swap them."
            else:
                claims[id] = claim
    return claims, problems


def _first(error: ValidationError, item: Mapping[str, Any]) -> str:
    """The first problem in words: which key, what was expected, what came, the nearest allowed word."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "finding"
    if first["type"] == "missing":
        return f"{where}: expected a value; the key is missing{_near(where.split('.')[-1], set(item), 'did you write it as')}"
    came = first["input"]
    hint = _near(came, set(FAMILIES) | {"column", "rows", "split", "drop", "fix", "keep"}) if isinstance(came, str) else ""
    return f"{where}: {first['msg']}; got {repr(came)[:80]}" + hint


def _near(word: str, known: set[str], lead: str = "did you mean") -> str:
    match = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; {lead} {match[0]!r}?" if match else ""
