"""A calibration study as one HTML file: the promises first, then the pictures behind them.

It opens offline and runs nothing. Every text passes `visible` and the autoescape of Jinja2; the pictures are inline SVG.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kit.calibration.promises import Promise
from kit.calibration.results import StudyResults
from kit.report.numbers import number
from kit.report.text import coded, one_line, visible

if TYPE_CHECKING:
    from kit.report.plots import Plot

REASONS_SHOWN = 20
META_LIMIT = 600
_NUMBER = re.compile(r"[-−+]?\d+(\.\d+)?(e[-+]?\d+)?%?")
_SHARES = ("of pairs", "of submissions")


def render(results: StudyResults, promises: Sequence[Promise]) -> str:
    """The page as text of one HTML file. The same results and promises give the same bytes."""
    from kit.calibration import plots  # matplotlib takes half a second to load: only a page that is drawn pays for it

    counts = Counter("held" if row.holds else "missed" if row.holds is False else "open" for row in promises)
    return (
        _environment()
        .get_template("study.html.j2")
        .render(
            rows=[_row(promise) for promise in promises],
            counts=counts,
            results=results,
            sittings=len(results.findings),
            warm=sum(row.ran_in == "warm" for row in results.pipelines),
            levels=plots.levels(results),
            difficulty=plots.difficulty(results),
            gaming_totals=plots.gaming_totals_plot(results),
            gaming_findings=plots.gaming_findings(results),
            skilled=plots.mechanisms(results, "skilled"),
            checkers=plots.mechanisms(results, "checker"),
            tau=plots.tau(results),
            reasons=redraws(results),
            redrawn=sum(bool(row.attempts) for row in results.forms),
            meta=[(str(name), _plain(value)) for name, value in sorted(results.meta.items())],
        )
    )


def redraws(results: StudyResults) -> tuple[tuple[str, int], ...]:
    """Why draws were refused and how often, the commonest first.

    An attempt holds its reasons as `what: numbers; what (f3): numbers`; each `what` counts once an attempt, whatever its numbers.
    """
    counted: Counter[str] = Counter()
    for attempt in (attempt for row in results.forms for attempt in row.attempts):
        counted.update({_NUMBER.sub("…", one_line(reason.split(":")[0].split(" (f")[0])) for reason in attempt.split("; ")})
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))[:REASONS_SHOWN]


def _row(promise: Promise) -> dict[str, Any]:
    state = ("holds", "full", "✓") if promise.holds else ("misses", "none", "✗") if promise.holds is False else ("not measured", "part", "–")
    if promise.holds is None and promise.value is not None:
        state = ("not decided", "part", "?")
    return {
        "promise": promise,
        "value": _value(promise, promise.value) if promise.value is not None else "not measured",
        "interval": _interval(promise),
        "bar": f"{promise.sense} {_value(promise, promise.bar)} {promise.unit}".rstrip(),
        "state": state,
    }


def _value(promise: Promise, value: float) -> str:
    return f"{value:.1%}".replace(".0%", "%") if promise.unit in _SHARES else number(value)


def _interval(promise: Promise) -> str:
    low, high = (None if limit is None else _value(promise, limit) for limit in (promise.low, promise.high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{low} or more"
    return f"{high} or less" if high is not None else "–"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _brief(text: object) -> str:
    return visible(text, limit=META_LIMIT)


def _drawn(plot: Plot) -> Markup:
    return Markup(plot.svg)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader("kit", "calibration"), PackageLoader("kit", "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    made.filters |= {"line": one_line, "brief": _brief, "coded": coded, "drawn": _drawn}
    made.globals |= {"css": Markup(files("kit").joinpath("report/page.css").read_text(encoding="utf-8"))}
    return made
