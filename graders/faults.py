"""Each planted fault as a report shows it: found or not, what it left on the table, its honest twin, and a handful of values."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from graders.findings_score import Scored
from graders.key import Decoy, Fault, Key, Locus, VaultFault, id_column
from graders.model import FaultResult

POINTS = 24
"""Rows in a plot: enough to see a pattern, few enough to read."""


def fault_results(scored: Scored, key: Key, possible: float) -> tuple[FaultResult, ...]:
    """Every fault of the form, in the order of the key; `possible` are the points of the findings section."""
    decoys = {d.id: d for d in key.truth.decoys}
    accused = {r.decoy for r in scored.results if r.decoy and r.verdict == "false_alarm"}
    hits = {r.fault: r for r in scored.results if r.verdict == "hit"}
    out = []
    for fault in key.truth.faults:
        if fault.twin not in decoys:
            raise VaultFault(f"key.json: faults.{fault.id}.twin: expected the id of a decoy; got {fault.twin!r}. The form must be issued anew.")
        twin, credit, hit = decoys[fault.twin], scored.credits.get(fault.id, 0.0), hits.get(fault.id)
        reason = f"Finding {hit.number}: {hit.reason}" if hit else "No finding names it."
        out.append(
            FaultResult(
                id=fault.id, mechanism=fault.mechanism, family=fault.family, level=fault.level, locus=fault.locus.words(), title=fault.title,
                explanation=fault.explanation, trail=fault.trail, price=fault.price, question=fault.question, found=hit is not None,
                credit=round(credit, 6), lost_points=round(possible * (1 - credit) / len(key.truth.faults), 2), reason=reason,
                twin=twin.id, twin_title=twin.title, twin_locus=twin.locus.words(), twin_explanation=twin.explanation,
                twin_accused=twin.id in accused, plot=_plot(fault, twin, key),
            )
        )  # fmt: skip
    return tuple(out)


def _plot(fault: Fault, twin: Decoy, key: Key) -> dict[str, Any]:
    """Given and honest values of some rows of the fault's column and of its twin's; nothing for rows and splits."""
    if fault.locus.kind != "column" or twin.locus.kind != "column":
        return {}
    given, honest = _series(fault.locus, key)
    twin_given, twin_honest = _series(twin.locus, key)
    return {
        "column": fault.locus.column, "given": given, "honest": honest,
        "twin_column": twin.locus.column, "twin_given": twin_given, "twin_honest": twin_honest,
    }  # fmt: skip


def _series(locus: Locus, key: Key) -> tuple[list[Any], list[Any]]:
    """Values of up to POINTS rows, half of them rows that differ; chosen by a digest of their ids, so always the same ones."""
    given, honest = key.given(locus.table), key.honest(locus.table)
    if locus.column not in given or locus.column not in honest:
        raise VaultFault(f"{locus.table}.parquet: expected the column {locus.column!r} of a fault or decoy. The form must be issued anew.")
    a, b = given[locus.column], honest[locus.column]
    order = key.keep(("digest order", locus.table), lambda: _digest_order(given[id_column(locus.table)]))
    differs = ((a.isna() != b.isna()) | ((a != b) & a.notna() & b.notna())).to_numpy()[order]
    wrong, rest = order[differs], order[~differs]
    half = min(len(wrong), max(POINTS // 2, POINTS - len(rest)))
    rows = np.concatenate([wrong[:half], rest[: POINTS - half]])
    return [_cell(v) for v in a.iloc[rows]], [_cell(v) for v in b.iloc[rows]]


def _digest_order(ids: pd.Series) -> np.ndarray:
    digests = [hashlib.blake2b(str(id_).encode(), digest_size=8).digest() for id_ in ids]
    return np.asarray(sorted(range(len(digests)), key=lambda i: digests[i]), dtype=np.int64)


def _cell(value: object) -> Any:
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else round(float(value), 6)  # type: ignore[arg-type]
