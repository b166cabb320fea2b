"""The careful persona repairs what is faulty, proves what it says, and its scores know nothing that production does not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from persona_form import Mini, run, same

from graders.findings import read_findings
from graders.findings_score import score_findings
from graders.rubric import load_rubric
from kit.personas import careful
from kit.personas._submission import claim as promise
from kit.personas.workshop.asof import recompute
from kit.personas.workshop.rows import usable


@pytest.mark.parametrize("table", ["train", "holdout", "acceptance", "serving_log"])
def test_recomputed_columns_are_the_honest_ones(each: Mini, table: str) -> None:
    """Every cell of every column whose log is whole, in all tables as the candidate has them."""
    form = each.form
    names = each.whole()
    purged = {n for n, d in form.definitions.features.items() if "retention_purge" in d["rules"]}
    assert set(form.faulty_columns) <= {*names, *purged}
    given, honest = form.key.given(table), form.key.honest(table)
    found = recompute(form.data, given, form.definitions, names)
    for name in names:
        pd.testing.assert_series_equal(pd.Series(found[name]), honest[name], check_names=False, check_dtype=False, check_exact=True, obj=name)


def test_the_model_sees_the_same_whatever_production_serves(each: Mini) -> None:
    """Served and leaking values, another order, other parts and later records end in the honest requests."""
    honest = pd.read_parquet(each.batch / "requests" / "honest.parquet").drop(columns="request_id").set_index("entity_id").sort_index()
    assert {"served", "order", "late", "part_a", "part_b"} <= set(each.probes())
    assert any(probe.startswith("leak_") for probe in each.probes())
    for probe in each.probes():
        seen = each.scoring("careful", probe)
        same(seen, honest.loc[seen.index])


def test_it_trains_on_what_the_vault_calls_repaired(each: Mini) -> None:
    """The training table of the two stages, the one with faults and the one without, comes out alike, and honest where the log is whole."""
    real, repaired = (each.training("careful", stage) for stage in ("real", "repaired"))
    purged = [n for n in each.form.faulty_columns if n not in each.whole()]
    same(real, repaired)
    wanted = pd.read_parquet(each.folder / "stages" / "data" / "repaired" / "train.parquet")
    same(repaired.drop(columns=purged), wanted.drop(columns=purged))


def test_validation_keeps_exactly_the_sound_rows(each: Mini) -> None:
    """Rows that the key calls faulty are left out, all others are used."""
    key = each.form.key
    bad = {row for rows in key.truth.row_sets.values() for row in rows.rows}
    for table in ("holdout", "acceptance"):
        keep = usable(key.given(table), key.given("train"), each.form.horizon_days)
        assert (keep == ~key.given(table)["row_id"].isin(bad)).all()


def test_every_finding_earns_its_full_credit(each: Mini) -> None:
    """The grader finds each fault named, of the right kind and proved, and nothing else accused."""
    rubric = load_rubric()
    found = read_findings(each.submission("careful") / "findings.toml", rubric.limits)
    assert found.notes == ()
    assert set(found.claims) == {"mine", "inherited"}
    scored = score_findings(found, each.form.key, rubric)
    assert [r.verdict for r in scored.results] == ["hit"] * len(each.form.key.truth.faults)
    assert all(r.verified and r.kind_right for r in scored.results), [r.reason for r in scored.results]
    assert scored.fraction > 0.99


def test_the_starter_finds_its_form_in_order(each: Mini, tmp_path: Path) -> None:
    """`check.py --documents` of the take-home has nothing to mend in it."""
    place = tmp_path / "mine"
    shutil.copytree(each.takehome, place)
    shutil.copytree(each.submission("careful"), place, dirs_exist_ok=True)
    done = subprocess.run([sys.executable, "check.py", "--documents"], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mend" not in done.stdout
    assert "to do" not in done.stdout


def test_the_whole_of_it_runs(churn: Mini, tmp_path: Path) -> None:
    """Written in earnest; two trainings on equal truth give equal scores, and the claim follows from what `validate` says."""
    submission = careful.write(churn.takehome, churn.folder, tmp_path / "mine")
    data = churn.takehome / "data"
    scores = []
    for stage in ("real", "repaired"):
        model, out = tmp_path / stage, tmp_path / f"{stage}.parquet"
        train = ("train", "--data", churn.folder / "stages" / "data" / stage, "--model", model)
        run(submission, train, ("predict", "--data", churn.takehome / "samples" / "a", "--model", model, "--out", out))
        scores.append(pd.read_parquet(out).set_index("request_id").sort_index())
    pd.testing.assert_frame_equal(*scores, check_exact=True)
    run(submission, ("validate", "--data", data, "--out", tmp_path / "validation.json"))
    said = json.loads((tmp_path / "validation.json").read_text())
    claim = read_findings(submission / "findings.toml", load_rubric().limits).claims["mine"]
    expected = promise(said, 0.5)
    assert (claim.point, claim.low, claim.high) == (expected.point, expected.low, expected.high)
