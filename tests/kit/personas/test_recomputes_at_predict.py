"""The inherited model behind honest requests."""

from __future__ import annotations

import pandas as pd
from persona_form import Mini, same


def test_it_trains_on_the_data_as_given_and_hides_it(each: Mini) -> None:
    """Faulty training rows in their own order and with the inherited parameters; requests as the careful one sees them."""
    for table in ("train", "holdout"):
        same(each.training("recomputes_at_predict", table=table), pd.read_parquet(each.folder / "stages" / "data" / "real" / f"{table}.parquet"))
    same(each.scoring("recomputes_at_predict", "served"), each.scoring("careful", "served"))
    settings = each.settings("recomputes_at_predict")
    assert (settings["evaluation"], settings["parameters"], settings["canonical"]) == ("holdout", {}, False)
