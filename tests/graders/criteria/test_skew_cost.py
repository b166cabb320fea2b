"""The paired loss of serving: who converts loses nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from small_form import careful

from graders.criteria.skew_cost import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, paired_gain
from graders.rubric import Rubric


def test_loss_by_hand(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Standard error .005 and inherited loss .10: full up to .01, none from .05; better as served than honest is full."""
    for spread in (-0.5, 0.0, 0.4, 0.6, 3.0):
        noise = np.random.default_rng(6).normal(0, abs(spread), 800)
        hurt = "served" if spread > 0 else "honest"
        evidence = evidence_of(scores=lambda m, p, o, noise=noise, hurt=hurt: careful(m, p, o) + (noise[o["entity"]] if p == hurt else 0))
        loss = paired_gain(key, compare(evidence, key, ("real", "honest"), ("real", "served")))
        found = CRITERION.measure(evidence, key, rubric)
        assert found.earned == pytest.approx(min(1, max(0, (0.05 - loss) / 0.04)))
        assert (loss > 0) is (spread > 0)
    assert found.earned == 0
