"""Every promise: measured where there are rows, missed where the rows say so, and never held without."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from kit.calibration.promises import Promise, meets, promises
from kit.calibration.results import FindingsRow, StudyResults

DESIGN = {
    "Spread of form",
    "Dependability Phi in one",
    "Dependability Phi with",
    "Standard error",
    "Mean total of the e",
    "Mean total of the s",
    "Adjacent",
}


def row(results: StudyResults, start: str) -> Promise:
    """The one promise whose name starts so."""
    (found,) = [promise for promise in promises(results, draws=50) if promise.name.startswith(start)]
    return found


def with_findings(results: StudyResults, who: str, **change: Any) -> StudyResults:
    return replace(results, findings=tuple(replace(r, **change) if r.who == who else r for r in results.findings))


def test_everything_is_measured_on_a_whole_study() -> None:
    """Fifteen rows with a value and a verdict, skill from assumed difficulties labelled a design check, the same each time."""
    found = promises(sample())
    assert len(found) == 15
    assert all(promise.holds for promise in found)
    assert found == promises(sample())
    checks = {promise.name for promise in found if promise.kind == "design check"}
    assert len(checks) == len(DESIGN)
    assert all(any(name.startswith(start) for start in DESIGN) for name in checks)
    assert all(p.value is not None and (p.low is None or p.low <= p.value) and (p.high is None or p.value <= p.high) for p in found)


def test_nothing_run_holds_nothing() -> None:
    """An empty study has no value and no verdict anywhere, and says what is missing."""
    for promise in promises(StudyResults()):
        assert (promise.value, promise.low, promise.high, promise.holds) == (None, None, None, None)
        assert "Needs" in promise.detail


@pytest.mark.parametrize(
    ("part", "unmeasured"),
    [("forms", {"Tau"}), ("pipelines", {"Memorised"}), ("classifier", {"Fault told"}), ("twice", {"Same submission"})],
)
def test_a_missing_part_costs_its_own_promise(part: str, unmeasured: set[str]) -> None:
    """The others stay measured."""
    lacking = replace(sample(), **{part: getattr(StudyResults(), part)})
    assert {p.name for p in promises(lacking, draws=20) if p.holds is None} == {row(lacking, start).name for start in unmeasured}


def missed(results: StudyResults) -> set[str]:
    return {promise.name for promise in promises(results, draws=20) if promise.holds is False}


@pytest.mark.parametrize(
    ("who", "change", "names"),
    [
        ("accuse_all", {"total": 60.0}, {"Highest total"}),
        (
            "accuse_all",
            {"fraction": 0.4, "total": 10.0},
            {"Highest mean F", "Best screen's findings score, mean", "Best screen's findings score, 95th"},
        ),
        ("fitted_screen", {"fraction": 0.26}, {"Best screen's findings score, mean"}),
        ("recount_asof", {"fraction": 0.36}, {"Best screen's findings score, mean", "Best screen's findings score, 95th"}),
        ("expert", {"total": 92.9}, {"Mean total of the expert"}),
        ("strong", {"total": 84.0}, {"Mean total of the strong"}),
        ("novice", {"total": 70.0}, {"Adjacent"}),
    ],
)
def test_each_bar_can_be_missed(who: str, change: dict[str, Any], names: set[str]) -> None:
    """One number on the wrong side misses its own promise and no other."""
    results = with_findings(sample(), who, **change)
    assert missed(results) == {row(results, name).name for name in names}


def test_the_other_bars_can_be_missed() -> None:
    """Claims learnt by heart that earn, a large tau, a classifier that tells twins, one scorecard that differs."""
    whole = sample()
    heart = replace(whole, pipelines=tuple(replace(p, claims=0.41) for p in whole.pipelines))
    tau = replace(whole, forms=(replace(whole.forms[0], tau=0.061), *whole.forms[1:]))
    told = replace(whole, classifier={"auc": 0.56, "low": 0.54, "high": 0.58, "forms": 200})
    differs = replace(whole, twice={"compared": 6, "identical": 5})
    for results, name in ((heart, "Memorised"), (tau, "Tau"), (told, "Fault told"), (differs, "Same submission")):
        assert missed(results) == {row(results, name).name}


def test_noisy_sittings_miss_the_components() -> None:
    """Forms 12 points apart and sittings 25 apart: spread, both Phi and the standard error are missed, and the values are those put in."""
    rng = np.random.default_rng(4)
    forms = rng.normal(0, 12, 40)
    findings = tuple(
        FindingsRow(form=f"f{f:02d}", scenario="s", who="person", level=p / 20, group="skilled", person=f"p{p:02d}", fraction=0.0, hits=0, alarms=0,
                    total=float(np.clip(50 + forms[f] + rng.normal(0, 12), 0, 100)))
        for f in range(40) for p in range(20)
    )  # fmt: skip
    found = StudyResults(findings=findings)
    assert len(missed(found)) == 4
    assert row(found, "Spread").value == pytest.approx(forms.std(ddof=1), rel=0.1)
    assert row(found, "Standard error").value == pytest.approx(np.hypot(forms.std(ddof=1), 12), rel=0.1)


def test_findings_that_could_pass_leave_the_total_open() -> None:
    """F = .65 without a whole grade: neither held nor missed; with one grade of 60 it is missed all the same."""
    results = with_findings(sample(), "fitted_screen", fraction=0.65, total=None)
    open_ = row(results, "Highest total")
    assert open_.holds is None
    assert open_.value is not None
    assert "24 more could reach 60" in open_.detail
    assert row(with_findings(results, "accuse_all", total=61.0), "Highest total").holds is False
    alone = replace(results, findings=tuple(r for r in results.findings if r.who == "fitted_screen"))
    assert row(alone, "Highest total").value is None


def test_findings_that_cannot_pass_hold_the_total() -> None:
    """No pipeline at all and F below the mark: nothing that a pipeline earns brings the total above it."""
    results = with_findings(sample(), "fitted_screen", total=None, fraction=0.39)
    only = replace(results, findings=tuple(r for r in results.findings if r.who == "fitted_screen"))
    found = row(only, "Highest total")
    assert (found.holds, found.value) == (True, pytest.approx(39.0, abs=0.01))


def test_few_forms_do_not_decide_the_classifier() -> None:
    """40 forms with a good value stay open; a value that is bad beyond doubt is missed."""
    few = replace(sample(), classifier={"auc": 0.5, "low": 0.4, "high": 0.6, "forms": 40})
    assert (row(few, "Fault told").holds, row(few, "Fault told").value) == (None, 0.5)
    bad = replace(few, classifier={"auc": 0.8, "low": 0.7, "high": 0.9, "forms": 40})
    assert row(bad, "Fault told").holds is False


def test_the_percentile_needs_72_results_for_its_limit() -> None:
    """With 24 the upper limit is none, and that is said."""
    found = row(sample(), "Best screen's findings score, 95th")
    assert (found.high, "takes 72" in found.detail) == (None, True)


def test_without_the_fitted_screen_its_promises_can_only_be_missed() -> None:
    """Good values of the other strategies leave all four rows open; a bad one misses all the same."""
    whole = sample()
    others = replace(whole, findings=tuple(r for r in whole.findings if r.who != "fitted_screen"))
    bad = with_findings(others, "recount_asof", fraction=0.41, total=60.0)
    for start in ("Highest total", "Highest mean F", "Best screen's findings score, mean", "Best screen's findings score, 95th"):
        assert row(others, start).holds is None
        assert row(others, start).value is not None
        assert "fitted screen is not among them" in row(others, start).detail
        assert row(bad, start).holds is False


def test_a_screen_that_saw_too_few_forms_can_only_miss() -> None:
    """Its row says how many it has seen, and how many were asked for; with enough of them the promise can hold."""
    few = replace(sample(), meta={"screens_fitted_on": 199})
    bad = with_findings(few, "fitted_screen", fraction=0.36)
    start = "Best screen's findings score, mean"
    assert (row(few, start).holds, row(bad, start).holds, row(sample(), start).holds) == (None, False, True)
    assert "has seen 199 other forms of the 200 asked for" in row(few, start).detail
    assert "has seen at least 201 other forms" in row(sample(), start).detail


def test_what_reads_the_prose_is_a_strategy_and_no_screen() -> None:
    """Its mean F misses the row of all strategies; the rows of screens stand, and say what it came to."""
    whole = sample()
    read = tuple(replace(r, who="whole_script_reasons", person="whole_script_reasons", fraction=0.5) for r in whole.findings if r.who == "accuse_all")
    results = replace(whole, findings=(*whole.findings, *read))
    assert missed(results) == {row(results, "Highest mean F").name}
    screens = row(results, "Best screen's findings score, mean")
    assert screens.value == row(whole, "Best screen's findings score, mean").value
    assert "whole_script_reasons, mean 50.0, 95th percentile 50.0" in screens.detail
    assert "Highest of those that read no prose: fitted_screen" in row(results, "Highest mean F").detail
    passes = row(with_findings(results, "whole_script_reasons", total=61.0), "Highest total")
    assert re.search(r"24 of \d+ whole grades reach 60 .* Highest of those that read no prose: fitted_screen, \d", passes.detail)


def test_sides_of_a_bar() -> None:
    """`below` is strict, the others are not."""
    assert [meets(60, sense, 60) for sense in ("below", "at most", "at least")] == [False, True, True]  # type: ignore[arg-type]
    assert not meets(60.1, "at most", 60)
    assert not meets(59.9, "at least", 60)
