"""Does training twice give the same model? Scores of two trainings on the same data."""

from __future__ import annotations

from graders.criteria import Criterion, Measured, failed, not_measurable, scored, unanswered
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, largest_change, on_line, paired_gain, spearman, weighted
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    rules, se = rubric.behaviour.reproducibility, key.truth.reference.metric_se
    batches = compare(evidence, key, ("real", "served"), ("again", "served"))
    if not batches.found:
        lost = batches.failed or batches.faults
        return failed(lost[0]) if lost else not_measurable("This form has no second training.")
    change = max(largest_change(b.a, b.b, float(b.a.max() - b.a.min())) for b in batches.found)
    numbers: dict[str, float | None] = {"change": min(change, 1e9), "full": rules.spearman_full, "none": rules.spearman_none}
    lost_words = unanswered(batches.answered, batches.failed)
    if change <= rules.tolerance:
        return scored(batches.answered, f"Two trainings on the same data give the same scores.{lost_words}", **numbers)
    rho = weighted([spearman(b.a, b.b) for b in batches.found], [len(b.y) for b in batches.found])
    moved = abs(paired_gain(key, batches))
    steady = moved <= rules.metric_errors * se
    earned = on_line(-rho, full=-rules.spearman_full, none=-rules.spearman_none)
    earned = min(earned, 1.0 if steady else rules.metric_cap) * batches.answered
    metric = "" if steady else f", and the metric moves by {moved:.4f}, more than {rules.metric_errors:g} standard errors"
    reason = f"Two trainings on the same data rank alike with Spearman {rho:.4f} (full marks from {rules.spearman_full:g}){metric}.{lost_words}"
    return scored(earned, reason, value=rho, moved=moved, **numbers)


CRITERION = Criterion(id="reproducibility", title="Two trainings give the same model", measure=measure)
