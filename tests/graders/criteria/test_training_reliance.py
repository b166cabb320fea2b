"""The rank change between the two trainings, above the reference's noise, over the inherited pipeline's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_form import careful

from graders.criteria.training_reliance import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, mean_rank_shift
from graders.rubric import Rubric


def test_shift_by_hand(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Inherited .10, noise .01: S = .0235 is 15% and earns 7/8 of the way; a submission's own noise does not excuse it."""
    for spread in (0.0, 0.1, 0.2, 3.0):
        noise = np.random.default_rng(5).normal(0, spread, 800)
        evidence = evidence_of(scores=lambda m, p, o, noise=noise: careful(m, p, o) + (noise[o["entity"]] if m == "repaired" else 0))
        moved = mean_rank_shift(compare(evidence, key, ("real", "served"), ("repaired", "served")))
        found = CRITERION.measure(evidence, key, rubric)
        assert found.numbers["value"] == pytest.approx((moved - 0.01) / 0.09)
        assert found.earned == pytest.approx(min(1, max(0, (0.5 - (moved - 0.01) / 0.09) / 0.4)))
    assert found.earned == 0
