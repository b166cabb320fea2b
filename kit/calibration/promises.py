"""The promises of the measurement design, each held against what a study saw.

One row for every line of the table "What must hold", in its order; a line that promises two numbers is two rows. A row holds when its point estimate
meets the bar, and the 95% interval is printed beside it: the bars were set as values to reach, and a reader sees how sure the value is. A row whose
data are missing has no value and does not hold: it is not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from zlib import crc32

import numpy as np

from kit.calibration.estimators import decision_consistency, ordering, reliability
from kit.calibration.intervals import Estimate, clopper_pearson, mean_interval, quantile_interval
from kit.calibration.results import EXPERT, MEMORISED, READER, SCREEN, STRONG, FindingsRow, StudyResults
from kit.calibration.tables import Missing, findings_points, gamers, gaming_totals, named_levels, population, sharers, ungraded

PASS_MARK, KNOCK_OUT_F = 60.0, 0.40
CLASSIFIER_FORMS = 200
"""Forms that the fault-vs-twin classifier must have seen before its promise can hold."""
SCREEN_FORMS = 200
"""Forms that the fitted screen must have seen before the promises that name it can hold."""

Kind = Literal["measured", "design check"]
Sense = Literal["at most", "at least", "below"]


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promised number and what came of it."""

    name: str
    value: float | None
    """None: not measured."""
    low: float | None
    """Lower limit of the 95% interval; None where there is none."""
    high: float | None
    bar: float
    holds: bool | None
    """None: not measured, or not on enough to say."""
    kind: Kind
    """A design check rests on skill drawn from assumed difficulties: it shows that the arithmetic works, not that the difficulties are right."""
    sense: Sense = "at most"
    """Which side of the bar the value must lie on."""
    unit: str = ""
    detail: str = ""
    """On how much it rests, and what else a reader should know; where it was not measured, what is missing."""


@dataclass(frozen=True)
class _Said:
    """An estimate with the words beside it."""

    estimate: Estimate
    detail: str
    decided: bool = True


Measure = Callable[[StudyResults, np.random.Generator, int], _Said]


def promises(results: StudyResults, *, seed: int = 1, draws: int = 2000) -> tuple[Promise, ...]:
    """Every promise with its value, 95% interval and bar. The same results and seed give the same rows.

    `holds` goes by the point estimate; the interval stands beside it and decides nothing. `seed` feeds the bootstrap of the intervals alone: each row
    has a generator of its own, so that a row's interval does not depend on the others.
    """
    rows: list[Promise] = []

    def add(name: str, measure: Measure, sense: Sense, bar: float, unit: str, kind: Kind = "measured") -> None:
        try:
            said = measure(results, np.random.default_rng([seed, crc32(name.encode())]), draws)
        except Missing as nothing:
            rows.append(
                Promise(name=name, value=None, low=None, high=None, bar=bar, holds=None, kind=kind, sense=sense, unit=unit, detail=str(nothing))
            )
            return
        value = said.estimate.value
        rows.append(
            Promise(
                name=name,
                value=value,
                low=said.estimate.low if math.isfinite(said.estimate.low) else None,
                high=said.estimate.high if math.isfinite(said.estimate.high) else None,
                bar=bar,
                holds=meets(value, sense, bar) if said.decided else None,
                kind=kind,
                sense=sense,
                unit=unit,
                detail=said.detail,
            )
        )

    add("Spread of form difficulty at fixed skill (SD)", _spread, "at most", 2, "points", "design check")
    add("Dependability Phi in one sitting", _phi(1), "at least", 0.85, "", "design check")
    add("Dependability Phi with the second form", _phi(2), "at least", 0.90, "", "design check")
    add("Standard error of measurement", _sem, "at most", 10, "points", "design check")
    add("Highest total of any gaming strategy on any form", _gaming_total, "below", PASS_MARK, "points")
    add("Highest mean F of any gaming strategy", _gaming_mean, "below", KNOCK_OUT_F, "")
    add("Best screen's findings score, mean", _screen_mean, "at most", 25, "(100 F)")
    add("Best screen's findings score, 95th percentile", _screen_tail, "at most", 35, "(100 F)")
    add("Mean total of the expert candidate", _mean_total(EXPERT), "at least", 93, "points", "design check")
    add("Mean total of the strong candidate", _mean_total(STRONG), "at least", 85, "points", "design check")
    add("Adjacent skill levels in the right order", _ordered, "at least", 0.93, "of pairs", "design check")
    add("Memorised claim, mean claims score", _memorised, "at most", 40, "(100 C)")
    add("Tau, largest of any form", _tau, "at most", 0.06, "skill units")
    add("Fault told from its twin without label, time or serving log (AUC)", _classifier, "at most", 0.55, "")
    add("Same submission graded twice, identical", _twice, "at least", 1, "of submissions")
    return tuple(rows)


