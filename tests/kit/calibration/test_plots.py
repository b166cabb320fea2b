"""Pictures of a study: well-formed, repeatable, true to the rows, and none where nothing was run."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from kit.calibration import plots
from kit.calibration.results import StudyResults
from kit.report.plots import Plot

SVG = "{http://www.w3.org/2000/svg}"
PICTURES: dict[str, Callable[[StudyResults], Plot | None]] = {
    "levels": plots.levels,
    "difficulty": plots.difficulty,
    "gaming-totals": plots.gaming_totals_plot,
    "gaming-findings": plots.gaming_findings,
    "mechanisms-skilled": lambda results: plots.mechanisms(results, "skilled"),
    "mechanisms-checker": lambda results: plots.mechanisms(results, "checker"),
    "tau": plots.tau,
}


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_parses_repeats_and_speaks(name: str) -> None:
    """One SVG element with its words as description; the same rows give the same bytes; no study, no picture."""
    first = PICTURES[name](sample())
    assert first is not None
    assert first == PICTURES[name](sample())
    root = ET.fromstring(first.svg)
    assert root.findtext(f"{SVG}desc") == first.words
    assert root.get("aria-labelledby") == f"{name}-title {name}-words"
    assert PICTURES[name](StudyResults()) is None


def marks(plot: Plot | None) -> str:
    assert plot is not None
    return plot.svg


def test_what_lies_beyond_a_bar_is_marked() -> None:
    """One total of 61 turns vermilion; without it the picture holds no such mark."""
    results = sample()
    assert plots.BAD.lower() not in marks(plots.gaming_totals_plot(results)).lower()
    place = next(i for i, r in enumerate(results.findings) if r.who == "fitted_screen")
    rows = list(results.findings)
    rows[place] = replace(rows[place], total=61.0)
    assert plots.BAD.lower() in marks(plots.gaming_totals_plot(replace(results, findings=tuple(rows)))).lower()


def test_words_give_the_numbers() -> None:
    """Tau above its bar is counted; the hardest form is the one that was made hard."""
    results = sample()
    worse = replace(results, forms=(replace(results.forms[0], tau=0.09), *results.forms[1:]))
    plot = plots.tau(worse)
    assert plot is not None
    assert plot.words.startswith("24 forms: tau from 0.041 to 0.090")
    assert plot.words.endswith("1 above 0.06.")
    level = plots.levels(results)
    assert level is not None
    assert [name in level.words for name in ("expert (skill 3)", "novice (skill −1)", "person")] == [True, True, False]


def test_items_of_a_group() -> None:
    """Rates count only forms that hold the mechanism; sampled persons stand for the skilled; the rarest comes first."""
    results = sample(forms=10, persons=5)
    found = dict(plots.items(results, "skilled"))
    for name, item in found.items():
        forms = {row.form for row in results.forms if name in dict(row.mechanisms)}
        sat = [row for row in results.findings if row.who == "person" and row.form in forms]
        assert item.sittings == len(sat)
        assert item.rate.value == pytest.approx(sum(name in row.found for row in sat) / len(sat))
    rates = [item.rate.value for _, item in plots.items(results, "skilled")]
    assert rates == sorted(rates)
    assert plots.items(results, "checker")[0][1].sittings <= 10


def test_odd_names_stay_words() -> None:
    """A name that looks like markup is text in the picture."""
    results = sample(forms=2)
    odd = replace(results, findings=tuple(replace(r, who="<b>&") if r.who == "fitted_screen" else r for r in results.findings))
    svg = marks(plots.gaming_findings(odd))
    ET.fromstring(svg)
    assert "<b>" not in svg


def test_persons_who_share_a_pipeline_are_one_witness_of_a_form() -> None:
    """Twelve persons of skills up to 2.5 rest on the pipelines of three levels, and the noise of a form's mean is that of three."""
    plot = plots.difficulty(sample())
    assert plot is not None
    assert "mean over 3 pipelines" in plot.words
