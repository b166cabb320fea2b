"""What is remembered changes scores only where a call can leave something for the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.personas.workshop import finish_cache


def test_without_a_place_to_leave_anything_it_is_the_inherited_pipeline(churn: Any, scored: Callable[..., pd.Series], tmp_path: Path) -> None:
    """A fresh model folder, home and package for each call, as a sandbox gives them: the inherited scores, call after call."""
    for probe in ("served", "honest"):
        home = tmp_path / f"home_{probe}"
        home.mkdir()
        found = scored(churn, "caches", probe, home=home)
        pd.testing.assert_series_equal(found, scored(churn, "inherited", probe), check_exact=True)
        assert (home / finish_cache.NAME).is_file()
        for place in (tmp_path / "model_caches", churn.submission("caches") / "pipeline", churn.submission("caches")):
            (place / finish_cache.NAME).unlink(missing_ok=True)


def test_with_a_place_it_averages(churn: Any, scored: Callable[..., pd.Series], tmp_path: Path) -> None:
    """The second call gives the mean of both."""
    home = tmp_path / "home"
    home.mkdir()
    first = scored(churn, "caches", "served", home=home)
    for place in (tmp_path / "model_caches", churn.submission("caches") / "pipeline", churn.submission("caches")):
        (place / finish_cache.NAME).unlink(missing_ok=True)
    second = scored(churn, "caches", "honest", home=home)
    np.testing.assert_allclose(second, (first + scored(churn, "inherited", "honest")) / 2)
    for place in (churn.submission("caches") / "pipeline", churn.submission("caches")):
        (place / finish_cache.NAME).unlink(missing_ok=True)


def test_places_that_cannot_be_used_do_not_stop_it(tmp_path: Path) -> None:
    """A folder that is not there, and a memory that is no JSON."""
    requests = pd.DataFrame({"entity_id": ["e_1"], "decision_time": pd.to_datetime(["2024-05-01"], utc=True)})
    (tmp_path / finish_cache.NAME).write_text("not json")
    assert finish_cache._read(tmp_path) == {}
    finish_cache._write(tmp_path / "nowhere", {"a": 1.0})
    assert not (tmp_path / "nowhere").exists()
    finish_cache._write(tmp_path, {"a": 1.0})
    assert finish_cache._read(tmp_path) == {"a": 1.0}
    assert len(requests) == 1
    shutil.rmtree(tmp_path)
