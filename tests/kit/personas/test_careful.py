"""The careful persona repairs what is faulty, proves what it says, and its scores know nothing that production does not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from persona_form import run

from graders.findings import read_findings
from graders.findings_score import score_findings
from graders.rubric import load_rubric
from kit.personas.workshop.asof import recompute


@pytest.mark.parametrize("table", ["train", "holdout", "acceptance", "serving_log"])
def test_recomputed_columns_are_the_honest_ones(each: Any, table: str) -> None:
    """Every cell of every column whose log is whole, in all tables as the candidate has them."""
    form = each.form
    purged = form.definitions.constants["retention_purge"]
    names = [n for n, d in form.definitions.features.items() if f"{d['stream']}.{d['type']}" not in purged]
    assert set(form.faulty_columns) <= set(names)
    given, honest = form.key.given(table), form.key.honest(table)
    found = recompute(form.data, given, form.definitions, names)
    for name in names:
        pd.testing.assert_series_equal(pd.Series(found[name]), honest[name], check_names=False, check_dtype=False, check_exact=True, obj=name)


def test_scores_do_not_move_with_what_production_serves(each: Any, scored: Callable[..., pd.Series]) -> None:
    """Served, honest and leaking values, another order and later records give the very same scores."""
    served = scored(each, "careful")
    leaks = [p.stem for p in (each.folder / "stages" / "batch" / "p1" / "requests").glob("leak_*.parquet")]
    assert leaks
    for probe in ("honest", "order", "late", *leaks):
        pd.testing.assert_series_equal(scored(each, "careful", probe), served, check_exact=True)
    half = scored(each, "careful", "part_a")
    pd.testing.assert_series_equal(half, served[half.index], check_exact=True)


def test_the_model_is_the_same_on_repaired_data(each: Any, scored: Callable[..., pd.Series], tmp_path: Path) -> None:
    """Trained on the vault's repaired copy, with other ids and in another order, it scores alike."""
    submission, stages = each.submission("careful"), each.folder / "stages" / "data"
    for name in ("real", "repaired"):
        run(submission, "train", "--data", stages / name, "--model", tmp_path / name)
    real, repaired = (scored(each, "careful", model=tmp_path / name) for name in ("real", "repaired"))
    pd.testing.assert_series_equal(real, repaired, check_exact=True)


def test_every_finding_earns_its_full_credit(each: Any) -> None:
    """The grader finds each fault named, of the right kind and proved, and nothing else accused."""
    rubric = load_rubric()
    found = read_findings(each.submission("careful") / "findings.toml", rubric.limits)
    assert found.notes == ()
    assert set(found.claims) == {"mine", "inherited"}
    scored = score_findings(found, each.form.key, rubric)
    assert [r.verdict for r in scored.results] == ["hit"] * len(each.form.key.truth.faults)
    assert all(r.verified and r.kind_right for r in scored.results), [r.reason for r in scored.results]
    assert scored.fraction > 0.99


def test_the_starter_finds_its_form_in_order(each: Any, tmp_path: Path) -> None:
    """`check.py --documents` of the take-home has nothing to mend in it."""
    place = tmp_path / "mine"
    shutil.copytree(each.takehome, place)
    shutil.copytree(each.submission("careful"), place, dirs_exist_ok=True)
    done = subprocess.run([sys.executable, "check.py", "--documents"], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mend" not in done.stdout
    assert "to do" not in done.stdout


def test_validation_uses_clean_rows_only(each: Any, validated: Callable[..., dict[str, float]]) -> None:
    """As many rows as the key says are sound and late."""
    submission, key = each.submission("careful"), each.form.key
    bad = {row for rows in key.truth.row_sets.values() for row in rows.rows}
    sound = sum(int((~key.given(table)["row_id"].isin(bad)).sum()) for table in ("holdout", "acceptance"))
    assert validated(submission, each.takehome / "data")["n"] == sound
