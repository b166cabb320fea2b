"""Reliance is the paired gain over the inherited one, fault by fault."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from small_form import careful

from graders.criteria.leak_reliance import CRITERION
from graders.evidence import Evidence
from graders.key import Key
from graders.probes import compare, paired_gain
from graders.rubric import Rubric


def leaking(strength: float):  # type: ignore[no-untyped-def]
    def scores(model: str, probe: str, outcomes: pd.DataFrame) -> np.ndarray:
        return careful(model, probe, outcomes) + (strength * outcomes["y"].to_numpy() if probe == "leak_f1" else 0.0)

    return scores


def test_reliance_by_hand(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """The inherited gain is .08 and the reference's 0: full up to a tenth of it, none from a half."""
    for strength in (0.0, 0.1, 0.3, 2.0):
        evidence = evidence_of(scores=leaking(strength))
        gain = paired_gain(key, compare(evidence, key, ("real", "leak_f1"), ("real", "honest")))
        found = CRITERION.measure(evidence, key, rubric)
        assert found.numbers["f1"] == pytest.approx(gain / 0.08)
        assert found.earned == pytest.approx(min(1, max(0, (0.5 - gain / 0.08) / 0.4)))
    assert found.earned == 0


def test_an_unanswered_batch_is_lost(evidence_of: Callable[..., Evidence], key: Key, rubric: Rubric) -> None:
    """Crashing on one of two batches that hold the leak leaves half of the part."""
    found = CRITERION.measure(evidence_of(failed={"predict_real_p1_leak_f1": "submission"}), key, rubric)
    assert found.earned == 0.5
    assert "predict_real_p1_leak_f1" in found.reason
