"""What the inherited pipeline and the honest reference reach on a form: the numbers that every grade is taken against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Literal

import numpy as np
from joblib import Parallel, delayed

from generators.baseline import Model, fit, metric, paired_error, rank_shift, signed
from generators.case import PROBES, Case, Probe, Production, mechanism, probe
from generators.model import Floats, PlannedFault
from generators.rows import EVALUATION
from generators.tables import Table


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Paired gain of one leak over the production runs."""

    reference: float
    """What honest work may gain: the honest reference's, or nothing where the faulty values harm it. Whoever drops the column or works it
    out anew gains exactly nothing, and relies on nothing."""
    inherited: float
    se: float


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Numbers of a form; docs/contracts.md says what each is."""

    m_base: float
    m_ref: float
    m_inherited: float
    tau: float
    gain: dict[str, Gain]
    training_shift: dict[str, float]
    null: dict[str, float]
    duplicates: dict[str, float]
    control: dict[str, dict[str, float]]
    skew: dict[str, float]
    metric_se: float
    holdout_inherited: float
    n_positive: int
    validation: float
    """The reference's own validation on the honest evaluation rows."""
    validation_se: float
    without_decoys: float
    """Production metric of a reference that drops every twin."""
    without_faults: float
    """The same of one that drops every faulty column instead of repairing it."""

    def plain(self) -> dict[str, object]:
        return asdict(self)


def measure(case: Case, *, jobs: int = 1) -> Reference:
    """Fit the models and take every number but those of the probe worlds (see `with_worlds`). `jobs` threads; the numbers do not depend on it."""
    task = case.scenario.task
    train, repaired = case.given["train"], case.repaired["train"]
    assert train.label is not None and repaired.label is not None
    twins, sites = tuple(f.twin_site for f in case.faults.columns), tuple(f.site for f in case.faults.columns)
    order = case.stream.child("repeat").rng().permutation(len(repaired.label))
    inherited, mended, honest, thinned, dropped, again = Parallel(n_jobs=jobs, prefer="threads")(
        delayed(fit)(kind, task, columns, label, without=without)
        for kind, columns, label, without in (
            ("inherited", train.columns, train.label, ()),
            ("inherited", repaired.columns, repaired.label, ()),
            ("reference", repaired.columns, repaired.label, ()),
            ("reference", repaired.columns, repaired.label, twins),
            ("reference", repaired.columns, repaired.label, sites),
            ("reference", {k: v[order] for k, v in repaired.columns.items()}, repaired.label[order], ()),
        )
    )

    runs, ask = case.production, Asked()
    middle = float(np.median(train.label))
    base = 0.5 if task == "binary" else over(runs, lambda r: metric(task, r.label, np.full(len(r.label), middle)))
    m_ref = over(runs, lambda r: metric(task, r.label, ask(honest, r, "honest")))
    m_inherited = over(runs, lambda r: metric(task, r.label, ask(inherited, r, "served")))
    gains = {f.id: _gain(case, f, honest, inherited, ask) for f in case.faults.columns if mechanism(f).leak}
    evaluation = joined([case.repaired[name] for name in EVALUATION])
    assert evaluation.label is not None
    validated = honest.predict(evaluation.columns)
    own, own_se = metric(task, evaluation.label, validated), metric_error(task, evaluation.label, validated)
    holdout = case.given["holdout"]
    assert holdout.label is not None
    m_se = float(np.sqrt(sum(metric_error(task, r.label, ask(honest, r, "served")) ** 2 for r in runs)) / len(runs))
    scale = abs(m_ref - base)
    tau = float(np.clip(np.sqrt(own_se**2 + m_se**2) / scale if scale else 0.1, 0.04, 0.10))
    total = sum(len(r.rows) for r in runs)
    loss = over(
        runs,
        lambda r: signed(task, metric(task, r.label, ask(inherited, r, "honest"))) - signed(task, metric(task, r.label, ask(inherited, r, "served"))),
    )
    loss_se = _combined(runs, lambda r: paired_error(task, r.label, ask(inherited, r, "honest"), ask(inherited, r, "served")))
    shifts = [rank_shift(ask(inherited, r, "served"), ask(mended, r, "served")) for r in runs]
    shift = sum(moved * len(r.rows) for moved, r in zip(shifts, runs, strict=True)) / total
    noise = over(runs, lambda r: rank_shift(ask(honest, r, "served"), ask(again, r, "served")))
    shift_se = float(np.std(shifts) / np.sqrt(len(runs)))
    return Reference(
        m_base=base, m_ref=m_ref, m_inherited=m_inherited, tau=tau, gain=gains,
        training_shift={"inherited": shift, "noise": noise, "se": shift_se},
        null={}, duplicates={}, control={},
        skew={"inherited": loss, "se": loss_se}, metric_se=m_se, holdout_inherited=metric(task, holdout.label, inherited.predict(holdout.columns)),
        n_positive=int((evaluation.label > 0).sum()) if task == "binary" else len(evaluation.label), validation=own, validation_se=own_se,
        without_decoys=over(runs, lambda r: metric(task, r.label, thinned.predict(r.honest))),
        without_faults=over(runs, lambda r: metric(task, r.label, dropped.predict(r.honest))),
    )  # fmt: skip


