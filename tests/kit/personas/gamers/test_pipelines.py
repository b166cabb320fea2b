"""The pipelines that gamers hand in run, and do what they are meant to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini, run

from kit.personas._packaging import start
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._pipelines import finished, no_model, rebuilt, settings, without
from kit.personas.workshop import definitions, repair


def handed_in(desk: Desk, out: Path, change: Callable[[Desk, Path], None]) -> Path:
    out.mkdir()
    change(desk, start(desk.takehome, out))
    return out


def scored(submission: Path, mini: Mini, place: Path) -> tuple[dict[str, object], pd.DataFrame]:
    """What `validate` reports and `predict` writes for a sample batch."""
    data, batch = mini.takehome / "data", mini.takehome / "samples" / "a"
    model, out, report = place / "model", place / "scores.parquet", place / "validation.json"
    run(
        submission, ("train", "--data", data, "--model", model), ("validate", "--data", data, "--out", report),
        ("predict", "--data", batch, "--model", model, "--out", out),
    )  # fmt: skip
    return json.loads(report.read_text(encoding="utf-8")), pd.read_parquet(out)


def test_no_model_gives_one_score(desk: Desk, each: Mini, tmp_path: Path) -> None:
    """For every request, and reports what that is worth."""
    report, scores = scored(handed_in(desk, tmp_path / "out", no_model), each, tmp_path)
    wanted = 0.5 if desk.metric == "roc_auc" else float(desk.table("train")["label"].median())
    assert set(scores["score"]) == {wanted}
    assert len(scores) == len(pd.read_parquet(each.takehome / "samples" / "a" / "requests.parquet"))
    assert report["estimate"] == report["low"] == report["high"] == pytest.approx(desk.base)


def test_a_rebuilt_pipeline_runs(home: Mini, seat: Callable[[Mini], Desk], tmp_path: Path) -> None:
    """Its estimate is a number of the metric, its scores are finite."""
    report, scores = scored(handed_in(seat(home), tmp_path / "out", rebuilt), home, tmp_path)
    assert report["metric"] == "mae"
    assert float(str(report["estimate"])) > 0
    assert np.isfinite(scores["score"]).all()


@pytest.mark.parametrize("rules", [False, True])
def test_rebuilt_columns_are_the_best_fit(rules: bool, desk: Desk, each: Mini, tmp_path: Path) -> None:
    """In training as the desk recounts them."""
    out = handed_in(desk, tmp_path / "out", lambda d, package: rebuilt(d, package, rules=rules))
    read = definitions.load(out / "pipeline")
    found = repair.for_training(desk.table("train"), desk.data, *read)
    honest = desk.honest("train", rules=rules)
    assert set(read[0].at_training) == set(honest.columns) == set(read[0].at_scoring)
    for name in honest:
        np.testing.assert_array_equal(found[name].to_numpy(dtype=float), honest[name].to_numpy(dtype=float), err_msg=str(name))


def test_columns_left_out_are_not_seen(desk: Desk, tmp_path: Path) -> None:
    """And the estimate is made on late rows."""
    names = list(desk.columns)[:3]
    out = handed_in(desk, tmp_path / "out", lambda d, package: without(d, package, names))
    read = definitions.load(out / "pipeline")
    assert set(repair.for_training(desk.table("train"), desk.data, *read).columns) == set(desk.table("train").columns) - set(names)
    assert read[0].evaluation == "clean"


@pytest.mark.parametrize("finish", ["finish_cache.py", "finish_noise.py", "finish_constant.py"])
def test_tricks_are_in_the_last_step(finish: str, desk: Desk, tmp_path: Path) -> None:
    """Under it the pipeline is the inherited one."""
    package = handed_in(desk, tmp_path / "out", finished(finish)) / "pipeline"
    workshop = Path(definitions.__file__).parent
    assert (package / "finish.py").read_bytes() == (workshop / finish).read_bytes()
    assert definitions.load(package)[0] == settings(desk)
    assert (package / "constant.json").is_file() == (finish == "finish_constant.py")
    shutil.rmtree(package)
