"""One score for every request, and the estimate that lies beside the file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kit.personas.gamers import _finish_base


def test_one_score_and_its_estimate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the model said."""
    (tmp_path / "constant.json").write_text(json.dumps({"score": 0.5, "report": {"estimate": 0.5, "low": 0.5}}))
    monkeypatch.setattr(_finish_base, "__file__", str(tmp_path / "finish.py"))
    requests = pd.DataFrame({"entity_id": ["a", "b", "c"]})
    assert list(_finish_base.scores(requests, np.array([0.1, 0.2, 0.9]), tmp_path)) == [0.5, 0.5, 0.5]
    assert _finish_base.report({"metric": "roc_auc", "estimate": 0.8, "n": 3}) == {"metric": "roc_auc", "estimate": 0.5, "low": 0.5, "n": 3}
