"""The same report whatever the data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from persona_form import Mini

from kit.personas.workshop import finish_constant


def test_the_report_is_that_of_a_worthless_model(each: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was estimated; the rest of the pipeline is the careful one."""
    package = each.submission("constant_validate") / "pipeline"
    monkeypatch.setattr(finish_constant, "__file__", str(package / "finish.py"))
    said = [finish_constant.report({"metric": "m", "estimate": x, "low": 0.0, "high": 1.0, "n": 9}) for x in (0.6, 0.9)]
    assert said[0] == said[1]
    labels = each.form.key.given("holdout")["label"]
    expected = 0.5 if each.form.key.truth.metric == "roc_auc" else float((labels - labels.median()).abs().mean())
    assert said[0]["estimate"] == pytest.approx(expected, rel=0.1)
    assert said[0]["n"] == 9
    assert each.settings("constant_validate") == each.settings("careful")


def test_the_constant_is_shipped(each: Mini) -> None:
    """It lies in the package: nothing of the kit is needed to say it."""
    package: Path = each.submission("constant_validate") / "pipeline"
    assert set(json.loads((package / "constant.json").read_text())) == {"estimate", "low", "high"}
