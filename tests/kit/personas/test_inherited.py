"""The take-home as received: the same pipeline, no finding, the holdout's score as both claims."""

from __future__ import annotations

import json
from pathlib import Path

from persona_form import Mini, run

from graders.findings import read_findings
from graders.rubric import load_rubric
from kit.personas import inherited


def test_nothing_is_found_and_the_holdout_is_believed(home: Mini, tmp_path: Path) -> None:
    """Both claims are what `make baseline` prints."""
    submission = inherited.write(home.takehome, home.folder, tmp_path / "mine")
    run(home.takehome, ("validate", "--data", home.takehome / "data", "--out", tmp_path / "validation.json"))
    said = json.loads((tmp_path / "validation.json").read_text())
    found = read_findings(submission / "findings.toml", load_rubric().limits)
    assert found.findings == ()
    assert found.notes == ()
    for claim in (found.claims["mine"], found.claims["inherited"]):
        assert (claim.point, claim.low, claim.high) == (said["estimate"], said["low"], said["high"])


def test_the_pipeline_is_untouched(each: Mini) -> None:
    """File for file as issued."""
    ours, issued = each.submission("inherited") / "pipeline", each.takehome / "pipeline"
    names = sorted(p.name for p in issued.glob("*.py"))
    assert sorted(p.name for p in ours.iterdir()) == names
    assert [(ours / name).read_bytes() for name in names] == [(issued / name).read_bytes() for name in names]
