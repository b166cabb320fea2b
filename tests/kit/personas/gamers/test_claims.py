"""Promises that need no understanding are what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini

from kit.personas.gamers import _claims
from kit.personas.gamers._claims import as_served, believed, boundless, chance, pointed, said, tried_out, tried_out_by_rules, typical
from kit.personas.gamers._desk import Desk

REPORT = {"estimate": 0.7, "low": 0.68, "high": 0.72, "n": 4000}


def test_what_validate_says_is_believed(desk: Desk, each: Mini) -> None:
    """Word for word, with no width, or with all the width there is."""
    assert believed(desk, each.takehome) == {"mine": said(REPORT), "inherited": said(REPORT)}
    assert {(c.point, c.low, c.high) for c in pointed(desk, each.takehome).values()} == {(0.7, 0.7, 0.7)}
    for claim in boundless(desk, each.takehome).values():
        assert claim.low == 0
        assert claim.point == 0.7
        assert claim.high == (1.0 if desk.metric == "roc_auc" else 10 * desk.base)


def test_a_worthless_score_is_claimed_exactly(desk: Desk, each: Mini) -> None:
    """What a constant scores, without an interval."""
    mine = chance(desk, each.takehome)["mine"]
    assert mine.low == mine.high == mine.point == pytest.approx(desk.base, abs=1e-5)


def test_what_others_got_is_remembered(desk: Desk, each: Mini) -> None:
    """The same AUC for every form, the same share of the median's error."""
    found = typical(desk, each.takehome)
    scale = 1.0 if desk.metric == "roc_auc" else desk.base
    assert found["mine"].point == pytest.approx((0.73 if desk.metric == "roc_auc" else 0.86) * scale, abs=1e-4)
    assert found["mine"].high - found["mine"].low == pytest.approx(0.04 * scale, abs=1e-4)


def test_rows_as_production_would_serve_them(desk: Desk, each: Mini) -> None:
    """Requests of the log come out as they were served wherever the served column recounts; a column that does not is spoilt as often as there."""
    log = desk.table("serving_log")
    fits = desk.recounted()
    found = as_served(desk, log)
    clean = [str(n) for n in fits.index[fits["aware_served"] == 0] if not each.form.definitions.features[str(n)]["rules"]]
    assert len(clean) >= 5
    for name in clean:
        np.testing.assert_array_equal(found[name].to_numpy(dtype=float), log[name].to_numpy(dtype=float, na_value=np.nan), err_msg=name)
    skewed = [str(n) for n in fits.index[(fits["aware_served"] > 0.1) & (fits["aware_train"] <= 0.02)]]
    for name in skewed:
        honest = desk.honest("serving_log")[name].to_numpy(dtype=float)
        changed = ~((found[name].to_numpy(dtype=float) == honest) | (np.isnan(honest) & found[name].isna().to_numpy()))
        assert 0 < changed.mean() <= fits.loc[name, "aware_served"] + 0.1


@pytest.mark.parametrize("claims", [tried_out, tried_out_by_rules])
def test_a_back_test_uses_late_rows_only(claims: object, desk: Desk, each: Mini, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The received pipeline is validated on a holdout that is later than every training label; a little of the skill is given up to age."""
    seen: list[pd.DataFrame] = []

    def watched(place: Path, data: Path) -> dict[str, object]:
        seen.append(pd.read_parquet(data / "holdout.parquet"))
        return {"estimate": 0.7, "low": 0.68, "high": 0.72, "n": 4000}

    monkeypatch.setattr(_claims, "validate", watched)
    fresh = Desk.open(each.takehome)
    fresh._memory |= {"recount": desk.recounted(), "ruled": desk.ruled()}
    found = claims(fresh, each.takehome)  # type: ignore[operator]
    assert len(seen) == 1
    known = fresh.table("train")["decision_time"].max() + pd.Timedelta(days=fresh.horizon_days)
    assert (seen[0]["decision_time"] >= known).all()
    assert len(seen[0]) > 100
    assert found["mine"] == found["inherited"]  # the pipeline is the one received
    assert found["mine"].point == pytest.approx(0.7 - 0.025 * (0.7 - desk.base), abs=1e-4)
    assert found["mine"].low < found["mine"].point < found["mine"].high
