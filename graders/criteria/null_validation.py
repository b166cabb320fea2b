"""Does `validate` see skill where there is none? Its estimate in a world whose outcome ignores every honest feature while the leaks follow it."""

from __future__ import annotations

from graders.control import illusion
from graders.criteria import Criterion, Measured
from graders.evidence import Evidence
from graders.key import Key
from graders.rubric import Rubric


def measure(evidence: Evidence, key: Key, rubric: Rubric) -> Measured:
    rules, reference = rubric.behaviour.null_validation, key.truth.reference.null
    what = "where the outcome follows nothing but the leaks"
    return illusion(evidence, key, rubric, world="null", reference=reference, rules=rules, what=what)


CRITERION = Criterion(id="null_validation", title="Validation sees no skill where there is none", measure=measure)
