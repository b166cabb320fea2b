"""The certificate: every promise of a form checked on that very form, or a reason to draw another."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np

from generators.asof import Events
from generators.case import Case, mechanism, probe_world
from generators.features import World, render
from generators.ledger import ledger
from generators.measures import differing, told
from generators.model import Floats
from generators.reference import Reference
from generators.rows import offline_rows
from generators.screens import conditional_drift
from generators.tables import fill

LEAST_AUC = {"short": 0.62, "standard": 0.68, "long": 0.68}
"""A short form has half the twins, and with them half of the strong honest columns."""
HONEST_ERROR = 1.5
"""What an honest validation may be off from production, in units of tau, the error that claims are scored by: more would cost careful
candidates points for a chance that they cannot know."""
MOST_TAU = 0.06
"""In skill units: where honest work cannot know its score better, a claim says little. A short form may be coarser."""
MOST_DROPPED = 0.4
"""Whoever drops the faulty columns is as honest as whoever repairs them: neither may lose much by it."""
SILENT = 6.0
"""Standard errors by which an honest column may follow the outcome in a world without signal. Outcomes of neighbouring weeks are not quite
independent, so that the largest of sixty is 2.5 to 4.2 where nothing is told; what ROC AUC .60 tells is 10."""
ACCUSED = 0.02
"""A column is accused when a recount contradicts more than this share of its cells."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One promise with its value and its bounds."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def holds(self) -> bool:
        return (self.low is None or self.value >= self.low) and (self.high is None or self.value <= self.high)

    def plain(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """All checks of a form."""

    checks: tuple[Check, ...]

    @property
    def refused(self) -> list[str]:
        """The promises that do not hold, in words."""
        return [f"{c.name}: {c.value:.4g} (wanted {_bounds(c)})" for c in self.checks if not c.holds]

    def plain(self, attempts: list[str]) -> dict[str, object]:
        return {"holds": not self.refused, "checks": [c.plain() for c in self.checks], "attempts": attempts}


def _bounds(check: Check) -> str:
    parts = [f"at least {check.low:.4g}"] if check.low is not None else []
    return " and ".join([*parts, *([f"at most {check.high:.4g}"] if check.high is not None else [])])


def certify(case: Case, reference: Reference) -> Certificate:
    """Check every promise."""
    return Certificate(checks=(*_truth(case), *_effects(case, reference), *_screens(case), *_honesty(case)))


def _truth(case: Case) -> list[Check]:
    """Each fault shows in the ledger where it should, and nothing else has changed."""
    book = ledger(case)
    checks = []
    for fault in case.faults.columns:
        table = "train" if mechanism(fault).side == "offline" else "serving_log"
        share = sum(c.share for c in book if c.fault == fault.id and c.table == table)
        checks.append(Check(name=f"{fault.mechanism} ({fault.id}) changes cells of {table}", value=share, low=0.03))
    checks.append(Check(name="cells changed outside the faults", value=sum(len(c.row) for c in book if not c.fault), high=0.0))
    for fault in case.faults.tables:
        checks.append(
            Check(name=f"{fault.mechanism} ({fault.id}) puts rows into {fault.site}", value=float(case.given[fault.site].rows.faulty.sum()), low=50)
        )
        same = [f for f in case.faults.tables if f.site == fault.twin_site and mechanism(f).locus == mechanism(fault).locus]
        checks.append(Check(name=f"the twin of {fault.id} is clean", value=float(len(same)), high=0))
    return checks


def _effects(case: Case, reference: Reference) -> list[Check]:
    """Leaks are felt, the inherited score is too good, the honest one holds, decoys are worth keeping."""
    binary = case.scenario.task == "binary"
    sign = 1.0 if binary else -1.0
    checks = [
        Check(name=f"paired gain of {f.mechanism} ({f.id}) in standard errors", value=(gain.inherited - gain.reference) / gain.se, low=5.0)
        for f in case.faults.columns
        if (gain := reference.gain.get(f.id)) is not None
    ]
    skill = sign * (reference.m_ref - reference.m_base)
    checks.append(
        Check(name="achievable AUC", value=reference.m_ref, low=LEAST_AUC[case.plan.form], high=0.88)
        if binary
        else Check(name="achievable skill", value=skill / reference.m_base, low=0.10, high=0.50)
    )
    checks.append(
        Check(name="honest validation rows" + (" with positives" if binary else ""), value=reference.n_positive, low=1200 if binary else 3000)
    )
    gap = sign * (reference.holdout_inherited - reference.m_inherited)
    checks.append(Check(name="inherited holdout above production, in skill units", value=gap / skill, low=0.15))
    error = float(np.hypot(reference.validation_se, reference.metric_se))
    checks.append(
        Check(name="honest validation against production, in standard errors", value=abs(reference.validation - reference.m_ref) / error, high=4.0)
    )
    drifted = abs(reference.validation - reference.m_ref) / skill
    checks.append(Check(name="error of an honest claim, in units of tau", value=drifted / reference.tau, high=HONEST_ERROR))
    if case.plan.form != "short":
        checks.append(Check(name="tau, the error that claims are scored by", value=reference.tau, high=MOST_TAU))
    lost = sign * (reference.m_ref - reference.without_decoys) / skill
    checks.append(Check(name="skill lost without the decoys", value=lost, low=0.35))
    dropped = sign * (reference.m_ref - reference.without_faults) / skill
    checks.append(Check(name="skill lost without the faulty columns", value=dropped, high=MOST_DROPPED))
    return checks


def _screens(case: Case) -> list[Check]:
    """What scripts see: recounts accuse twins, drift within pairs does not tell, no two sites are one."""
    pairs = case.looks
    twins = [twin for _, twin in pairs.values()]
    naive = [max(t.offline.naive, t.serving.naive) > ACCUSED for t in twins]
    aware = [max(t.offline.aware, t.serving.aware) > ACCUSED for t in twins]
    checks = [
        Check(name="twins that the naive recount accuses", value=float(np.mean(naive)), low=5 / 6 - 0.04),
        Check(name="twins that the aware recount accuses", value=float(np.mean(aware)), low=0.5),
        Check(
            name="faults that only violate availability",
            value=sum(mechanism(f).availability_only for f in case.plan.faults),
            low=len(case.plan.faults) // 4,
        ),
        Check(name="strongest single column of a leak", value=max((f.strength for f, _ in pairs.values()), default=0.0), high=0.75),
    ]
    given, served = case.given["train"].columns, case.given["serving_log"].columns
    first = []
    for fault in case.faults.columns:
        guilty, honest = (conditional_drift(given, served, name) for name in (fault.site, fault.twin_site))
        first.append(guilty > honest)
    many = len(first) >= 5
    checks.append(Check(name="pairs that conditional drift tells", value=float(np.mean(first)), high=0.84 if many else 1.0))
    sites = [name for f in case.faults.columns for name in (f.site, f.twin_site)]
    table = np.column_stack([np.nan_to_num(given[name], nan=float(np.nanmean(given[name]))) for name in sites])
    correlation = np.abs(np.corrcoef(table, rowvar=False) - np.eye(len(sites)))
    checks.append(Check(name="largest correlation among sites", value=float(correlation.max()), high=0.8))
    return checks


def _honesty(case: Case) -> list[Check]:
    """No honest column knows anything from after the decision: rendered from a log cut at the decision it is the same, and where outcomes ignore
    every column none follows them."""
    sites = {f.site for f in case.faults.columns}
    train = case.given["train"]
    time = int(train.rows.time.max())
    rows = np.flatnonzero((train.rows.time == time) & (train.rows.origin < 0))
    entity = train.rows.entity[rows]
    cut = World.__new__(World)
    cut.__dict__.update({**case.world.__dict__, "_events": {key: _until(e, time) for key, e in case.world._events.items()}})
    fresh = render(cut, case.plan.spec, entity, np.full(len(entity), time), path="offline")
    worst = max(_share(train.columns[f.name][rows], fresh[f.name], f.unit) for f in case.plan.spec.features if f.name not in sites)
    return [
        Check(name="honest cells that need a record from after the decision", value=worst, high=0.0),
        Check(name="most that an honest column tells in a world without signal, in standard errors", value=_told_of_nothing(case), high=SILENT),
    ]


def _told_of_nothing(case: Case) -> float:
    """The null world's training table in its honest definition: a record from before the decision may still have been set off by the outcome."""
    world = probe_world(case, "null")
    rows = offline_rows(world, case.stream.child("probe", "null")).tables["train"]
    table = fill(world, case.plan.spec, rows, path="offline", labelled=True)
    assert table.label is not None
    return max(told(column, table.label) for column in table.columns.values())


def _share(given: Floats, fresh: Floats, unit: float) -> float:
    return float(differing(given, fresh, unit).mean())


def _until(events: Events, time: int) -> Events:
    """The events as recorded by a moment, without amendments made after it."""
    seen = events.select(events.recorded <= time)
    known = seen.amended_at <= time
    return replace(seen, amended=seen.amended[known], amended_at=seen.amended_at[known], amended_to=seen.amended_to[known])
