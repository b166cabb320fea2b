"""A submission is whole, stands alone, and is written once."""

from __future__ import annotations

import ast
import json
import math
import shutil
from pathlib import Path

import pandas as pd
import pytest
from persona_form import Mini, run

from kit.errors import InputError
from kit.personas import personas
from kit.personas._submission import AGEING, AGEING_ERROR, PRODUCTION_ROWS, chance, claim, plan, submit
from kit.personas.workshop.estimate import Z80


@pytest.mark.parametrize("id", sorted(personas()))
def test_it_holds_what_is_asked_and_nothing_of_the_kit(churn: Mini, id: str) -> None:
    """The four required files; imports of the listed packages and of the package itself only."""
    submission = churn.submission(id)
    for name in ("pipeline/__main__.py", "findings.toml", "MEMO.md", "takehome.json"):
        assert (submission / name).is_file(), name
    for file in submission.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {n.split(".")[0] for n in names} & {"kit", "generators", "graders", "pickle", "random"}, file


@pytest.mark.parametrize("id", sorted(personas()))
def test_its_commands_run(churn: Mini, id: str, tmp_path: Path) -> None:
    """Train, validate and predict on a sample batch: a score for every request, a report with every field."""
    mine, batch = tmp_path / "mine", churn.takehome / "samples" / "b"
    shutil.copytree(churn.submission(id), mine)  # what caches leaves stays here
    report, out, data = tmp_path / "validation.json", tmp_path / "predictions.parquet", ("--data", churn.takehome / "data")
    predict = ("predict", "--data", batch, "--model", tmp_path / "model", "--out", out)
    run(mine, ("train", *data, "--model", tmp_path / "model"), ("validate", *data, "--out", report), predict)
    assert set(json.loads(report.read_text())) == {"metric", "estimate", "low", "high", "n"}
    scores = pd.read_parquet(out).set_index("request_id")["score"]
    assert scores.index.is_unique
    assert set(scores.index) == set(pd.read_parquet(batch / "requests.parquet")["request_id"])
    assert scores.std() > 0


def test_claims_hold_every_error() -> None:
    """The result is a sample, too, and models age: the interval is wider than that of the estimate, and the point a little worse."""
    said = {"metric": "roc_auc", "estimate": 0.7, "low": 0.69, "high": 0.71, "n": PRODUCTION_ROWS}
    found = claim(said, 0.5)
    assert found.point == pytest.approx(0.7 - 0.2 * AGEING)
    assert found.high - found.low == pytest.approx(2 * math.hypot(0.01 * math.sqrt(2), Z80 * 0.2 * AGEING_ERROR), abs=2e-5)
    doubted = claim(said, 0.5, doubt=0.01)
    assert doubted.point == found.point
    assert doubted.high - doubted.low > found.high - found.low + 0.004
    assert claim({**said, "estimate": 0.999, "low": 0.95, "high": 1.0}, 0.5).high == 1.0
    error = claim({**said, "metric": "mae", "estimate": 5.0, "low": 4.5, "high": 5.5}, 8.0)
    assert 5.0 < error.point < error.high
    assert error.high > 5.5


def test_chance_is_what_a_constant_reaches(churn: Mini, home: Mini) -> None:
    """For a number the error of the training median, somewhere near the labels' mean deviation."""
    assert chance(churn.form) == 0.5
    labels = home.form.key.given("holdout")["label"]
    assert chance(home.form) == pytest.approx(float((labels - labels.median()).abs().mean()), rel=0.1)


def test_a_folder_that_exists_is_left_alone(churn: Mini, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    with pytest.raises(InputError, match="new folder"):
        submit(churn.form, tmp_path, plan(churn.form))
    assert list(tmp_path.iterdir()) == []
