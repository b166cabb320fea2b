"""The pages in a real browser: they show their text, run nothing, fit their window and are not blank.

Skipped where there is no Chromium; with TAKEHOME_REQUIRE_BROWSER=1 that is a failure.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from cohort_samples import cohort
from odd_samples import HOSTILE, hostile, unscorable
from samples import SAMPLES, middling

from kit.report.cohort import csv_text, render_cohort
from kit.report.page import render_report
from kit.report.screenshot import find_browser, run_browser, screenshot

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _needs_a_browser() -> None:
    if find_browser() is None:
        reason = "no Chromium or Chrome on PATH: apt install chromium, or set TAKEHOME_BROWSER"
        if os.environ.get("TAKEHOME_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)


def written(folder: Path, text: str, name: str = "page.html") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", errors="strict")
    return path


def dom(path: Path) -> str:
    """The page as the browser holds it once everything that could run has run."""
    return run_browser(["--virtual-time-budget=2000", "--dump-dom", path.as_uri()])


def test_the_browser_does_run_scripts_where_it_may(tmp_path: Path) -> None:
    """The control of the next test: the same attack in a page without our policy does change the document."""
    seen = dom(written(tmp_path, f"<title>before</title><body>{HOSTILE}</body>"))
    assert "owned" in re.findall(r"<title>(.*?)</title>", seen)


@pytest.mark.parametrize("audience", ["grader", "candidate"])
def test_hostile_texts_stay_text(audience: str, tmp_path: Path) -> None:
    """Scripts, handlers, links and remote images of a submission are words on the page and nothing else."""
    seen = dom(written(tmp_path, render_report(hostile(), audience=audience)))  # type: ignore[arg-type]
    title = re.findall(r"<title>(.*?)</title>", seen, flags=re.DOTALL)[0]
    assert title != "owned"
    assert "&lt;script&gt;document.title='owned'" in seen
    assert not re.search(r"<(script|img|iframe|object|embed)\b|<a [^>]*javascript:|<[a-z]+ [^>]*\bon(error|load|click)=", seen)


def test_a_round_with_hostile_names_is_text_and_nothing_else(tmp_path: Path) -> None:
    """Page and spreadsheet, each opened: names are words, nothing ran and nothing came in."""
    seen = dom(written(tmp_path, render_cohort(cohort(candidate=HOSTILE))))
    assert re.findall(r"<title>(.*?)</title>", seen, flags=re.DOTALL)[0] != "owned"
    assert "&lt;script&gt;document.title='owned'" in seen
    assert not re.search(r"<(script|img|iframe|object|embed)\b|<a [^>]*javascript:|<[a-z]+ [^>]*\bon(error|load|click)=", seen)
    # a browser hands a file named .csv to a spreadsheet; as plain text it shows what that would get
    sheet = dom(written(tmp_path, csv_text(cohort(candidate=HOSTILE)), "cohort.txt"))
    assert "&lt;script&gt;document.title='owned'" in sheet
    assert "owned" not in re.findall(r"<title>(.*?)</title>", sheet)
    assert not re.search(r"<(script|img|iframe|object|embed|a)\b", sheet)


def test_the_policy_stops_a_script_that_got_in(tmp_path: Path) -> None:
    """Were escaping ever to fail, the policy of the page itself would still stop scripts, handlers and pictures."""
    smuggled = render_report(middling()).replace(
        "<main>", "<main><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">", 1
    )
    seen = dom(written(tmp_path, smuggled))
    assert "<script>document.title='owned'</script>" in seen
    assert "<title>owned</title>" not in seen


@pytest.mark.parametrize("name", SAMPLES)
def test_a_picture_of_each_sample_is_not_blank(name: str, tmp_path: Path) -> None:
    """The top of the page holds dark text on white and some colour."""
    png = tmp_path / "page.png"
    screenshot(written(tmp_path, render_report(SAMPLES[name]())), png, width=1100, height=1400)
    pixels = np.asarray(matplotlib.image.imread(png))[..., :3]
    assert pixels.shape[:2] == (1400, 1100)
    assert (pixels > 0.97).all(axis=-1).mean() > 0.5
    assert (pixels.max(axis=-1) < 0.35).mean() > 0.005
    assert (pixels.max(axis=-1) - pixels.min(axis=-1) > 0.4).mean() > 0.002


def test_no_page_scrolls_sideways(tmp_path: Path) -> None:
    """On a telephone and on a desk every page is as wide as its window, and no plot text leaves its plot or meets other text."""
    pages = {name: render_report(card()) for name, card in {**SAMPLES, "hostile": hostile, "unscorable": unscorable}.items()}
    pages["candidate"] = render_report(middling(), audience="candidate")
    pages |= {"cohort": render_cohort(cohort(24)), "named": render_cohort(cohort(candidate="Wilhelmina Featherstonehaugh of Upper Brackwater"))}
    frames = "".join(
        f'<iframe data-of="{name} {width}" data-width="{width}" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(text)}"></iframe>'
        for name, text in pages.items()
        for width in (390, 1100)
    )
    script = """
    addEventListener('load', () => { for (const f of document.querySelectorAll('iframe')) {
      const d = f.contentDocument, said = [];
      if (d.documentElement.scrollWidth > +f.dataset.width) said.push('scrolls to ' + d.documentElement.scrollWidth);
      if (!f.dataset.of.startsWith('hostile')) for (const svg of d.querySelectorAll('svg')) {
        const edge = svg.getBoundingClientRect(), boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
        for (const [i, [a, p]] of boxes.entries()) {
          if (p.left < edge.left - 1 || p.right > edge.right + 1 || p.top < edge.top - 1 || p.bottom > edge.bottom + 1) said.push(a + ' leaves');
          for (const [b, q] of boxes.slice(i + 1))
            if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 3)
              said.push(a + ' meets ' + b);
        }
      }
      const o = document.createElement('output'); o.textContent = f.dataset.of + ': ' + (said.join('; ') || 'fits')
        + ', ' + d.querySelectorAll('svg text').length + ' texts';
      document.body.append(o);
      f.remove();
    }});"""
    seen = dom(written(tmp_path, f"<!doctype html><body>{frames}<script>{script}</script></body>"))
    said = [html.unescape(line) for line in re.findall(r"<output>(.*?)</output>", seen)]
    assert [line.rsplit(", ", 1)[0] for line in said] == [f"{name} {width}: fits" for name in pages for width in (390, 1100)]
    drawn = {line.split(" ")[0]: int(line.split(", ")[-1].split()[0]) for line in said}
    assert drawn["candidate"] == 0
    assert min(drawn[name] for name in SAMPLES) > 100


def test_a_page_prints(tmp_path: Path) -> None:
    """The browser makes a document of several pages of it."""
    pdf = tmp_path / "page.pdf"
    run_browser([f"--print-to-pdf={pdf}", "--no-pdf-header-footer", written(tmp_path, render_report(middling())).as_uri()])
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) > 4
