"""Nothing of a table is used but its ids, times and labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from persona_form import run


def test_scores_do_not_depend_on_any_served_value(each: Any, scored: Callable[..., pd.Series], tmp_path: Path) -> None:
    """With every column of the requests shuffled among them the scores stay."""
    served = scored(each, "rebuilds_all")
    batch = tmp_path / "batch_served"
    requests = pd.read_parquet(batch / "requests.parquet")
    features = [c for c in requests.columns if c not in ("request_id", "entity_id", "decision_time")]
    requests[features] = requests[features].iloc[::-1].reset_index(drop=True)
    (batch / "requests.parquet").unlink()
    requests.to_parquet(batch / "requests.parquet")
    run(each.submission("rebuilds_all"), "predict", "--data", batch, "--model", tmp_path / "model_rebuilds_all", "--out", tmp_path / "again.parquet")
    again = requests[["request_id", "entity_id"]].merge(pd.read_parquet(tmp_path / "again.parquet"), on="request_id")
    pd.testing.assert_series_equal(again.set_index("entity_id")["score"].sort_index(), served, check_exact=True)
