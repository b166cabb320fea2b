"""Which rows a number rests on."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from kit.calibration.estimators import reliability
from kit.calibration.results import FindingsRow, StudyResults
from kit.calibration.tables import Missing, block, findings_points, gamers, gaming_totals, named_levels, population, sharers, ungraded


def test_persons_and_levels_are_apart() -> None:
    """Sampled persons make the population, named levels the order."""
    results = sample(forms=4, persons=6)
    assert population(results).totals.shape == (6, 4)
    assert named_levels(results).persons == ("able", "expert", "novice", "strong")


def test_without_sampled_persons_all_skilled_stand_in() -> None:
    """Four levels, one person each."""
    assert population(sample(forms=4, persons=0)).totals.shape == (4, 4)


def test_forms_that_not_everyone_sat_are_left_out() -> None:
    """One total taken away costs one form, and it is said."""
    rows = [row for row in sample(forms=5, persons=3).findings if row.who == "person"]
    rows[0] = replace(rows[0], total=None)
    found = block(rows)
    assert found.totals.shape == (3, 4)
    assert found.words == "3 simulated persons × 4 forms (1 that not everyone sat left out)"
    assert found.totals[1, 0] == next(row.total for row in rows if row.person == "p001" and row.form == found.forms[0])


def test_too_little_is_missing_and_twice_is_an_error() -> None:
    """One form is no table; a person who sits a form twice is a mistake of the study."""
    rows = [row for row in sample(forms=2, persons=3).findings if row.who == "person"]
    with pytest.raises(Missing, match=r"3 person\(s\) share 1 form\(s\)"):
        block([row for row in rows if row.form == "f000"])
    with pytest.raises(ValueError, match="'p000' on form 'f000' again"):
        block([*rows, rows[0]])


def test_the_luck_of_a_shared_pipeline_is_no_difficulty_of_the_form() -> None:
    """60 persons on 40 forms that are all alike; ten at a time share a pipeline, whose luck is 12 points: person by person it passes for a spread
    of 12 / sqrt(6) = 4.9 points, group by group there is none to speak of."""
    rng = np.random.default_rng(5)
    luck, rows = rng.normal(0, 12, (6, 40)), []
    for form in range(40):
        about = {"form": f"f{form:02d}", "scenario": "s", "group": "skilled", "fraction": 0.5, "hits": 4, "alarms": 0}
        rows += [FindingsRow(**about, who=f"level{i}", person=f"level{i}", level=float(i), total=50.0) for i in range(6)]
        for i in range(60):
            total = 20 + 10 * (i // 10) + luck[i // 10, form] + rng.normal(0, 5)
            rows.append(FindingsRow(**about, who="person", person=f"p{i:02d}", level=i // 10 + i % 10 / 25, total=float(np.clip(total, 0, 100))))
    results = StudyResults(findings=tuple(rows))
    shared = sharers(results)
    assert shared.persons == tuple(f"level{i}" for i in range(6))
    assert reliability(population(results).totals, rng=rng, draws=20).spread.value > 4
    assert reliability(shared.totals, rng=rng, draws=20).spread.value < 2.5


def test_points_for_findings_alone() -> None:
    """45 for all, from the floor; every form counts, with a pipeline or without."""
    results = sample(forms=3, persons=4)
    rows = [replace(r, total=None, fraction=1.0 if r.person == "p000" else 0.2) for r in results.findings if r.who == "person"]
    found = findings_points(StudyResults(findings=tuple(rows)))
    assert found.totals.shape == (4, 3)
    assert found.totals[0] == pytest.approx([45 * 1.25] * 3)
    assert found.totals[1] == pytest.approx([45 * 0.45] * 3)


def test_gamers_and_their_totals() -> None:
    """Totals come from findings rows, and from pipeline rows for forms that these lack."""
    results = sample(forms=14)
    assert set(gamers(results)) == {"fitted_screen", "recount_asof", "accuse_all"}
    assert len(gaming_totals(results)["fitted_screen"]) == 12
    more = replace(results.pipelines[0], who="fitted_screen", form="f013", total=33.0)
    again = replace(results.pipelines[0], who="fitted_screen", form="f000", total=99.0)
    totals = gaming_totals(replace(results, pipelines=(more, again)))["fitted_screen"]
    assert ("f013", 33.0) in totals
    assert ("f000", 99.0) not in totals


def test_the_most_that_ungraded_findings_could_reach() -> None:
    """F = 0.5 without any pipeline: .5 x 100; with the strategy's own B = .4 and C = .2: .5 x (45 + 17)."""
    results = sample(forms=1)
    row = replace(next(r for r in results.findings if r.who == "fitted_screen"), fraction=0.5, total=None)
    assert ungraded(StudyResults(findings=(row,))) == [(pytest.approx(50.0), "fitted_screen")]
    own = replace(results.pipelines[0], who="fitted_screen", form="other", behaviour=0.4, claims=0.2, skill=0.9)
    assert ungraded(StudyResults(findings=(row,), pipelines=(own,))) == [(pytest.approx(31.0), "fitted_screen")]
