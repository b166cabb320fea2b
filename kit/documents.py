"""Keep the written part of a hand-in beside the evidence: findings, memo, and the tables of rows that findings name."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from graders.strict import Unreadable
from kit.bounded import MAX_BYTES, read_toml
from kit.names import fault_of
from kit.outcomes import outcome

MAX_TABLE_BYTES = 1024 * 1024
MAX_TABLES = 24


def keep_documents(submission: Path, out: Path) -> tuple[dict[str, Any], list[str]]:
    """Copy the documents of a hand-in to the new folder `out`; what became of each, by name, and notes for the reader.

    A document is copied as it is where it is small enough and text, also when it does not parse: the graders say which line is wrong.
    """
    out.mkdir(mode=0o700)
    rows: dict[str, Any] = {}
    notes: list[str] = []
    rows["MEMO.md"] = _keep(submission, "MEMO.md", out, MAX_BYTES)
    rows["findings.toml"] = _keep(submission, "findings.toml", out, MAX_BYTES)
    if rows["findings.toml"]["outcome"] != "document_ok":
        return rows, notes
    try:
        findings = read_toml((out / "findings.toml").read_bytes())
    except Unreadable as error:
        rows["findings.toml"] |= _row("document_invalid", detail=str(error))
        return rows, notes
    named = _tables(findings)
    for name in named[:MAX_TABLES]:
        if fault_of(name) or not name.endswith(".csv"):
            rows[name] = _row("document_not_allowed")
        else:
            rows[name] = _keep(submission, name, out, MAX_TABLE_BYTES)
    if len(named) > MAX_TABLES:
        notes.append(f"The findings name {len(named)} tables of rows; the first {MAX_TABLES} were kept.")
    return rows, notes


def _tables(findings: dict[str, Any]) -> list[str]:
    """Files that findings name, in order, each once."""
    listed = findings.get("finding", [])
    loci = [finding.get("locus") for finding in listed if isinstance(finding, dict)] if isinstance(listed, list) else []
    names = [locus.get("file") for locus in loci if isinstance(locus, dict)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and 0 < len(name) <= 200))


def _keep(submission: Path, name: str, out: Path, limit: int) -> dict[str, Any]:
    source = submission / name
    if not source.is_file():
        return _row("document_missing")
    size = source.stat().st_size
    if size > limit:
        return _row("document_too_large", detail=f"{size} bytes")
    data = source.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _row("document_not_text", detail=f"byte {error.start}")
    target = out / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return _row("document_ok") | {"bytes": size, "sha256": hashlib.sha256(data).hexdigest()}


def _row(code: str, *, detail: str = "") -> dict[str, Any]:
    row = outcome(code)
    return {"outcome": code, "side": row.side, "message": row.message + (f" ({detail})" if detail else "")}
