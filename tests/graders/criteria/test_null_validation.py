"""Skill that `validate` sees where there is none, and the control it must pass first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_form import HONEST

from graders.criteria.null_validation import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.rubric import Rubric


@pytest.mark.parametrize(("estimate", "earned"), [(0.5, 1.0), (0.52, 1.0), (0.55, 0.5), (0.58, 0.0), (0.9, 0.0), (0.3, 1.0)])
def test_skill_by_hand(estimate: float, earned: float, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """s0 is .01 and the inherited illusion .16: full up to .02, none from .08, linear between."""
    found = CRITERION.measure(evidence_of(validations={**HONEST, "null": estimate}), key, rubric)
    assert found.earned == pytest.approx(earned)


@pytest.mark.parametrize(
    ("a", "b", "holds"),
    [
        (0.62, 0.80, True),
        (0.649, 0.80, True),
        (0.651, 0.80, False),
        (0.571, 0.80, True),
        (0.569, 0.80, False),
        (0.62, 0.88, False),
        (0.62, 0.71, True),
        (0.62, 0.70, False),
        (0.5, 0.5, False),
    ],
)
def test_the_control_by_hand(a: float, b: float, holds: bool, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Honest work has .10 to .12 and .27 to .30: up to a quarter (or .03, three standard errors) beyond, in both worlds."""
    found = CRITERION.measure(evidence_of(validations={**HONEST, "control_a": a, "control_b": b}), key, rubric)
    assert found.earned == (1.0 if holds else 0.0)
    assert ("Does not count" in found.reason) is not holds


def test_a_control_that_fails(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """On the submission's side the part earns nothing; on ours it is not scored."""
    theirs, ours = (CRITERION.measure(evidence_of(failed={"validate_control_b": side}), key, rubric) for side in ("submission", "instrument"))
    assert (theirs.earned, theirs.counts) == (0.0, True)
    assert ours.counts is False
