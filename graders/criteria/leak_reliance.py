"""Does the model still feed on a leak? Paired gain between requests that hold the faulty value and the same requests honest.

For each target or future fault: LR = (G - G_ref) / (G_inherited - G_ref), with G the paired gain of the submission. The part is the mean
over the faults that this form can measure. Every number is such a share, so the inherited pipeline's own is 1.
"""

from __future__ import annotations

from graders.criteria import Criterion, Measured, failed, not_measurable, scored, unanswered
from graders.evidence import CallResult, Evidence
from graders.key import Fault, Key
from graders.probes import compare, on_line, paired_gain
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    line = rubric.behaviour.leak_reliance
    earned: list[float] = []
    lines: list[str] = []
    numbers: dict[str, float | None] = {"full": line.full, "none": line.none, "inherited": 1.0}
    shares: dict[str, float] = {}
    failures: list[CallResult] = []
    faults: list[CallResult] = []
    for fault in _measurable(key, rubric):
        assert fault.probe is not None
        gain = key.truth.reference.gain[fault.id]
        batches = compare(evidence, key, ("real", fault.probe), ("real", "honest"))
        failures += batches.failed
        faults += batches.faults
        if not batches.found:
            if batches.failed:
                earned.append(0.0)
                lines.append(f"{_name(fault)}: no answer")
            continue
        reliance = (paired_gain(key, batches) - gain.reference) / (gain.inherited - gain.reference)
        earned.append(on_line(reliance, full=line.full, none=line.none) * batches.answered)
        shares[fault.id] = reliance
        lines.append(f"{_name(fault)}: {reliance:.0%}{unanswered(batches.answered, batches.failed)}")
    if not earned:
        if faults:
            return failed(faults[0])
        return not_measurable("No leak of this form moves the inherited score by enough to be measured.", **numbers)
    value = sum(earned) / len(earned)
    numbers |= {**shares, "worst": max(shares.values(), default=None)}
    reason = f"Reliance on each leak, against the inherited pipeline's (full marks up to {line.full:.0%}): {'; '.join(lines)}."
    return scored(value, reason, **numbers)


def _measurable(key: Key, rubric: Rubric) -> list[Fault]:
    found = []
    for fault in key.truth.faults:
        gain = key.truth.reference.gain.get(fault.id)
        if fault.probe and gain and gain.inherited - gain.reference >= rubric.behaviour.errors_needed * gain.se and gain.inherited > gain.reference:
            found.append(fault)
    return found


def _name(fault: Fault) -> str:
    return fault.locus.column or fault.id


CRITERION = Criterion(id="leak_reliance", title="Does not rely on leaked columns", measure=measure)
