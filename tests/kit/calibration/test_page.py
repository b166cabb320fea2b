"""The page of a study: self-contained, complete, escaped, and legible in a real browser."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from kit.calibration.page import redraws, render
from kit.calibration.promises import Promise, promises
from kit.calibration.results import StudyResults
from kit.report.screenshot import find_browser, run_browser, screenshot

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


def page(results: StudyResults) -> str:
    return render(results, promises(results, draws=40))


def test_promises_come_first_with_everything_said() -> None:
    """Fifteen rows before the first picture: name, verdict and kind of each."""
    text = page(sample())
    table = text[: text.index("<svg")]
    assert table.count('class="held"') == 15
    for promise in promises(sample(), draws=40):
        assert promise.name.replace("'", "&#39;") in table
    assert table.count("design check</span>") == 7
    assert table.count("measured</span>") == 8
    assert "15 hold, 0 miss, 0 not measured" in table


def test_pipelines_that_ran_without_the_sandbox_are_counted() -> None:
    """Nothing is said where there were none."""
    study = sample()
    assert "without the sandbox" not in page(study)
    rows = tuple(replace(row, ran_in="warm" if place < 2 else "bubblewrap") for place, row in enumerate(study.pipelines))
    assert "whole submissions graded, 2 of them run without the sandbox" in page(replace(study, pipelines=rows))


def test_the_same_study_gives_the_same_bytes() -> None:
    """Nothing of the time enters."""
    assert page(sample()) == page(sample())


def test_nothing_is_fetched_or_run() -> None:
    """No script, no address other than the names of SVG, and a policy that would stop both."""
    text = page(sample())
    assert not re.search(r"<(script|img|iframe|link|object)\b|\son\w+=", text)
    assert set(re.findall(r"https?://[^\"'\s<)]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "default-src 'none'" in text


def test_ids_are_unique() -> None:
    """Pictures that stand in one page do not share ids."""
    ids = re.findall(r'\bid="([^"]+)"', page(sample()))
    assert len(ids) == len(set(ids))


def test_an_empty_study_says_what_is_missing() -> None:
    """No picture, a line of text for each, and nothing holds."""
    text = page(StudyResults())
    assert "<svg" not in text
    assert text.count('class="soft absent"') == 8
    assert "0 hold, 0 miss, 15 not measured" in text
    assert "✓" not in text


def test_values_read_as_a_person_reads_them() -> None:
    """Shares as per cent, one-sided intervals in words, an open verdict apart from a missed one."""
    rows = (
        Promise(name="a", value=0.931, low=0.9, high=None, bar=0.93, holds=True, kind="measured", sense="at least", unit="of pairs"),
        Promise(name="b", value=61.0, low=None, high=70.0, bar=60, holds=False, kind="measured", sense="below", unit="points"),
        Promise(name="c", value=0.5, low=None, high=None, bar=0.55, holds=None, kind="measured"),
        Promise(name="d", value=None, low=None, high=None, bar=1, holds=None, kind="design check"),
    )
    text = " ".join(re.sub(r"<[^>]+>", " ", render(StudyResults(), rows)).split())
    assert "a 93.1% 90% or more at least 93% of pairs ✓ holds measured" in text
    assert "b 61 70 or less below 60 points ✗ misses measured" in text
    assert "c 0.5 – at most 0.55 ? not decided measured" in text
    assert "d not measured – at most 1 – not measured design check" in text
    assert "1 hold, 1 misses, 2 not measured or not decided" in text


def test_reasons_of_redraws_are_counted_without_their_numbers() -> None:
    """Two attempts that failed at one check are one reason, whatever the numbers; an attempt counts each reason once."""
    form = sample(forms=1).forms[0]
    results = StudyResults(forms=(replace(form, attempts=("gain of x (f1): 3.2; psi: 0.4", "gain of x (f2): 1.0; gain of x (f3): 2.0")),))
    assert redraws(results) == (("gain of x", 2), ("psi", 1))


def test_hostile_names_stay_text() -> None:
    """Names of rows, reasons and settings are escaped wherever they appear."""
    results = sample(forms=3)
    results = replace(
        results,
        forms=tuple(replace(f, attempts=(HOSTILE,), scenario=HOSTILE) for f in results.forms),
        findings=tuple(replace(r, who=HOSTILE if r.group == "gamer" else r.who, scenario=HOSTILE) for r in results.findings),
        meta={HOSTILE: HOSTILE},
    )
    text = page(results)
    assert not re.search(r"<(script|img)\b", text)
    assert text.count("&lt;script&gt;document.title=") >= 4


@pytest.mark.browser
def test_a_browser_shows_it(tmp_path: Path) -> None:
    """At 1200 pixels the page is not blank, nothing is wider than the window, and the words are there."""
    if find_browser() is None:
        if os.environ.get("TAKEHOME_REQUIRE_BROWSER") == "1":
            pytest.fail("no Chromium or Chrome on PATH")
        pytest.skip("no Chromium or Chrome on PATH")
    html, png = tmp_path / "page.html", tmp_path / "page.png"
    html.write_text(page(sample()), encoding="utf-8")
    screenshot(html, png, width=1200, height=3600)
    pixels = np.asarray(matplotlib.image.imread(png))[..., :3]
    assert pixels.shape[:2] == (3600, 1200)
    assert (pixels > 0.97).all(axis=-1).mean() > 0.5
    assert (pixels.max(axis=-1) - pixels.min(axis=-1) > 0.4).mean() > 0.0005
    assert (pixels[:, 1130:] > 0.97).all()
    assert "Wilson" in run_browser(["--dump-dom", html.as_uri()])
