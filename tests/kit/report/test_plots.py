"""Plots are well-formed, repeatable, and say what they show."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_samples import HOSTILE, unscorable
from samples import middling

from kit.report import plots

SVG = "{http://www.w3.org/2000/svg}"


def test_the_same_values_give_the_same_bytes() -> None:
    """Nothing of the time or of an earlier plot enters a drawing."""
    first = plots.agreement("a", "calls", [1, 2, 3, None], [1, 2, 4, 4])
    plots.confidence("b", [(0.5, True)])
    assert first is not None
    assert first == plots.agreement("a", "calls", [1, 2, 3, None], [1, 2, 4, 4])


def test_differences_are_counted_and_marked() -> None:
    """Two of four differ: the words say so, and so does the text alternative."""
    plot = plots.agreement("a", "calls", [1, 2, 3, None], [1, 2, 4, 4])
    assert plot is not None
    assert plot.words == "calls: 2 of the 4 values shown differ from the honest ones."
    root = ET.fromstring(plot.svg)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}desc") == plot.words
    assert root.get("aria-labelledby") == "a-title a-words"


def test_what_agrees_is_said_to_agree() -> None:
    """A twin's plot says that nothing differs."""
    plot = plots.agreement("a", "calls", [1.0, "x", None], [1.0, "x", None])
    assert plot is not None
    assert plot.words == "calls: all 2 values shown agree with the honest ones."


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.none(), st.floats(allow_nan=True), st.text(max_size=12))] * 2), max_size=12))
def test_any_series_gives_a_drawing_or_nothing(pairs: list[tuple[object, object]]) -> None:
    """Nulls, infinities, texts, one value or none: a drawing that parses, or None."""
    plot = plots.agreement("p", "any", [a for a, _ in pairs], [b for _, b in pairs])
    if plot is not None:
        assert ET.fromstring(plot.svg).tag == f"{SVG}svg"


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12])
def test_tick_labels_stay_short_at_any_size(scale: float) -> None:
    """No tick label is longer than fits beside the axis."""
    plot = plots.agreement("p", "amount", [scale * k for k in range(9)], [scale * k for k in range(9)])
    assert plot is not None
    labels = [element.text or "" for element in ET.fromstring(plot.svg).iter(f"{SVG}text")]
    assert len(labels) > 4
    assert max(len(label) for label in labels if label not in ("honest value", "value as given")) <= 7


def test_a_long_tail_gets_a_logarithmic_scale() -> None:
    """Where one value would push all others into a corner, ticks are powers of ten."""
    plot = plots.agreement("p", "spend", [0, 1, 2, 3, 90_000], [0, 1, 2, 3, 90_000])
    assert plot is not None
    labels = {element.text for element in ET.fromstring(plot.svg).iter(f"{SVG}text")}
    assert {"0", "1", "100", "10k"} <= labels


def test_hostile_names_are_text() -> None:
    """A name with markup, mathematics and control characters is drawn as it is written."""
    plot = plots.agreement("p", HOSTILE, [HOSTILE, "a"], ["a", "a"])
    assert plot is not None
    root = ET.fromstring(plot.svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()}.isdisjoint({"script", "a", "image", "foreignObject", "style"})
    assert "\x1b" not in plot.svg
    assert "\u202e" not in plot.svg


def test_ids_of_two_plots_never_meet() -> None:
    """Plots stand in one page, so every id and every reference carries the plot's own name."""
    one, two = plots.confidence("one", [(0.9, True), (0.8, False)]), plots.confidence("two", [(0.9, True), (0.8, False)])
    assert one is not None
    assert two is not None
    ids = [{element.get("id") for element in ET.fromstring(plot.svg).iter() if element.get("id")} for plot in (one, two)]
    assert ids[0].isdisjoint(ids[1])
    for plot, own in zip((one, two), ids, strict=True):
        references = [element.get("{http://www.w3.org/1999/xlink}href") for element in ET.fromstring(plot.svg).iter()]
        assert all(reference[1:] in own for reference in references if reference)


def test_claims_say_where_the_result_lies() -> None:
    """Each claim's range, result and whether one holds the other are in the words."""
    plot = plots.claims("c", middling().claim_results, metric="roc_auc")
    assert plot is not None
    assert "claimed 0.745, range 0.728 to 0.762; production gave 0.731, inside the range." in plot.words
    assert "production gave 0.655, outside the range." in plot.words


def test_nothing_to_draw_is_none() -> None:
    """No claim and no result, no accusation, no value: no plot."""
    assert plots.claims("c", unscorable().claim_results, metric="roc_auc") is None
    assert plots.confidence("c", []) is None
    assert plots.agreement("c", "x", [None, math.nan], [None, None]) is None


def test_confidence_counts_the_sure_ones() -> None:
    """The words give the share that was right, and the share of those stated as sure."""
    plot = plots.confidence("c", [(0.95, True), (0.9, False), (0.3, False)])
    assert plot is not None
    assert plot.words == "1 of 3 accusations were right. Of the 2 made with a confidence of 0.8 or more, 1 were right."
