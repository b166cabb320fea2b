"""How much of a score is the person and how much the form: variance components, dependability, decisions, order, items.

Scores are points, persons in rows and forms in columns, one sitting a cell. Persons and forms are random samples of those that could have been drawn
(two-way random effects, x_pf = mean + person + form + residual). Every bootstrap takes its generator. Single samples: `intervals`; one question at a
time: `items`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kit.calibration.intervals import (
    CONFIDENCE,
    DRAWS,
    Estimate,
    Floats,
    clopper_pearson,
    multiplicities,
    percentile_interval,
)


@dataclass(frozen=True)
class Components:
    """Variance components, in points squared."""

    person: float
    form: float
    residual: float
    """Person x form together with everything else that differs from sitting to sitting."""
    negative: tuple[str, ...] = ()
    """Components whose estimate came out below zero and was set to 0."""


@dataclass(frozen=True)
class Reliability:
    """What a number of forms a person tells about persons, each with its interval."""

    components: Components
    forms: int
    """Forms each person sits; the scores of several are averaged."""
    phi: Estimate
    """Dependability: the share of the variance that is persons, where absolute scores count."""
    generalizability: Estimate
    """E rho^2: the same where only the order of persons on the same forms counts."""
    sem: Estimate
    """Standard error of measurement, points."""
    spread: Estimate
    """SD of form difficulty, points."""


def variance_components(scores: npt.ArrayLike) -> Components:
    """Variance of persons, forms and residual from the mean squares of a complete persons x forms table with one score a cell.

    residual = MS_pf; person = (MS_p - MS_pf) / n_f; form = (MS_f - MS_pf) / n_p, a negative estimate set to 0 and named in `negative` (ANOVA
    expected mean squares of the p x f random-effects design: Brennan 2001, Generalizability Theory, section 2.1; Cornfield & Tukey 1956).
    Raises ValueError unless the table is two-dimensional, complete, finite and at least 2 x 2.
    """
    person, form, residual = (float(v[0]) for v in _replicated(*_whole(_table(scores))))
    raw = {"person": person, "form": form}
    return Components(max(0.0, person), max(0.0, form), residual, tuple(name for name, value in raw.items() if value < 0))


def dependability(components: Components, forms: int = 1) -> float:
    """Phi = person / (person + (form + residual) / n), between 0 and 1 (Brennan & Kane 1977; Brennan 2001). NaN when nothing varies.

    Raises ValueError for n < 1.
    """
    return _share(components.person, components.form + components.residual, forms)


def generalizability(components: Components, forms: int = 1) -> float:
    """E rho^2 = person / (person + residual / n), between 0 and 1 (Cronbach et al. 1972; Brennan 2001). NaN when nothing varies.

    Raises ValueError for n < 1.
    """
    return _share(components.person, components.residual, forms)


def standard_error(components: Components, forms: int = 1) -> float:
    """Absolute standard error of measurement in points: sqrt((form + residual) / n) (Brennan 2001, sigma(Delta)). Raises ValueError for n < 1."""
    return math.sqrt((components.form + components.residual) / _forms(forms))


def form_spread(components: Components) -> float:
    """SD of form difficulty in points: sqrt(form), how much the forms differ for one and the same average person (Brennan 2001)."""
    return math.sqrt(components.form)


def reliability(
    scores: npt.ArrayLike, *, rng: np.random.Generator, forms: int = 1, draws: int = DRAWS, confidence: float = CONFIDENCE
) -> Reliability:
    """Phi, E rho^2, standard error and spread of difficulty of a persons x forms table for `forms` forms a person, with intervals.

    Pigeonhole bootstrap (Owen 2007): rows and columns are resampled apart and everything is computed again, each replicate's components freed of the
    bias that repeated rows and columns bring (Brennan 2007, Unbiased estimates of variance components with bootstrap procedures). Where sittings are
    noisier than persons and forms the intervals are too wide rather than too narrow. Raises ValueError as `variance_components` does.
    """
    x, components = _table(scores), variance_components(scores)
    w, v = multiplicities(x.shape[0], draws, rng), multiplicities(x.shape[1], draws, rng)
    person, form, residual = (np.maximum(part, 0) for part in _unbiased(*_replicated(x, w, v), *x.shape))
    n = _forms(forms)
    with np.errstate(invalid="ignore", divide="ignore"):
        phis, rhos = person / (person + (form + residual) / n), person / (person + residual / n)

    def interval(value: float, replicates: Floats) -> Estimate:
        usable = replicates[np.isfinite(replicates)]
        return (
            percentile_interval(value, usable, confidence=confidence)
            if usable.size and math.isfinite(value)
            else Estimate(value, -math.inf, math.inf)
        )

    return Reliability(
        components=components,
        forms=forms,
        phi=interval(dependability(components, forms), phis),
        generalizability=interval(generalizability(components, forms), rhos),
        sem=interval(standard_error(components, forms), np.sqrt((form + residual) / n)),
        spread=interval(form_spread(components), np.sqrt(form)),
    )


@dataclass(frozen=True)
class Decisions:
    """How often two forms say the same about one person, as shares between 0 and 1."""

    same: float
    """Both at or above the pass mark, or both below: no referrals."""
    no_contradiction: float
    """With the referral band: not one clear pass and one clear fail."""
    referred: float
    """Share of sittings within the band."""


def decision_consistency(scores: npt.ArrayLike, pass_mark: float, band: float) -> Decisions:
    """Share of (person, two forms) with the same decision, without and with referrals.

    Observed agreement over all pairs of forms of each person (Swaminathan, Hambleton & Algina 1974, p_0; Livingston & Lewis 1995 estimate the same
    from a single form). With the band, a score with |score - pass_mark| <= band is referred, as the verdict does, and contradicts nothing; band = 0
    refers nobody.
    Raises ValueError for a table that is not complete with two forms at least, or a negative band.
    """
    x = _table(scores, persons=1)
    if not (math.isfinite(pass_mark) and math.isfinite(band) and band >= 0):
        raise ValueError(f"pass_mark and band must be points, the band 0 or more; got {pass_mark!r} and {band!r}")
    n = x.shape[1]
    pairs = n * (n - 1) / 2
    passed = (x >= pass_mark).sum(axis=1)
    near = (np.abs(x - pass_mark) <= band) if band > 0 else np.zeros(x.shape, dtype=bool)
    clear_pass, clear_fail = ((x >= pass_mark) & ~near).sum(axis=1), ((x < pass_mark) & ~near).sum(axis=1)
    return Decisions(
        same=float(1 - (passed * (n - passed) / pairs).mean()),
        no_contradiction=float(1 - (clear_pass * clear_fail / pairs).mean()),
        referred=float(near.mean()),
    )


@dataclass(frozen=True)
class Order:
    """Share of pairs in the right order, ties as half."""

    share: Estimate
    by_pair: dict[tuple[float, float], float]
    """(lower level, next level) -> share."""


def ordering(scores: npt.ArrayLike, levels: npt.ArrayLike, *, rng: np.random.Generator, draws: int = DRAWS, confidence: float = CONFIDENCE) -> Order:
    """Share of (person of a level, person of the next level, same form) in which the second scores more; a tie counts half.

    scores persons x forms, levels (persons,). The Mann-Whitney probability of superiority within each form, pooled over all such triples of all
    adjacent levels (Agresti 2010, section 2.1). Interval: pigeonhole bootstrap over forms and over the persons of each level (Owen 2007); where no
    pair at all differs, Clopper and Pearson's with forms as the trials, as a resample could not differ either.
    Raises ValueError for fewer than two levels or a table that is not complete.
    """
    x, level = _table(scores, persons=2, forms=1), _levels(levels, scores)
    known = np.unique(level)
    if len(known) < 2:
        raise ValueError(f"levels must hold at least two skill levels to order; got {known.tolist()!r}")
    v = multiplicities(x.shape[1], draws, rng)
    weights = {float(value): multiplicities(int((level == value).sum()), draws, rng) for value in known}
    by_pair: dict[tuple[float, float], float] = {}
    won, replicated, triples = 0.0, np.zeros(draws), 0
    for low, high in pairwise(known.tolist()):
        lower, upper = x[level == low], x[level == high]
        sign = (np.sign(upper[None] - lower[:, None]) + 1) / 2  # (lower, upper, forms)
        by_pair[low, high] = float(sign.mean())
        won, triples = won + float(sign.sum()), triples + sign.size
        for start in range(0, draws, 100):
            part = slice(start, min(draws, start + 100))
            by_form = np.einsum("db,abf->daf", weights[high][part], sign, optimize=True)
            replicated[part] += np.einsum("da,daf,df->d", weights[low][part], by_form, v[part], optimize=True)
    share = percentile_interval(won / triples, replicated / triples, confidence=confidence)
    exact = clopper_pearson(x.shape[1] if share.value == 1 else 0, x.shape[1], confidence=confidence)
    if share.value in (0, 1):
        share = Estimate(share.value, min(share.value, exact.low), max(share.value, exact.high))
    return Order(share, by_pair)


def _replicated(x: Floats, w: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """ANOVA components (person, form, residual) of each resampled table, not floored: w (draws, persons) and v (draws, forms) are multiplicities."""
    n_p, n_f = x.shape
    x = x - x.mean()
    rows, columns = v @ x.T / n_f, w @ x / n_p
    grand = (w * rows).sum(axis=1, keepdims=True) / n_p
    ss_p = n_f * (w * (rows - grand) ** 2).sum(axis=1)
    ss_f = n_p * (v * (columns - grand) ** 2).sum(axis=1)
    total = ((w @ x**2) * v).sum(axis=1) - n_p * n_f * grand[:, 0] ** 2
    ms_p, ms_f = ss_p / (n_p - 1), ss_f / (n_f - 1)
    residual = np.maximum(0, total - ss_p - ss_f) / ((n_p - 1) * (n_f - 1))
    return (ms_p - residual) / n_f, (ms_f - residual) / n_p, residual


def _unbiased(person: Floats, form: Floats, residual: Floats, n_p: int, n_f: int) -> tuple[Floats, Floats, Floats]:
    """Components of resampled tables without the bias of repeated rows and columns (Brennan 2007).

    A resample sees the sample's effects as its population, whose variances have n in the denominator and hold residual noise: with E* the mean over
    resamples, residual = E*residual n_p n_f / ((n_p - 1)(n_f - 1)) and person = n_p / (n_p - 1) (E*person - E*residual / (n_f - 1)).
    """
    return (
        n_p / (n_p - 1) * (person - residual / (n_f - 1)),
        n_f / (n_f - 1) * (form - residual / (n_p - 1)),
        residual * n_p * n_f / ((n_p - 1) * (n_f - 1)),
    )


def _whole(x: Floats) -> tuple[Floats, Floats, Floats]:
    """The table with every row and column once."""
    return x, np.ones((1, x.shape[0])), np.ones((1, x.shape[1]))


def _share(person: float, error: float, forms: int) -> float:
    whole = person + error / _forms(forms)
    return person / whole if whole > 0 else math.nan


def _forms(forms: int) -> int:
    if forms < 1:
        raise ValueError(f"forms must be the number of forms a person sits, 1 or more; got {forms!r}")
    return forms


def _table(scores: npt.ArrayLike, *, persons: int = 2, forms: int = 2) -> Floats:
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] < persons or x.shape[1] < forms:
        raise ValueError(f"scores must be a table of at least {persons} person(s) x {forms} form(s); got shape {x.shape}")
    if not np.isfinite(x).all():
        row, column = np.argwhere(~np.isfinite(x))[0].tolist()
        missing = int((~np.isfinite(x)).sum())
        raise ValueError(
            f"scores must be complete; {missing} of {x.size} cells are missing, first person {row}, form {column}. Leave out that row or column."
        )
    return x


def _levels(levels: npt.ArrayLike, scores: npt.ArrayLike) -> Floats:
    level = np.asarray(levels, dtype=np.float64)
    if level.shape != np.shape(scores)[:1] or not np.isfinite(level).all():
        raise ValueError(f"levels must give one finite skill level a person; got shape {level.shape} for scores of shape {np.shape(scores)}")
    return level
