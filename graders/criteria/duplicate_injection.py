"""Is `validate` fooled by copies? Its estimate in a world without any signal, with copied rows across whatever is split."""

from __future__ import annotations

from graders.control import illusion
from graders.criteria import Criterion, Measured
from graders.evidence import Evidence
from graders.key import Key
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    rules, reference = rubric.behaviour.duplicate_injection, key.truth.reference.duplicates
    what = "where copied rows are the only thing to learn"
    return illusion(evidence, key, rubric, world="duplicates", reference=reference, rules=rules, what=what)


CRITERION = Criterion(id="duplicate_injection", title="Validation is not fooled by copied rows", measure=measure)
