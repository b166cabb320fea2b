"""A scorecard as one HTML file: opens offline, runs nothing, prints, and can be acted on by somebody who is not a specialist.

Two pages come from the same scorecard. The grader's says everything. The candidate's is made from a `CandidateView`, which holds section scores and
general advice and nothing of the key, so the template has nothing to give away. Every text passes `visible` and then the autoescape of Jinja2.
The kit's own texts show what stands between backticks as code; a candidate's words stay as typed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graders.model import FaultResult, Outcome, Scorecard, Section
from kit.errors import InputError
from kit.report import words
from kit.report.gauges import gauges, limits
from kit.report.numbers import apportion, metric_value, number, points
from kit.report.text import coded, one_line, visible

MEMO_LIMIT = 12_000
FINDINGS_SHOWN = 60
CALLS_SHOWN = 400

Audience = Literal["grader", "candidate"]


def render_report(scorecard: Scorecard, *, audience: Audience = "grader") -> str:
    """The page as text of one HTML file. The same scorecard gives the same bytes.

    Raises InputError when `audience` is neither `grader` nor `candidate`.
    """
    if audience == "grader":
        return environment().get_template("grader.html.j2").render(**_grader_view(scorecard))
    if audience == "candidate":
        return environment().get_template("candidate.html.j2").render(view=candidate_view(scorecard))
    raise InputError(f"audience must be 'grader' or 'candidate'; got {audience!r}. Choose one of the two.")


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """A section as both pages show it."""

    id: str
    title: str
    points: float
    possible: float
    share: float
    """Per cent of the section's points that were earned, between 0 and 100."""
    about: str


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One kind of behaviour test as a candidate may read about it."""

    title: str
    asks: str
    came_out: str
    advice: str
    """Empty when there is nothing to improve."""


@dataclass(frozen=True, kw_only=True)
class CandidateView:
    """Everything that the candidate's page may know: no fault, no twin, no column, no single finding."""

    title: str
    takehome: str
    total: str
    pass_mark: str
    sections: tuple[SectionView, ...]
    behaviour: tuple[Advice, ...]
    advice: tuple[str, ...]
    no_validation: str
    kit_version: str


def candidate_view(card: Scorecard) -> CandidateView:
    """What the candidate may see of a scorecard."""
    grouped: dict[str, list[tuple[float, float, Outcome]]] = {}
    general: dict[str, words.General] = {}
    for part in card.behaviour.parts:
        kind = words.general(part.id)
        general[kind.title] = kind
        grouped.setdefault(kind.title, []).append((part.earned, part.share, part.outcome))
    parts = tuple(_advice(general[title], measured) for title, measured in grouped.items())
    return CandidateView(
        title=card.title,
        takehome=card.takehome,
        total=points(card.total),
        pass_mark=number(card.pass_mark),
        sections=_sections(card),
        behaviour=parts,
        advice=tuple(words.advice(section.id, section.fraction) for section in (card.findings, card.behaviour, card.claims)),
        no_validation=words.NO_VALIDATION,
        kit_version=card.kit_version,
    )


def _advice(kind: words.General, measured: list[tuple[float, float, Outcome]]) -> Advice:
    scored = [(earned, share) for earned, share, outcome in measured if outcome is Outcome.SCORED]
    if not scored:
        failed = any(outcome is Outcome.NOT_SCORABLE and share > 0 for _, share, outcome in measured)
        came_out = "could not be run on your pipeline" if failed else "not measured"
        return Advice(title=kind.title, asks=kind.asks, came_out=came_out, advice=kind.advice if failed else "")
    whole = sum(share for _, share in scored)
    earned = sum(e * s for e, s in scored) / whole if whole else sum(e for e, _ in scored) / len(scored)
    came_out = "well done" if earned >= 0.9 else "partly" if earned >= 0.35 else "not yet"
    return Advice(title=kind.title, asks=kind.asks, came_out=came_out, advice="" if earned >= 0.9 else kind.advice)


def _sections(card: Scorecard) -> tuple[SectionView, ...]:
    sections: tuple[Section, ...] = (card.findings, card.behaviour, card.claims)
    shown = apportion([section.points for section in sections], card.total)
    return tuple(
        SectionView(
            id=section.id,
            title=section.title,
            points=value,
            possible=section.possible,
            share=round(100 * min(1.0, max(0.0, section.points / section.possible)), 1) if section.possible else 0.0,
            about=words.SECTIONS.get(section.id, ""),
        )
        for section, value in zip(sections, shown, strict=True)
    )


