"""Is a score a function of its own request? The same requests in another order, in other batch sizes, and with later events in the folder."""

from __future__ import annotations

from graders.criteria import Criterion, Measured, failed, not_measurable, scored
from graders.evidence import CallResult, Evidence
from graders.key import Key
from graders.probes import compare, largest_change
from graders.rubric import Rubric

PROBES = {"order": "in another order", "part_a": "in a smaller batch", "part_b": "in a smaller batch", "late": "with later events in the folder"}


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    allowed = rubric.behaviour.independence.tolerance
    changes: dict[str, float] = {}
    failures: list[CallResult] = []
    faults: list[CallResult] = []
    for probe in PROBES:
        batches = compare(evidence, key, ("real", "served"), ("real", probe))
        failures += batches.failed
        faults += batches.faults
        if batches.found:
            changes[probe] = max(largest_change(b.a, b.b, float(b.a.max() - b.a.min())) for b in batches.found)
    if failures:
        return failed(failures[0])
    if not changes:
        return failed(faults[0]) if faults else not_measurable("This form has no calls that compare orders and batches.")
    numbers: dict[str, float | None] = {probe: min(change, 1e9) for probe, change in changes.items()}
    worst = max(changes, key=lambda probe: changes[probe])
    if changes[worst] <= allowed:
        return scored(1.0, "Scores stay the same in another order, in smaller batches and with later events in the folder.", full=allowed, **numbers)
    moved = sorted({PROBES[probe] for probe, change in changes.items() if change > allowed})
    reason = f"The same requests get other scores {' and '.join(moved)}: by up to {min(changes[worst], 1e9):.2g} of the scores' spread."
    return scored(0.0, reason, full=allowed, **numbers)


CRITERION = Criterion(id="independence", title="Scores each request by itself, with what was known", measure=measure)