def meets(value: float, sense: Sense, bar: float) -> bool:
    """Whether a value lies on the right side of its bar, beyond rounding in the last digits."""
    if sense == "below":
        return value < bar
    return value <= bar + 1e-9 if sense == "at most" else value >= bar - 1e-9


def _spread(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    table = sharers(results)
    found = reliability(table.totals, rng=rng, draws=draws)
    detail = f"Means of {len(table.persons)} groups of persons, each with pipelines of its own, on {len(table.forms)} forms."
    if "form" in found.components.negative:
        detail += " The estimated variance was below zero and counts as 0."
    alone = reliability(findings_points(results).totals, rng=rng, draws=draws).spread
    detail += f" Of the points for findings alone, person by person: {alone.value:.2f} ({alone.low:.2f} to {alone.high:.2f})."
    return _Said(found.spread, detail)


def _phi(forms: int) -> Measure:
    def measure(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
        table = population(results)
        found = reliability(table.totals, rng=rng, forms=forms, draws=draws)
        if not math.isfinite(found.phi.value):
            raise Missing("All totals are equal: there is nothing to tell apart.")
        parts = found.components
        detail = f"{table.words}, with as much spread of skill as was simulated. Variances: person {parts.person:.1f}, "
        detail += f"form {parts.form:.1f}, residual {parts.residual:.1f}. E rho² {found.generalizability.value:.3f}."
        return _Said(found.phi, detail)

    return measure


def _sem(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    table = population(results)
    found = reliability(table.totals, rng=rng, draws=draws).sem
    decided = decision_consistency(table.totals, PASS_MARK, found.value)
    detail = f"{table.words}. Two forms decide alike for {decided.same:.1%} of pairs; with a referral band of one standard error "
    detail += f"{decided.no_contradiction:.1%} do not contradict each other and {decided.referred:.1%} of sittings are referred."
    return _Said(found, detail)


def _gaming_total(results: StudyResults, _: np.random.Generator, __: int) -> _Said:
    strategies, measured = gamers(results), gaming_totals(results)
    if not strategies:
        raise Missing("Needs gaming strategies; the study ran none.")
    totals = [(value, who) for who, known in measured.items() for _, value in known]
    rest = ungraded(results)
    open_ = [most for most, _ in rest if most >= PASS_MARK]
    if not totals and open_:
        raise Missing(f"Needs whole grades: {len(open_)} set(s) of findings that could reach {PASS_MARK:g} were scored without a pipeline.")
    value, who = max(totals or rest)
    over = sum(reached >= PASS_MARK for reached, _ in totals)
    detail = f"{len(strategies)} strategies on {len({row.form for rows in strategies.values() for row in rows})} forms. Highest: {who}. "
    if totals:
        detail += f"{over} of {len(totals)} whole grades reach {PASS_MARK:g} (exact upper limit {clopper_pearson(over, len(totals)).high:.1%})."
        others = [(total, other) for total, other in totals if other != READER]
        if who == READER and others:
            highest, other = max(others)
            detail += f" Highest of those that read no prose: {other}, {highest:.1f}."
    else:
        detail += "No strategy was graded with a pipeline: the value is the most that the findings allow."
    if totals and len(rest) > len(open_):
        most = max(most for most, _ in rest if most < PASS_MARK)
        detail += f" {len(rest) - len(open_)} more findings without a pipeline: {most:.1f} at most with the best pipeline of their strategy."
    if open_:
        detail += f" {len(open_)} more could reach {PASS_MARK:g} and were not graded whole: open."
    said = _Said(Estimate(value, -math.inf, math.inf), detail, decided=bool(over) or not open_)
    return _fitted(results, said, missed=bool(over))


def _gaming_mean(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    found = gamers(results)
    who, rows = _best(found, "Needs gaming strategies; the study ran none.")
    estimate = _mean([r.fraction for r in rows], rows, rng, draws)
    detail = f"Highest of {len(found)} strategies: {who}, on {len({r.form for r in rows})} forms."
    if who == READER and (others := _screens(results)):
        other, theirs = _best(others, "")
        detail += f" Highest of those that read no prose: {other}, {np.mean([r.fraction for r in theirs]):.3f}."
    said = _Said(estimate, detail)
    return _fitted(results, said, missed=estimate.value >= KNOCK_OUT_F)


def _screen_mean(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    found = _screens(results)
    who, rows = _best(found, "Needs gaming strategies; the study ran none.")
    estimate = _mean([100 * r.fraction for r in rows], rows, rng, draws)
    said = _Said(estimate, f"Best of {len(found)} strategies by its mean: {who}, {len(rows)} results.{_read(results)}")
    return _fitted(results, said, missed=estimate.value > 25)


def _screen_tail(results: StudyResults, _: np.random.Generator, __: int) -> _Said:
    found = _screens(results)
    if not found:
        raise Missing("Needs gaming strategies; the study ran none.")
    tails = {who: quantile_interval([100 * r.fraction for r in rows], 0.95) for who, rows in found.items()}
    who = max(tails, key=lambda name: (tails[name].value, name))
    detail = f"Highest of {len(found)} strategies: {who}, {len(found[who])} results."
    if math.isinf(tails[who].high):
        detail += " Too few results for an upper limit, which takes 72."
    return _fitted(results, _Said(tails[who], detail), missed=tails[who].value > 35)


def _screens(results: StudyResults) -> dict[str, list[FindingsRow]]:
    """Every gaming strategy that reads no prose counts as a screen."""
    return {who: rows for who, rows in gamers(results).items() if who != READER}


def _read(results: StudyResults) -> str:
    """What the strategy that is no screen came to, so that nobody has to look for it."""
    scores = [100 * row.fraction for row in gamers(results).get(READER, ())]
    if not scores:
        return ""
    said = f"mean {np.mean(scores):.1f}, 95th percentile {np.quantile(scores, 0.95, method='higher'):.1f}"
    return f" Not a screen, since it holds the kit's sentences: {READER}, {said}."


def _fitted(results: StudyResults, said: _Said, missed: bool) -> _Said:
    """What was said, undecided where no screen took part that had seen enough forms: the promises name it, so without it they can be missed and
    cannot hold."""
    seen = results.meta.get("screens_fitted_on", 0)
    if not any(who.startswith(SCREEN) for who in gamers(results)):
        lack = "The fitted screen is not among them: this cannot hold without it."
    elif seen < SCREEN_FORMS:
        lack = f"The fitted screen has seen {seen} other forms of the {SCREEN_FORMS} asked for: this cannot hold with fewer."
    else:
        return replace(said, detail=f"{said.detail} The fitted screen has seen at least {seen} other forms.")
    return replace(said, detail=f"{said.detail} {lack}", decided=said.decided and missed)


def _mean_total(who: str) -> Measure:
    def measure(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
        known = [(row.total, row.person, row.form) for row in results.findings if row.who == who and row.total is not None]
        known = known or [(row.total, row.pipeline, row.form) for row in results.pipelines if row.who == who]
        if not known:
            raise Missing(f"Needs totals of `{who}`; the study holds none.")
        totals, persons, forms = zip(*known, strict=True)
        found = mean_interval(totals, persons, forms, rng=rng, draws=draws)
        return _Said(found, f"{len(totals)} totals: {len(set(persons))} person(s), {len(set(forms))} form(s). Lowest {min(totals):.1f}.")

    return measure


def _ordered(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    table = named_levels(results)
    if len(set(table.levels.tolist())) < 2:
        raise Missing("Needs at least two skill levels; the study simulated one.")
    found = ordering(table.totals, table.levels, rng=rng, draws=draws)
    worst = min(found.by_pair, key=lambda pair: found.by_pair[pair])
    detail = f"{table.words}, {len(found.by_pair) + 1} levels. Worst: {found.by_pair[worst]:.1%} between skill {worst[0]:g} and {worst[1]:g}."
    detail = detail.replace("skill -", "skill −").replace("and -", "and −")
    return _Said(found.share, detail)


def _memorised(results: StudyResults, rng: np.random.Generator, draws: int) -> _Said:
    rows = [row for row in results.pipelines if MEMORISED in row.who]
    if not rows:
        raise Missing("Needs graded submissions with memorised claims; the study holds none.")
    scores = [100 * row.claims for row in rows]
    found = mean_interval(scores, [row.pipeline for row in rows], [row.form for row in rows], rng=rng, draws=draws)
    return _Said(found, f"{len(rows)} submissions on {len({row.form for row in rows})} forms; highest {max(scores):.0f}.")


def _tau(results: StudyResults, _: np.random.Generator, __: int) -> _Said:
    if not results.forms:
        raise Missing("Needs forms; the study drew none.")
    taus = [row.tau for row in results.forms]
    worst = max(results.forms, key=lambda row: (row.tau, row.form))
    over = sum(tau > 0.06 for tau in taus)
    detail = f"{len(taus)} forms: median {float(np.median(taus)):.3f}, {over} above 0.06. Largest: {worst.form} ({worst.scenario})."
    return _Said(Estimate(worst.tau, -math.inf, math.inf), detail)


def _classifier(results: StudyResults, _: np.random.Generator, __: int) -> _Said:
    found = results.classifier
    if found is None:
        raise Missing("Needs the fault-vs-twin classifier; the study did not run it.")
    enough = found["forms"] >= CLASSIFIER_FORMS or found["low"] > 0.55
    detail = f"{found['forms']} forms." if enough else f"{found['forms']} forms; the promise asks for {CLASSIFIER_FORMS}, so this does not decide it."
    families = ", ".join(f"{name} {value:.3f}" for name, value in sorted(found.get("per_family", {}).items()) if value is not None)
    return _Said(Estimate(found["auc"], found["low"], found["high"]), detail + (f" By family: {families}." if families else ""), decided=enough)


def _twice(results: StudyResults, _: np.random.Generator, __: int) -> _Said:
    if results.twice is None or results.twice["compared"] == 0:
        raise Missing("Needs submissions graded twice; the study graded none twice.")
    compared, identical = results.twice["compared"], results.twice["identical"]
    return _Said(clopper_pearson(identical, compared), f"{identical} of {compared} scorecards identical.")


def _best(rows: dict[str, list[FindingsRow]], missing: str) -> tuple[str, list[FindingsRow]]:
    if not rows:
        raise Missing(missing)
    who = max(rows, key=lambda name: (math.fsum(r.fraction for r in rows[name]) / len(rows[name]), name))
    return who, rows[who]


def _mean(values: Sequence[float], rows: Iterable[FindingsRow], rng: np.random.Generator, draws: int) -> Estimate:
    persons, forms = zip(*((row.person, row.form) for row in rows), strict=True)
    return mean_interval(values, persons, forms, rng=rng, draws=draws)
