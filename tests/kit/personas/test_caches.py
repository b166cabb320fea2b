"""What is remembered changes scores only where a call can leave something for the next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini

from kit.personas.workshop import finish_cache

REQUESTS = pd.DataFrame({"entity_id": ["e_1", "e_2"], "decision_time": pd.to_datetime(["2024-05-01"] * 2, utc=True)})


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Model folder, package, working folder, temporary folder and home of a call."""
    found = [tmp_path / name for name in ("model", "package", "cwd", "tmp", "home")]
    for place in found:
        place.mkdir()
    monkeypatch.setattr(finish_cache, "__file__", str(found[1] / "finish.py"))
    monkeypatch.chdir(found[2])
    monkeypatch.setattr(finish_cache.tempfile, "gettempdir", lambda: str(found[3]))
    monkeypatch.setattr(Path, "home", lambda: found[4])
    return found


def test_it_is_the_inherited_pipeline_otherwise(each: Mini) -> None:
    """Nothing is recomputed, nothing dropped; only the last step differs."""
    settings = each.settings("caches")
    assert not any(settings[name] for name in ("at_training", "at_scoring", "dropped", "converted", "parameters"))
    shipped = (each.submission("caches") / "pipeline" / "finish.py").read_bytes()
    assert shipped == Path(finish_cache.__file__).read_bytes()


def test_every_place_that_lasts_makes_an_average(places: list[Path]) -> None:
    """One place left from the call before is enough; it is weighed with the new score."""
    for last in places:
        assert finish_cache.scores(REQUESTS, np.array([1.0, 2.0]), places[0]).tolist() == [1.0, 2.0]
        for place in places:
            if place != last:
                (place / finish_cache.NAME).unlink()
        assert finish_cache.scores(REQUESTS, np.array([3.0, 2.0]), places[0]).tolist() == [2.0, 2.0]
        for place in places:
            (place / finish_cache.NAME).unlink()


def test_places_that_cannot_be_used_do_not_stop_it(places: list[Path]) -> None:
    """A folder that is gone, one where a folder is in the way, memories that are no JSON or hold other things."""
    places[0].rmdir()
    (places[1] / finish_cache.NAME).mkdir()
    (places[2] / finish_cache.NAME).write_text("not json")
    (places[3] / finish_cache.NAME).write_text("[1]")
    (places[4] / finish_cache.NAME).write_text('{"e_1@1714521600000000": "x"}')
    assert finish_cache.scores(REQUESTS, np.array([1.0, 2.0]), places[0]).tolist() == [1.0, 2.0]
    assert not places[0].exists()
