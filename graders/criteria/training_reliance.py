"""Did the faults of the data shape the model? Rank change of its production scores when it is trained on repaired data.

S = mean absolute rank change between the model trained on the data as given and the one trained with every faulty cell and row
repaired; the part is (S - noise) / (S_inherited - noise), with the repeat noise of the reference. It covers rows, splits and any leak that
serving hides. `value`, `full`, `none` and `inherited` are such shares; the rank changes themselves are beside them as `ranks...`.
"""

from __future__ import annotations

from graders.criteria import Criterion, Measured, failed, not_measurable, scored, unanswered
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, mean_rank_shift, on_line
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    line, shift = rubric.behaviour.training_reliance, key.truth.reference.training_shift
    room = shift.inherited - shift.noise
    numbers: dict[str, float | None] = {"full": line.full, "none": line.none, "inherited": 1.0}
    numbers |= {"ranks_inherited": shift.inherited, "ranks_noise": shift.noise}
    if room <= 0 or room < rubric.behaviour.errors_needed * shift.se:
        return not_measurable("The faults of this form move the inherited scores too little.", **numbers)
    batches = compare(evidence, key, ("real", "served"), ("repaired", "served"))
    if not batches.found:
        lost = batches.failed or batches.faults
        return failed(lost[0]) if lost else not_measurable("This form has no calls on repaired training data.")
    moved = mean_rank_shift(batches)
    value = (moved - shift.noise) / room
    reason = (
        f"Trained on repaired data, the production ranks move by {max(0.0, value):.0%} of what the inherited pipeline's move; full marks up to "
        f"{line.full:.0%}, none from {line.none:.0%}.{unanswered(batches.answered, batches.failed)}"
    )
    earned = on_line(value, full=line.full, none=line.none) * batches.answered
    return scored(earned, reason, value=value, ranks=moved, **numbers)


CRITERION = Criterion(id="training_reliance", title="Was not shaped by the faults of the training data", measure=measure)
