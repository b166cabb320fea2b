"""The answer key of a form as plain data: what was planted, where it may be named, what it costs, and what the references reach."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from generators.case import Case, mechanism
from generators.catalog import decoys, marks
from generators.certify import Certificate
from generators.decoys._traces import minimum
from generators.export import kept_days
from generators.model import PlannedFault
from generators.reference import Reference
from generators.rows import EVALUATION
from generators.tables import id_text

PAIRS = 4000
"""Pairs of rows that the key lists for a fault, at most; a split's pairs follow from its rows and need no list."""


def key(case: Case, reference: Reference, certificate: Certificate, attempts: list[str], told: dict[str, Any]) -> dict[str, Any]:
    """The contents of key.json; docs/contracts.md says what each field is. `told` is the form's brief."""
    plan = case.plan
    words = {c["name"]: c["meaning"] for c in told["columns"]}
    return {
        "schema": 1, "id": plan.id, "scenario": plan.scenario, "task": case.scenario.task, "metric": "roc_auc" if case.scenario.task == "binary" else "mae",
        "form": plan.form, "level": plan.level, "horizon_days": plan.calendar.horizon * 7, "title": case.scenario.title,
        "columns": {f.name: {"unit": f.unit, "definition": words[f.name]} for f in plan.spec.features},
        "faults": [_fault(case, f) for f in plan.faults], "decoys": [_decoy(case, f) for f in plan.faults],
        "row_sets": {f.id: _rows(case, f) for f in case.faults.tables},
        "reference": reference.plain(), "certificate": certificate.plain(attempts),
        "looks": {id: {"fault": asdict(a), "twin": asdict(b)} for id, (a, b) in case.looks.items()},
    }  # fmt: skip


def _locus(case: Case, fault: PlannedFault, site: str) -> dict[str, Any]:
    kind = mechanism(fault).locus
    if kind == "column":
        return {"kind": "column", "table": "train" if mechanism(fault).side == "offline" else "serving_log", "column": site}
    return {"kind": kind, "table": site}


def _accepted(case: Case, fault: PlannedFault) -> list[dict[str, Any]]:
    """Loci that name the fault besides its own: the column in any table; copied rows as a fault of the split; a split by its rows."""
    if mechanism(fault).locus == "column":
        tables = ("train", *EVALUATION, "serving_log")
        return [{"kind": "column", "table": table, "column": fault.site} for table in tables]
    other = {"kind": "split" if mechanism(fault).locus == "rows" else "rows", "table": fault.site}
    return [{"kind": mechanism(fault).locus, "table": fault.site}, other]


def _fault(case: Case, fault: PlannedFault) -> dict[str, Any]:
    kind = mechanism(fault)
    words = kind.words(site=fault.site, level=fault.level, entity=case.scenario.entity)
    return {
        "id": fault.id, "mechanism": fault.mechanism, "family": kind.family, "level": fault.level, "locus": _locus(case, fault, fault.site),
        "accepted": _accepted(case, fault), "siblings": list(kind.siblings), "alike": list(kind.alike), "changed": [fault.site] if kind.locus == "column" else [],
        "decisive": list(kind.decisive), "probe": f"leak_{fault.id}" if kind.leak else None, "twin": fault.twin, "own_rules": list(fault.own),
        "title": words.title, "explanation": words.explanation, "trail": words.trail, "price": words.price, "question": words.question,
    }  # fmt: skip


def _decoy(case: Case, fault: PlannedFault) -> dict[str, Any]:
    words = decoys()[fault.decoy].words(site=fault.twin_site)
    return {
        "id": fault.twin, "decoy": fault.decoy, "twin_of": fault.id, "locus": _locus(case, fault, fault.twin_site), "title": words.title,
        "explanation": words.explanation,
    }  # fmt: skip


def _rows(case: Case, fault: PlannedFault) -> dict[str, Any]:
    """The faulty rows of a table under their ids, with the pairs that make the fault."""
    first = {name: sum(len(case.given[t].rows) for t in ("train", *EVALUATION)[:i]) for i, name in enumerate(("train", *EVALUATION))}
    keys = case.stream.child("given")
    rows = case.given[fault.site].rows
    hit = np.flatnonzero(rows.faulty & ((rows.origin >= 0) == (mechanism(fault).locus == "rows")))
    ids = id_text("r", first[fault.site] + hit, keys).to_pylist()
    if mechanism(fault).locus == "split":
        return {"table": fault.site, "rows": ids, "pairs": [], "rule": "later_in_train"}
    origins = id_text("r", first["train"] + rows.origin[hit], keys).to_pylist()
    return {"table": fault.site, "rows": ids, "pairs": [list(p) for p in zip(ids, origins, strict=True)][:PAIRS], "rule": "listed"}


def spec(case: Case) -> dict[str, Any]:
    """The clean definitions and the faulty ones, for personas; docs/contracts.md says what each field is."""

    def plain(feature: Any, *, edits: bool) -> dict[str, Any]:
        raw = asdict(feature)
        for name in ("logged",) if edits else ("online", "logged", "ahead", "grace", "final", "backfill"):
            raw.pop(name)
        return raw

    channels = case.plan.channels
    return {
        "features": [plain(f, edits=False) for f in case.plan.spec.features],
        "constants": {
            **marks(),
            "small_events": {c.id: minimum(c) for c in channels if any(q.kind == "small_events" for q in c.quirks)},
            "retention_purge": {c.id: days for c in channels if (days := kept_days(c, case.plan.calendar)) is not None},
        },
        "faulty": {f.id: plain(case.faults.dirty[f.site], edits=True) for f in case.faults.columns},
    }  # fmt: skip
