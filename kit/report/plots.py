"""Small plots as inline SVG: the same numbers always give the same bytes, and each plot says in words what it shows.

Colours are those of Okabe and Ito, and no plot tells things apart by colour alone: what is as it should be is a blue disc, what is not a vermilion
triangle or diamond. One user unit is one pixel and no plot is wider than a telephone, so that 11 px of text stay 11 px.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from graders.model import ClaimResult
from kit.report.numbers import metric_value, number
from kit.report.text import one_line

GOOD, BAD, INK, SOFT, GRID = "#0072B2", "#C44F00", "#1b2430", "#5b6573", "#d9dee5"
WIDTH = 336

STYLE: Any = {
    "svg.hashsalt": "takehome-report",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "path.simplify": False,
}


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One drawing and what it says."""

    svg: str
    """An `<svg>` element with a title and a description, ready to stand in a page."""
    words: str
    """What is to be seen, in a sentence; also the text alternative."""


def agreement(name: str, column: str, given: Sequence[object], honest: Sequence[object], *, how: str = "as given") -> Plot | None:
    """Given values against honest ones: what agrees lies on the diagonal, what does not is a triangle. None when there is nothing to draw."""
    pairs = [(_value(g), _value(h)) for g, h in zip(given, honest, strict=False)]
    pairs = [pair for pair in pairs if pair != (None, None)]
    if not pairs:
        return None
    differing = sum(not _same(g, h) for g, h in pairs)
    words = f"{one_line(column)}: {differing} of the {len(pairs)} values shown differ from the honest ones." if differing else ""
    words = words or f"{one_line(column)}: all {len(pairs)} values shown agree with the honest ones."
    with matplotlib.rc_context(STYLE):
        figure, axes = blank(WIDTH, 236)
        if any(isinstance(value, str) for pair in pairs for value in pair):
            _categories(axes, pairs)
        else:
            _numbers(axes, [(_float(g), _float(h)) for g, h in pairs])
        axes.set_xlabel("honest value")
        axes.set_ylabel(f"value {how}")
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        return Plot(svg=as_svg(figure, name, f"Given against honest values of {one_line(column)}", words), words=words)


def claims(name: str, results: Sequence[ClaimResult], *, metric: str) -> Plot | None:
    """Each claim as a range with its point, and what production gave as a diamond. None when there is neither."""
    rows = [claim for claim in results if claim.truth is not None or (claim.point is not None and claim.low is not None and claim.high is not None)]
    if not rows:
        return None
    told = []
    with matplotlib.rc_context(STYLE):
        figure, axes = blank(WIDTH, 74 + 62 * len(rows), left=14, right=14, top=8)
        for place, claim in enumerate(rows):
            y = float(len(rows) - 1 - place)
            axes.text(
                0.0,
                y + 0.30,
                one_line(claim.title, limit=46),
                transform=axes.get_yaxis_transform(),
                va="bottom",
                ha="left",
                color=INK,
                fontweight="bold",
            )
            inside = None
            if claim.point is not None and claim.low is not None and claim.high is not None:
                axes.plot([claim.low, claim.high], [y, y], color=GOOD, linewidth=3, solid_capstyle="butt")
                axes.plot([claim.low, claim.high], [y, y], color=GOOD, linestyle="none", marker="|", markersize=12, markeredgewidth=2)
                axes.plot([claim.point], [y], color=GOOD, marker="o", markersize=7, markeredgecolor="white")
                inside = claim.truth is not None and claim.low <= claim.truth <= claim.high
            if claim.truth is not None:
                axes.plot([claim.truth], [y], color=BAD, marker="D", markersize=8, markeredgecolor="white", linestyle="none", zorder=5)
            told.append(_claim_words(claim, metric, inside))
        axes.set_ylim(-0.55, len(rows) - 0.15)
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.06)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 12))))
        axes.set_xlabel({"roc_auc": "ROC AUC (right is better)", "mae": "mean absolute error (left is better)"}.get(metric, metric))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        words = " ".join(told)
        return Plot(svg=as_svg(figure, name, "Claims against what production gave", words), words=words)


