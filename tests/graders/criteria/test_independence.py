"""A score depends on its own request and on what was known, on nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_form import careful

from graders.criteria.independence import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.rubric import Rubric


@pytest.mark.parametrize(
    ("probe", "words"),
    [("order", "in another order"), ("part_a", "in a smaller batch"), ("part_b", "in a smaller batch"), ("late", "later events")],
)
def test_each_dependence_is_seen_and_named(probe: str, words: str, evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    for change, earned in ((1e-9, 1.0), (1e-3, 0.0)):
        scores = lambda m, p, o, c=change: careful(m, p, o) + (c if p == probe else 0)  # noqa: E731
        found = CRITERION.measure(evidence_of(scores=scores), key, rubric)
        assert found.earned == earned
        assert (words in found.reason) is (earned == 0) or probe == "order" or earned == 1


def test_ranks_within_a_batch_are_no_scores(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Scoring by the rank within the call changes with the size of the batch."""
    found = CRITERION.measure(evidence_of(scores=lambda m, p, o: np.argsort(np.argsort(careful(m, p, o))) / len(o)), key, rubric)
    assert found.earned == 0
    assert "smaller batch" in found.reason


def test_one_call_that_crashes_fails_the_part(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    found = CRITERION.measure(evidence_of(failed={"predict_real_p2_late": "submission"}), key, rubric)
    assert (found.earned, found.counts) == (0.0, True)
    assert "predict_real_p2_late" in found.reason
