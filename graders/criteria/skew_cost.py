"""What does serving cost? Paired loss between requests as production serves them and the same requests with the online path repaired.

Scores alone are not compared: who converts a served value changes his scores and loses nothing.
"""

from __future__ import annotations

from graders.criteria import Criterion, Measured, failed, not_measurable, scored, unanswered
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, on_line, paired_gain
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    rules, skew = rubric.behaviour.skew_cost, key.truth.reference.skew
    full, none = rules.full_errors * skew.se, rules.none_share * skew.inherited
    needed = rules.errors_needed if rules.errors_needed is not None else rubric.behaviour.errors_needed
    if skew.inherited < needed * skew.se or none <= full:
        return not_measurable("The skew of this form costs the inherited pipeline too little to be measured.", inherited=skew.inherited, se=skew.se)
    batches = compare(evidence, key, ("real", "honest"), ("real", "served"))
    if not batches.found:
        lost = batches.failed or batches.faults
        return failed(lost[0]) if lost else not_measurable("This form has no calls with the online path repaired.")
    loss = paired_gain(key, batches)
    reason = (
        f"Serving costs {loss:.4f} of the metric against the same requests with the online path repaired; full marks up to {full:.4f}, "
        f"none from {none:.4f}.{unanswered(batches.answered, batches.failed)}"
    )
    return scored(on_line(loss, full=full, none=none) * batches.answered, reason, value=loss, full=full, none=none, inherited=skew.inherited)


CRITERION = Criterion(id="skew_cost", title="Loses nothing to what production computes differently", measure=measure)
