"""Skill that `validate` sees when copies are the only thing to learn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_form import HONEST

from graders.criteria.duplicate_injection import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.rubric import Rubric


@pytest.mark.parametrize(("estimate", "earned"), [(0.5, 1.0), (0.52, 1.0), (0.535, 0.5), (0.55, 0.0)])
def test_skill_by_hand(estimate: float, earned: float, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """s is .01 and the inherited shift .10: full up to .02, none from .05."""
    found = CRITERION.measure(evidence_of(validations={**HONEST, "duplicates": estimate}), key, rubric)
    assert found.earned == pytest.approx(earned)


@pytest.mark.parametrize(("inherited", "counts"), [(0.039, False), (0.041, True)])
def test_a_shift_below_four_errors_is_not_scored(
    inherited: float, counts: bool, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric
) -> None:
    r = key.truth.reference
    other = r.model_copy(update={"duplicates": r.duplicates.model_copy(update={"inherited": inherited})})
    found = CRITERION.measure(evidence_of(), Key(key.folder, key.truth.model_copy(update={"reference": other}), key.calls), rubric)
    assert found.counts is counts
