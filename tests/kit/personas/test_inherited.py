"""The take-home as received: the same pipeline, no finding, the holdout's score as both claims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graders.findings import read_findings
from graders.rubric import load_rubric


def test_nothing_is_found_and_the_holdout_is_believed(each: Any, validated: Callable[..., dict[str, float]]) -> None:
    """Both claims are what `make baseline` prints."""
    submission = each.submission("inherited")
    found = read_findings(submission / "findings.toml", load_rubric().limits)
    said = validated(each.takehome, each.takehome / "data")
    assert found.findings == ()
    assert found.notes == ()
    for claim in (found.claims["mine"], found.claims["inherited"]):
        assert (claim.point, claim.low, claim.high) == (said["estimate"], said["low"], said["high"])


def test_the_pipeline_is_untouched(each: Any) -> None:
    """File for file as issued."""
    ours, issued = each.submission("inherited") / "pipeline", each.takehome / "pipeline"
    names = sorted(p.name for p in issued.glob("*.py"))
    assert sorted(p.name for p in ours.iterdir()) == names
    assert [(ours / name).read_bytes() for name in names] == [(issued / name).read_bytes() for name in names]
