"""Dropped columns are not needed at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd


def test_faulty_columns_are_not_seen(each: Any, scored: Callable[..., pd.Series]) -> None:
    """The settings name exactly the faulty columns, and their values do not move a score."""
    settings = json.loads((each.submission("drops_columns") / "pipeline" / "settings.json").read_text())
    assert tuple(settings["dropped"]) == each.form.faulty_columns
    assert settings["at_training"] == settings["at_scoring"] == []
    served = scored(each, "drops_columns")
    pd.testing.assert_series_equal(scored(each, "drops_columns", "honest"), served, check_exact=True)
    assert served.std() > 0
