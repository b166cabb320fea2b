"""The pictures of a calibration study, in the manner of the report's: inline SVG, the same bytes for the same rows,
and a sentence that says what is to be seen.

Blue discs are as they should be, vermilion triangles lie beyond a bar; bars are dashed lines. What a study did not run gives None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kit.calibration.estimators import variance_components
from kit.calibration.items import Item, item_table
from kit.calibration.promises import KNOCK_OUT_F, PASS_MARK
from kit.calibration.results import PERSON, FindingsRow, FormRow, Group, StudyResults
from kit.calibration.tables import Missing, gamers, gaming_totals, sharers
from kit.report.plots import BAD, GOOD, GRID, INK, SOFT, STYLE, Plot, as_svg, blank
from kit.report.text import one_line

WIDTH = 960
LEFT = 210
ROW = 30
TAU_BAR = 0.06
PALE, STROKE = "#9cc4de", "#a3aebb"


def levels(results: StudyResults) -> Plot | None:
    """Totals at each named level, the least skilled at the bottom: every sitting a dot, the box its middle half, the stroke its median."""
    totals: dict[tuple[float, str], list[float]] = {}
    for row in results.findings:
        if row.group == "skilled" and row.total is not None and row.level is not None and row.who != PERSON:
            totals.setdefault((row.level, row.who), []).append(row.total)
    if not totals:
        return None
    rows = [(f"{one_line(who, limit=20)} (skill {level:g})".replace("-", "−"), values) for (level, who), values in sorted(totals.items())]
    words = "Median total: " + ", ".join(f"{label} {np.median(values):.1f}" for label, values in reversed(rows)) + "."
    with matplotlib.rc_context(STYLE):
        figure, axes = _rows_figure(len(rows))
        for place, (_, values) in enumerate(rows):
            _cloud(axes, place, values, PASS_MARK, above=None)
            q1, middle, q3 = np.quantile(values, [0.25, 0.5, 0.75])
            axes.plot([q1, q3], [place, place], color=INK, linewidth=7, alpha=0.25, solid_capstyle="butt", zorder=4)
            axes.plot([middle, middle], [place - 0.3, place + 0.3], color=INK, linewidth=2.4, zorder=5)
        _labels(axes, [label for label, _ in rows])
        _bar(axes, PASS_MARK, f"pass mark {PASS_MARK:g}")
        axes.set_xlim(-2, 102)
        axes.set_xlabel("total, points of 100")
        return Plot(svg=as_svg(figure, "levels", "Totals by skill level", words), words=words)


def difficulty(results: StudyResults) -> Plot | None:
    """How far the mean total of the same persons on each form lies from their mean over all forms, the hardest first, with its noise: those who
    share a pipeline count as one."""
    try:
        table = sharers(results)
    except Missing:
        return None
    effects = table.totals.mean(axis=0) - table.totals.mean()
    noise = math.sqrt(variance_components(table.totals).residual / len(table.persons))
    scenario = {row.form: row.scenario for row in results.findings}
    order = sorted(range(len(effects)), key=lambda place: (effects[place], table.forms[place]))
    names = sorted({scenario[form] for form in table.forms})
    words = f"{len(effects)} forms: the hardest {effects[order[0]]:+.1f} points, the easiest {effects[order[-1]]:+.1f}; ".replace("-", "−")
    words += f"the noise of a form's mean over {len(table.persons)} pipelines has an SD of {noise:.1f} points."
    with matplotlib.rc_context(STYLE):
        figure, axes = blank(WIDTH, 330, left=64, top=34, bottom=48)
        axes.axhspan(-2, 2, color=GOOD, alpha=0.08, linewidth=0)
        axes.axhline(0, color=SOFT, linewidth=0.8)
        for name, marker, colour in zip(names, "osD^v*" * len(names), (GOOD, BAD, INK, SOFT) * len(names), strict=False):
            places = [place for place, form in enumerate(order, start=1) if scenario[table.forms[form]] == name]
            values = [effects[order[place - 1]] for place in places]
            axes.errorbar(
                places, values, yerr=noise, fmt=marker, color=colour, ecolor=STROKE, markersize=6 if len(order) < 120 else 4, elinewidth=1.2,
                markeredgecolor="white", markeredgewidth=0.5, label=one_line(name, limit=40), zorder=3,
            )  # fmt: skip
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=len(names), frameon=False, borderaxespad=0.2, handletextpad=0.3)
        axes.text(0, 1.03, "shaded: 2 points either way", transform=axes.transAxes, color=SOFT, fontsize=10.5)
        axes.set_xlim(0, len(order) + 1)
        axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        axes.set_xlabel("forms, the hardest first; strokes: one SD of the noise of the mean")
        axes.set_ylabel("points from the mean form")
        _grid(axes, "y")
        return Plot(svg=as_svg(figure, "difficulty", "Difficulty of each form", words), words=words)


def gaming_totals_plot(results: StudyResults) -> Plot | None:
    """Every whole grade of each gaming strategy against the pass mark."""
    totals = {who: [value for _, value in known] for who, known in gaming_totals(results).items() if known}
    if not totals:
        return None
    best = {who: max(values) for who, values in totals.items()}
    words = "Highest total: " + ", ".join(f"{one_line(who)} {best[who]:.1f}" for who in sorted(best, key=lambda who: (-best[who], who))) + "."
    return _strategies("gaming-totals", "Totals of gaming strategies", totals, PASS_MARK, "total, points of 100", (-2, 102), words)


def gaming_findings(results: StudyResults) -> Plot | None:
    """F of each gaming strategy on every form, and its mean as a diamond, against the knock-out."""
    found = {who: [row.fraction for row in rows] for who, rows in gamers(results).items()}
    if not found:
        return None
    means = {who: float(np.mean(values)) for who, values in found.items()}
    words = "Mean F: " + ", ".join(f"{one_line(who)} {means[who]:.2f}" for who in sorted(means, key=lambda who: (-means[who], who))) + "."
    words = words.replace("-0.", "−0.")
    return _strategies("gaming-findings", "Findings of gaming strategies", found, KNOCK_OUT_F, "F (diamond: its mean)", (-0.29, 1.03), words, means)


def items(results: StudyResults, group: Group) -> tuple[tuple[str, Item], ...]:
    """Each mechanism with its find rate and discrimination among one group, the rarest found first.

    Ability is the skill where it is set, else the share of the other faults of the form that the sitting found. Sampled persons stand for the skilled
    where there are any.
    """
    planted = {row.form: dict(row.mechanisms) for row in results.forms}
    rows = [row for row in results.findings if row.group == group and row.form in planted]
    rows = [row for row in rows if row.who == PERSON] or rows
    found: list[tuple[str, Item]] = []
    for mechanism in sorted({name for row in rows for name in planted[row.form]}):
        sat = [row for row in rows if mechanism in planted[row.form]]
        (item,) = item_table([[float(mechanism in row.found)] for row in sat], [_ability(row, planted[row.form], mechanism) for row in sat])
        if item is not None:
            found.append((mechanism, item))
    return tuple(sorted(found, key=lambda pair: (pair[1].rate.value, pair[0])))


def mechanisms(results: StudyResults, group: Group) -> Plot | None:
    """Find rate of each mechanism with its 95% interval, and beside it how well finding it tells skill."""
    rows = items(results, group)
    if not rows:
        return None
    planted: dict[str, set[int]] = {}
    for form in results.forms:
        for name, level in form.mechanisms:
            planted.setdefault(name, set()).add(level)
    words = f"{len(rows)} mechanisms: {rows[0][0]} found least often ({rows[0][1].rate.value:.0%}), "
    words += f"{rows[-1][0]} most often ({rows[-1][1].rate.value:.0%})."
    weak = [name for name, item in rows if item.discrimination is not None and item.discrimination < 0.1]
    words += f" Hardly tell skill (correlation below 0.1): {', '.join(weak)}." if weak else " All tell skill with a correlation of 0.1 or more."
    with matplotlib.rc_context(STYLE):
        height = 64 + 24 * len(rows)
        figure, left = blank(WIDTH, height, left=270, right=330, top=12, bottom=48)
        right = figure.add_axes((660 / WIDTH, 48 / height, 280 / WIDTH, 1 - 60 / height))
        right.patch.set_alpha(0)
        for place, (_, item) in enumerate(rows):
            left.plot([item.rate.low, item.rate.high], [place, place], color=PALE, linewidth=5, solid_capstyle="butt", zorder=2)
            left.plot([item.rate.value], [place], marker="o", color=GOOD, markersize=7, markeredgecolor="white", zorder=3)
            if item.discrimination is not None:
                weak_one = item.discrimination < 0.1
                right.plot([0, item.discrimination], [place, place], color=GRID, linewidth=2, zorder=1)
                right.plot([item.discrimination], [place], marker="^" if weak_one else "o", color=BAD if weak_one else GOOD, markersize=7,
                           markeredgecolor="white", zorder=3)  # fmt: skip
        _labels(left, [f"{one_line(name, limit=30)} ({_ladder(planted[name])})" for name, _ in rows])
        left.set_xlim(-0.02, 1.02)
        left.set_xlabel("share of sittings that found it")
        right.set_yticks(range(len(rows)), [""] * len(rows))
        right.tick_params(axis="y", length=0)
        right.spines["left"].set_visible(False)
        right.set_ylim(left.get_ylim())
        low = min([0.0, *(item.discrimination for _, item in rows if item.discrimination is not None)])
        right.set_xlim(low - 0.05, 1.02)
        right.axvline(0, color=SOFT, linewidth=0.8)
        right.set_xlabel("correlation of finding it with skill")
        for axes in (left, right):
            _grid(axes, "x")
        return Plot(svg=as_svg(figure, f"mechanisms-{group}", "Find rate and discrimination of each mechanism", words), words=words)


def tau(results: StudyResults) -> Plot | None:
    """Tau of each form, by scenario, against its bar."""
    if not results.forms:
        return None
    values: dict[str, list[float]] = {}
    for row in sorted(results.forms, key=_form_order):
        values.setdefault(row.scenario, []).append(row.tau)
    every = [value for known in values.values() for value in known]
    words = f"{len(every)} forms: tau from {min(every):.3f} to {max(every):.3f}, median {np.median(every):.3f}; "
    words += f"{sum(value > TAU_BAR for value in every)} above {TAU_BAR:g}."
    top = max(0.07, max(every) + 0.005)
    return _strategies("tau", "Tau of each form", values, TAU_BAR, "tau, skill units", (min(0.03, min(every) - 0.005), top), words, order="name")


def _form_order(row: FormRow) -> tuple[str, str]:
    return row.scenario, row.form


def _strategies(
    name: str,
    title: str,
    values: Mapping[str, Sequence[float]],
    bar: float,
    label: str,
    limits: tuple[float, float],
    words: str,
    means: Mapping[str, float] | None = None,
    *,
    order: str = "size",
) -> Plot:
    """A row of dots for each name, the largest on top, with a bar that none may pass."""
    size = means or {who: max(known) for who, known in values.items()}
    rows = sorted(values, key=lambda who: (size[who], who)) if order == "size" else sorted(values, reverse=True)
    with matplotlib.rc_context(STYLE):
        figure, axes = _rows_figure(len(rows))
        for place, who in enumerate(rows):
            _cloud(axes, place, values[who], bar, above=BAD)
            if means:
                colour = BAD if means[who] >= bar else INK
                axes.plot([means[who]], [place], marker="D", color=colour, markersize=9, markeredgecolor="white", linestyle="none", zorder=6)
        _labels(axes, [one_line(who, limit=28) for who in rows])
        _bar(axes, bar, f"bar {bar:g}")
        axes.set_xlim(*limits)
        axes.set_xlabel(label)
        return Plot(svg=as_svg(figure, name, title, words), words=words)


def _rows_figure(rows: int) -> tuple[Figure, Axes]:
    figure, axes = blank(WIDTH, 86 + (ROW + 6) * rows, left=LEFT, right=20, top=30, bottom=48)
    _grid(axes, "x")
    return figure, axes


def _cloud(axes: Axes, place: int, values: Sequence[float], bar: float, *, above: str | None) -> None:
    """The values of one row, spread up and down by a fixed pattern so that equal values do not hide each other."""
    known = sorted(values)
    heights = place + 0.52 * ((np.arange(len(known)) * 0.6180339887) % 1 - 0.5) if len(known) > 1 else np.array([float(place)])
    size, alpha = (34, 0.75) if len(known) <= 60 else (16, 0.45)
    beyond = np.array([above is not None and value >= bar for value in known])
    for chosen, colour, marker in ((~beyond, GOOD, "o"), (beyond, BAD, "^")):
        if chosen.any():
            big, solid = (46, 1.0) if marker == "^" else (size, alpha)
            axes.scatter(
                np.array(known)[chosen], heights[chosen], s=big, c=colour, marker=marker, alpha=solid, linewidths=0.4, edgecolors="white", zorder=3
            )


def _labels(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(-0.6, len(labels) - 0.4)
    axes.tick_params(axis="y", length=0, labelsize=11.5)
    axes.spines["left"].set_visible(False)


def _bar(axes: Axes, value: float, label: str) -> None:
    axes.axvline(value, color=INK, linewidth=1.4, linestyle=(0, (5, 3)), zorder=2)
    axes.text(value, 1.02, label, transform=axes.get_xaxis_transform(), ha="center", va="bottom", color=INK, fontsize=11, fontweight="bold")


def _grid(axes: Axes, axis: Literal["x", "y"]) -> None:
    axes.grid(axis=axis, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _ladder(known: set[int]) -> str:
    low, high = min(known), max(known)
    return f"L{low}" if low == high else f"L{low}–L{high}"


def _ability(row: FindingsRow, planted: Mapping[str, int], mechanism: str) -> float:
    if row.level is not None:
        return row.level
    others = [name for name in planted if name != mechanism]
    return sum(name in row.found for name in others) / len(others) if others else 0.0