def with_worlds(reference: Reference, case: Case, probes: dict[str, Probe], *, jobs: int = 1) -> Reference:
    """The same with what both pipelines reach in the probe worlds."""
    task, sites = case.scenario.task, tuple(f.site for f in case.faults.columns)
    honest = [(world, without) for world in ("control_a", "control_b") for without in ((), sites)]
    null, duplicates, *skill = Parallel(n_jobs=jobs, prefer="threads")(
        [
            *(delayed(illusion)(task, probes[world]) for world in ("null", "duplicates")),
            *(delayed(_control)(task, probes[world], without) for world, without in honest),
        ]
    )
    a, b = ({"repaired": skill[i], "dropped": skill[i + 1]} for i in (0, 2))
    return replace(reference, null=null, duplicates=duplicates, control={"a": a, "b": b})


def unmeasured(reference: Reference) -> Reference:
    """The same for a form without probe worlds: nothing is seen where nothing was made."""
    nothing = {"s0": 0.0, "inherited": 0.0}
    return replace(
        reference,
        null=nothing,
        duplicates=nothing,
        control={"a": dict.fromkeys(("repaired", "dropped"), 0.0), "b": dict.fromkeys(("repaired", "dropped"), 0.0)},
    )


def over(runs: tuple[Production, ...], value: Callable[[Production], float]) -> float:
    """Mean of a value over the production runs, weighted by requests."""
    sizes = [len(r.rows) for r in runs]
    return float(sum(value(r) * n for r, n in zip(runs, sizes, strict=True)) / sum(sizes))


def _combined(runs: tuple[Production, ...], error: Callable[[Production], float]) -> float:
    """Standard error of such a mean from the errors of the runs."""
    sizes = np.array([len(r.rows) for r in runs], dtype=float)
    errors = np.array([error(r) for r in runs])
    return float(np.sqrt(((errors * sizes) ** 2).sum()) / sizes.sum())


class Asked:
    """What models say of the production runs: each is asked once for each table of requests."""

    def __init__(self) -> None:
        self._said: dict[tuple[int, int, str], Floats] = {}

    def __call__(self, model: Model, run: Production, table: Literal["served", "honest"] | PlannedFault) -> Floats:
        """Scores of the run's requests as served, as honestly rendered, or honestly but for one leaking column."""
        key = (id(model), id(run), table if isinstance(table, str) else table.id)
        if key not in self._said:
            columns = run.with_leak(table) if isinstance(table, PlannedFault) else run.served if table == "served" else run.honest
            self._said[key] = model.predict(columns)
        return self._said[key]


def _gain(case: Case, fault: PlannedFault, honest: Model, inherited: Model, ask: Asked) -> Gain:
    task = case.scenario.task

    def gain(model: Model, run: Production) -> float:
        return signed(task, metric(task, run.label, ask(model, run, fault))) - signed(task, metric(task, run.label, ask(model, run, "honest")))

    return Gain(
        reference=max(0.0, over(case.production, lambda r: gain(honest, r))),
        inherited=over(case.production, lambda r: gain(inherited, r)),
        se=_combined(case.production, lambda r: paired_error(task, r.label, ask(inherited, r, fault), ask(inherited, r, "honest"))),
    )


def joined(tables: list[Table]) -> Table:
    """Several tables as one."""
    label = np.concatenate([t.label for t in tables if t.label is not None])
    rows = tables[0].rows
    for table in tables[1:]:
        rows = rows.with_rows(table.rows)
    return Table(rows=rows, columns={k: np.concatenate([t.columns[k] for t in tables]) for k in tables[0].columns}, label=label)


def metric_error(task: str, label: Floats, score: Floats) -> float:
    """Standard error of a metric value."""
    if task != "binary":
        return float(np.abs(label - score).std(ddof=1) / np.sqrt(len(label)))
    return paired_error(task, label, score, np.zeros(len(score)))


def chance(task: str, estimate: float, base: float) -> float:
    """Skill above chance: AUC - .5, or 1 - MAE / MAE of the training median."""
    return estimate - 0.5 if task == "binary" else 1 - estimate / base


def illusion(task: str, world: Probe) -> dict[str, float]:
    """What the inherited pipeline's own validation sees where there is nothing to see, and the noise of an honest estimate there."""
    train, holdout = world.tables["train"], world.tables["holdout"]
    assert train.label is not None and holdout.label is not None
    model = fit("inherited", task, train.columns, train.label)
    base = _base(world)
    seen = chance(task, metric(task, holdout.label, model.predict(holdout.columns)), base)
    if task == "binary":
        n1, n0 = 1200.0, 1200.0 * float((train.label < 1).sum()) / float((train.label > 0).sum())
        s0 = float(np.sqrt((n1 + n0 + 1) / (12 * n1 * n0)))
    else:
        s0 = metric_error(task, holdout.label, np.full(len(holdout.label), float(np.median(train.label)))) / base
    return {"s0": s0, "inherited": seen}


def _base(world: Probe) -> float:
    train, evaluation = world.tables["train"], joined([world.tables[name] for name in EVALUATION])
    assert train.label is not None and evaluation.label is not None
    return float(np.abs(evaluation.label - np.median(train.label)).mean())


def _control(task: str, world: Probe, without: tuple[str, ...] = ()) -> float:
    """The honest reference's skill in a clean control world, without some columns."""
    train, evaluation = world.tables["train"], joined([world.tables[name] for name in EVALUATION])
    assert train.label is not None and evaluation.label is not None
    model = fit("reference", task, train.columns, train.label, without=without)
    return chance(task, metric(task, evaluation.label, model.predict(evaluation.columns)), _base(world))


def all_probes(case: Case, *, jobs: int = 1) -> dict[str, Probe]:
    """Every world that `validate` is run in."""
    worlds = Parallel(n_jobs=jobs, prefer="threads")(delayed(probe)(case, name) for name in PROBES)
    return dict(zip(PROBES, worlds, strict=True))