def confidence(name: str, stated: Sequence[tuple[float, bool]]) -> Plot | None:
    """Each accusation at the confidence stated for it, those that were right above those that were wrong. None when nobody was accused."""
    if not stated:
        return None
    sure = [right for p, right in stated if p >= 0.8]
    words = f"{sum(right for _, right in stated)} of {len(stated)} accusations were right. "
    words += (
        f"Of the {len(sure)} made with a confidence of 0.8 or more, {sum(sure)} were right."
        if sure
        else "None was made with a confidence of 0.8 or more."
    )
    with matplotlib.rc_context(STYLE):
        figure, axes = blank(WIDTH, 190, left=56)
        for right, centre, colour, marker in ((True, 1.0, GOOD, "o"), (False, 0.0, BAD, "^")):
            stacks: dict[int, list[float]] = {}
            for p in sorted(p for p, was in stated if was is right):
                stacks.setdefault(round(p * 25), []).append(p)
            for stack in stacks.values():
                step = min(0.2, 0.8 / max(1, len(stack) - 1))
                for place, p in enumerate(stack):
                    y = centre + step * (place - (len(stack) - 1) / 2)
                    axes.plot([p], [y], marker=marker, markersize=8, color=colour, markeredgecolor="white", linestyle="none", clip_on=False)
        axes.axhline(0.5, color=GRID, linewidth=0.8)
        axes.set_xlim(-0.03, 1.05)
        axes.set_ylim(-0.5, 1.5)
        axes.set_yticks([0, 1], ["wrong", "right"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel("confidence stated by the candidate")
        return Plot(svg=as_svg(figure, name, "Stated confidence of right and wrong accusations", words), words=words)


def totals(name: str, rows: Sequence[tuple[str, float, float, float]], *, pass_mark: float) -> Plot | None:
    """Of each (who, low, total, high) a point on its error bar, in the order given, with the pass mark. None when there are none."""
    if not rows:
        return None
    above, below = sum(low > pass_mark for _, low, _, _ in rows), sum(high < pass_mark for *_, high in rows)
    words = f"Pass mark {number(pass_mark)}. Of {len(rows)} error bars {above} lie above it, {below} below, {len(rows) - above - below} across."
    with matplotlib.rc_context(STYLE):
        figure, axes = blank(WIDTH, 64 + 24 * len(rows), left=112, top=8)
        axes.axvline(pass_mark, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        places = [float(len(rows) - 1 - place) for place in range(len(rows))]
        for y, (_, low, total, high) in zip(places, rows, strict=True):
            line, mark, colour = (GOOD, "o", GOOD) if low > pass_mark else (SOFT, "D", INK)
            axes.plot([low, high], [y, y], color=line, linewidth=3, solid_capstyle="butt", clip_on=False)
            axes.plot([total], [y], color=colour, marker=mark, markersize=7, markeredgecolor="white", linestyle="none", clip_on=False)
        axes.set_yticks(places, [_clip(one_line(who), most=15) for who, *_ in rows])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0, 100)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        axes.set_xlabel("total of 100 (dashed: pass mark)")
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        return Plot(svg=as_svg(figure, name, "Totals of the round with their errors", words), words=words)


def _claim_words(claim: ClaimResult, metric: str, inside: bool | None) -> str:
    title = one_line(claim.title, limit=80)
    result = f"production gave {metric_value(claim.truth, metric)}" if claim.truth is not None else "the result could not be measured"
    if inside is None:
        return f"{title}: no usable claim; {result}."
    stated = f"claimed {metric_value(claim.point, metric)}, range {metric_value(claim.low, metric)} to {metric_value(claim.high, metric)}"
    where = "" if claim.truth is None else ", inside the range" if inside else ", outside the range"
    return f"{title}: {stated}; {result}{where}."


def blank(width: int, height: int, *, left: int = 58, right: int = 12, top: int = 12, bottom: int = 44) -> tuple[Figure, Axes]:
    """An empty figure of so many points with one pair of axes; the margins hold its labels."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    figure.patch.set_alpha(0)
    axes = figure.add_axes((left / width, bottom / height, 1 - (left + right) / width, 1 - (top + bottom) / height))
    axes.patch.set_alpha(0)
    return figure, axes


def _value(raw: object) -> float | str | None:
    if raw is None or isinstance(raw, str):
        return raw
    if isinstance(raw, (bool, int, float)):
        return float(raw) if math.isfinite(raw) else None
    return str(raw)


def _float(value: float | str | None) -> float | None:
    return value if isinstance(value, float) else None


def _same(given: float | str | None, honest: float | str | None) -> bool:
    if isinstance(given, float) and isinstance(honest, float):
        return math.isclose(given, honest, rel_tol=1e-9, abs_tol=1e-12)
    return given == honest


def _scatter(axes: Axes, places: Counter[tuple[float, float, bool]]) -> None:
    """Equal pairs share a mark that grows with their number, so that nothing hides behind another."""
    for same, colour, marker in ((True, GOOD, "o"), (False, BAD, "^")):
        chosen = sorted((x, y, count) for (x, y, agrees), count in places.items() if agrees is same)
        if chosen:
            xs, ys, counts = zip(*chosen, strict=True)
            sizes = [(44 if same else 58) * min(count, 12) ** 0.5 for count in counts]
            axes.scatter(xs, ys, s=sizes, c=colour, marker=marker, alpha=0.78, linewidths=0.7, edgecolors="white", zorder=3, clip_on=False)


def _numbers(axes: Axes, pairs: Sequence[tuple[float | None, float | None]]) -> None:
    known = [value for pair in pairs for value in pair if value is not None]
    low, high = min(known), max(known)
    positive = sorted(value for value in known if value > 0)
    logarithmic = low >= 0 and bool(positive) and high > 60 * positive[len(positive) // 2]
    if logarithmic:
        positions = {value: math.log10(value / positive[0]) + 1 if value > 0 else 0.0 for value in known}
    else:
        positions = {value: value for value in known}
    left, right = min(positions.values()), max(positions.values())
    span = right - left or max(abs(right), 1.0)
    gutter = left - 0.16 * span
    nulls = any(value is None for pair in pairs for value in pair)

    def place(value: float | None) -> float:
        return gutter if value is None else positions[value]

    axes.plot(
        [left - 0.04 * span, right + 0.04 * span], [left - 0.04 * span, right + 0.04 * span], color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=1
    )
    _scatter(axes, Counter((place(h), place(g), _same(g, h)) for g, h in pairs))
    if logarithmic:
        ticks = [(0.0, 0.0)] if low == 0 else []
        decades = range(math.ceil(math.log10(positive[0])), math.floor(math.log10(high)) + 1)
        step = max(1, math.ceil(len(decades) / 4))
        ticks += [(math.log10(10.0**power / positive[0]) + 1, 10.0**power) for power in decades[::step]]
    else:
        ticks = [(tick, tick) for tick in MaxNLocator(4).tick_values(low, high) if left - 0.03 * span <= tick <= right + 0.03 * span]
    labels = [(position, _short(value)) for position, value in ticks] + ([(gutter, "none")] if nulls else [])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator([position for position, _ in labels]))
        axis.set_ticklabels([label for _, label in labels])
    limits = ((gutter if nulls else left) - 0.06 * span, right + 0.06 * span)
    axes.set_xlim(*limits)
    axes.set_ylim(*limits)


def _categories(axes: Axes, pairs: Sequence[tuple[float | str | None, float | str | None]]) -> None:
    counts = Counter(_label(value) for pair in pairs for value in pair)
    names = sorted(name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6])
    others = len(counts) > len(names)
    index = {label: position for position, label in enumerate(names)}
    last = len(names)
    _scatter(axes, Counter((float(index.get(_label(h), last)), float(index.get(_label(g), last)), _same(g, h)) for g, h in pairs))
    shown = [_clip(label) for label in names] + (["others"] if others else [])
    axes.set_yticks(range(len(shown)), shown)
    slanted = len(shown) > 4 or max(map(len, shown)) > 8
    axes.set_xticks(range(len(shown)), shown, rotation=28 if slanted else 0, ha="right" if slanted else "center")
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.set_ylim(-0.5, len(shown) - 0.5)
    axes.set_position((0.28, 0.32, 0.68, 0.64) if slanted else (0.28, 0.186, 0.68, 0.76))


def _label(value: float | str | None) -> str:
    return "none" if value is None else number(value) if isinstance(value, float) else one_line(value)


def _clip(label: str, *, most: int = 10) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _short(value: float) -> str:
    """A tick label of at most six characters for everyday sizes."""
    rounded = round(value, 12)
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(rounded) >= size:
            return f"{rounded / (1e3 if unit == 'k' else size):.4g}{unit}"
    return number(rounded)


def as_svg(figure: Figure, name: str, title: str, words: str) -> str:
    """The figure as an element that can stand in a page beside others: no declaration, no metadata, ids of its own, a title and a description."""
    buffer = io.StringIO()
    figure.set_canvas(FigureCanvasSVG(figure))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)  # the reader's browser has fonts of its own
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    body = buffer.getvalue()
    body = body[body.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(xlink:href="|url\()#', rf"\1#{name}-", body)
    opening = (
        f'<svg class="plot" role="img" aria-labelledby="{name}-title {name}-words" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" width="{_pixels(figure, 0)}" height="{_pixels(figure, 1)}" '
        f'viewBox="0 0 {_pixels(figure, 0)} {_pixels(figure, 1)}">'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(words)}</desc>'
    )
    body = opening + body[body.index(">") + 1 :]
    return re.sub(r"\n\s*", "\n", body).strip()


def _pixels(figure: Figure, axis: int) -> int:
    return round(float(figure.get_size_inches()[axis]) * 72)
