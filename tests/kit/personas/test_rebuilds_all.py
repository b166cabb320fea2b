"""Nothing of a table is used but its ids, times and labels."""

from __future__ import annotations

import pandas as pd
from persona_form import Mini, same

from kit.personas.workshop import definitions, repair


def test_no_served_value_is_used(each: Mini) -> None:
    """With the columns of the requests shuffled among them the model sees the honest requests all the same, as far as the log still holds them."""
    requests = pd.read_parquet(each.batch / "requests" / "served.parquet")
    features = list(each.form.definitions.features)
    assert set(features) == set(requests.columns) - {"request_id", "entity_id", "decision_time"}
    requests[features] = requests[features].iloc[::-1].reset_index(drop=True)
    seen = repair.for_scoring(requests, each.batch, *definitions.load(each.submission("rebuilds_all") / "pipeline"))
    seen = seen.drop(columns=["request_id", *_purged(each)]).set_index("entity_id").sort_index()
    same(seen, each.scoring("careful", "honest").drop(columns=_purged(each)))


def test_the_training_table_is_rebuilt_too(each: Mini) -> None:
    """Equal to the honest one wherever the log still holds the entries."""
    same(each.training("rebuilds_all").drop(columns=_purged(each)), each.training("careful").drop(columns=_purged(each)))


def _purged(mini: Mini) -> list[str]:
    """Columns whose log no longer holds all that they counted."""
    whole = set(mini.whole())
    return [name for name in mini.form.definitions.features if name not in whole]
