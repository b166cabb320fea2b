"""The inherited model behind honest requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd


def test_it_is_the_inherited_model_under_honest_requests(
    each: Any, scored: Callable[..., pd.Series], validated: Callable[..., dict[str, float]]
) -> None:
    """Scores are the inherited ones for requests with honest values, whatever is served; `validate` boasts as before."""
    inherited = scored(each, "inherited", "honest")
    for probe in ("served", "honest"):
        pd.testing.assert_series_equal(scored(each, "recomputes_at_predict", probe), inherited, check_exact=True)
    data = each.takehome / "data"
    assert validated(each.submission("recomputes_at_predict"), data) == validated(each.takehome, data)
