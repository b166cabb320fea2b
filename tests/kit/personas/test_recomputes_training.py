"""Honest training with served values: right wherever production serves what it should, and nowhere else."""

from __future__ import annotations

import pandas as pd
from persona_form import Mini, same


def test_it_trains_carefully_and_scores_what_is_served(each: Mini) -> None:
    """The careful training table; requests as they come."""
    same(each.training("recomputes_training"), each.training("careful"))
    served = pd.read_parquet(each.batch / "requests" / "served.parquet").drop(columns="request_id").set_index("entity_id").sort_index()
    same(each.scoring("recomputes_training", "served"), served)
    same(each.scoring("recomputes_training", "honest"), each.scoring("careful", "honest"))
    assert not served.equals(each.scoring("careful", "served"))