def _grader_view(card: Scorecard) -> dict[str, Any]:
    from kit.report import plots  # matplotlib takes half a second to load: only a page that is drawn pays for it

    names = {fault.id: _short_locus(fault.locus) for fault in card.fault_results}
    parts = [
        {"part": part, "gauges": gauges(part, names=names), "limits": limits(part), "asks": words.general(part.id).asks}
        for part in card.behaviour.parts
    ]
    failed = [call for call in card.calls if call.get("outcome") != "ok"]
    alarms = [result for result in card.finding_results if result.verdict == "false_alarm"]
    return {
        "card": card,
        "words": words,
        "verdict": words.verdict_words(card),
        "knock_outs": [reason for reason in card.knock_outs if reason not in card.verdict_reason],
        "sections": _sections(card),
        "in_short": words.in_short(card),
        "cautions": words.cautions(card),
        "losses": _losses(card),
        "faults": [_fault(plots, fault, place) for place, fault in enumerate(card.fault_results, start=1)],
        "alarms": alarms,
        "alarm_points": {result.number: _finding_points(card, result.credit) for result in card.finding_results},
        "finding_rows": card.finding_results[:FINDINGS_SHOWN],
        "findings_hidden": max(0, len(card.finding_results) - FINDINGS_SHOWN),
        "parts": parts,
        "claims_plot": plots.claims("claims", card.claim_results, metric=card.metric),
        "claim_parts": {part.id: part for part in card.claims.parts},
        "confidence_plot": plots.confidence("confidence", card.sensitivity.calibration),
        "memo": visible(card.memo, limit=MEMO_LIMIT),
        "calls": card.calls[:CALLS_SHOWN],
        "calls_hidden": max(0, len(card.calls) - CALLS_SHOWN),
        "calls_failed": failed[:40],
        "call_counts": sorted(Counter(one_line(call.get("outcome", "unknown")) for call in card.calls).items()),
        "call_seconds": sum(float(call.get("wall_s") or 0.0) for call in card.calls),
        "band": (max(0.0, card.total - card.sem), min(100.0, card.total + card.sem)),
    }


def _fault(plots: Any, fault: FaultResult, place: int) -> dict[str, Any]:
    plot = fault.plot
    how = "as served" if fault.family == "serving_skew" else "as given"
    own = plots.agreement(f"fault{place}", str(plot.get("column", "")), plot.get("given", ()), plot.get("honest", ()), how=how)
    twin = plots.agreement(f"twin{place}", str(plot.get("twin_column", "")), plot.get("twin_given", ()), plot.get("twin_honest", ()), how=how)
    return {"result": fault, "anchor": f"fault-{place}", "plot": own, "twin_plot": twin}


def _losses(card: Scorecard) -> list[dict[str, Any]]:
    """Every loss with its points in tenths, most first within each section, so that the tenths and the total make 100."""
    order = {"findings": 0, "behaviour": 1, "claims": 2, "gate": 3, "knock_out": 4}
    losses = sorted(card.losses, key=lambda loss: (order.get(loss.section, 5), -loss.points))
    rest = 100 - card.total - sum(loss.points for loss in losses)
    values = [loss.points for loss in losses] + ([rest] if abs(rest) > 0.05 else [])
    tenths = apportion(values, 100 - round(card.total, 1))
    anchors = {fault.id: f"fault-{place}" for place, fault in enumerate(card.fault_results, start=1)}
    anchors |= {part.id: "behaviour" for part in card.behaviour.parts} | {claim.id: "claims" for claim in card.claim_results}
    anchors |= {f"finding {result.number}": f"finding-{result.number}" for result in card.finding_results if result.verdict == "false_alarm"}
    titles = {"findings": "Findings", "behaviour": "Behaviour", "claims": "Claims", "gate": "Multiplier", "knock_out": "Knock-out"}
    rows = [
        {"section": titles.get(loss.section, loss.section.capitalize()), "reason": loss.reason, "points": value, "anchor": anchors.get(loss.ref, "")}
        for loss, value in zip(losses, tenths, strict=False)
    ]
    small = [row for row in rows if row["points"] == 0]
    if len(small) > 1:
        rows = [row for row in rows if row["points"] != 0]
        rows.append({"section": "All", "reason": f"{len(small)} losses too small to show in tenths of a point.", "points": 0.0, "anchor": ""})
    if len(tenths) > len(losses):
        rows.append({"section": "Total", "reason": "Not explained by the scorecard: please report this.", "points": tenths[-1], "anchor": ""})
    return rows


def _finding_points(card: Scorecard, credit: float) -> float:
    """Finds in points of the findings section, before the limits of the section."""
    return credit * card.findings.possible / len(card.fault_results) if card.fault_results else 0.0


def _short_locus(locus: str) -> str:
    return locus.split(" of ")[0].removeprefix("column ")


def brief(text: str) -> str:
    """A text for a cell of a table: the first eight hundred characters."""
    return visible(text, limit=800)


@cache
def environment() -> Environment:
    """The templates of all pages: what a stranger wrote is shown as text, whatever it holds."""
    made = Environment(
        loader=PackageLoader("kit", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    made.filters |= {"number": number, "points": points, "line": one_line, "brief": brief, "coded": coded, "drawn": lambda plot: Markup(plot.svg)}
    made.globals |= {"metric_value": metric_value, "css": Markup(files("kit").joinpath("report/page.css").read_text(encoding="utf-8"))}
    return made
