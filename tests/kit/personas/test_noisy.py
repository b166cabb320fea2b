"""Two calls never give the same scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from persona_form import Mini

from kit.personas.workshop import finish_noise


def test_each_call_moves_the_scores(each: Mini) -> None:
    """Noise of half the scores' spread, new each time, on the careful pipeline."""
    scores = np.random.default_rng(1).normal(5.0, 2.0, 4000)
    first, second = (finish_noise.scores(pd.DataFrame(), scores, Path()) for _ in range(2))
    assert (first != second).all()
    assert 0.45 < float(np.std(first - scores) / np.std(scores)) < 0.55
    assert each.settings("noisy") == each.settings("careful")
    assert (each.submission("noisy") / "pipeline" / "finish.py").read_bytes() == Path(finish_noise.__file__).read_bytes()
