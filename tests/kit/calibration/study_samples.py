"""A small made-up study in which every promise can be measured, and pieces of it."""

from __future__ import annotations

import numpy as np

from kit.calibration.results import FindingsRow, FormRow, Group, PipelineRow, StudyResults

SCENARIOS = ("subscription_churn", "home_pricing")
LEVELS = {"novice": (-1.0, 25.0), "able": (0.5, 60.0), "strong": (2.0, 88.0), "expert": (3.0, 96.0)}
"""Name: (skill, mean total)."""
MECHANISMS = ("post_outcome_process", "window_past_decision", "copied_rows", "shifted_clock", "unit_switch", "late_backfill")


def sample(*, forms: int = 24, persons: int = 12, seed: int = 3) -> StudyResults:
    """Plausible rows from a seed: persons, four levels, three gaming strategies, a checker, a memorised claim."""
    rng = np.random.default_rng(seed)
    drawn, findings, pipelines = [], [], []
    for number in range(forms):
        form = _form(number, rng)
        drawn.append(form)
        shift = float(rng.normal(0, 1.2))
        for who, (level, mean) in LEVELS.items():
            total = float(np.clip(mean + shift + rng.normal(0, 3), 0, 100))
            findings.append(_row(form, rng, who=who, group="skilled", level=level, fraction=total / 100, total=total))
        for person in range(persons):
            level = -1.5 + 4 * person / max(1, persons - 1)
            total = float(np.clip(45 + 18 * level + shift + rng.normal(0, 5), 0, 100))
            findings.append(_row(form, rng, who="person", group="skilled", person=f"p{person:03d}", level=level, fraction=total / 100, total=total))
        for who, mean in (("fitted_screen", 0.16), ("recount_asof", 0.05), ("accuse_all", -0.2)):
            f = float(np.clip(rng.normal(mean, 0.05), -0.25, 0.39))
            whole = round(max(0.0, 60 * f + 8), 2) if number < 12 else None
            findings.append(_row(form, rng, who=who, group="gamer", fraction=f, total=whole))
        findings.append(_row(form, rng, who="reader", group="checker", fraction=0.3))
        claims = float(rng.uniform(0.1, 0.5))
        errors = {"mine": 0.1, "inherited": None}
        row = PipelineRow(
            form=form.form, scenario=form.scenario, who="memorised_claim", pipeline="abc", behaviour=0.4, skill=0.9, total=50.0, claims=claims,
            verdict="fail", claim_errors=errors,
        )  # fmt: skip
        pipelines.append(row)
    classifier = {"auc": 0.512, "low": 0.49, "high": 0.534, "forms": 240, "per_family": {"contamination": 0.53, "target_leakage": 0.5}}
    meta = {"seed": seed, "kit_version": "0.1.0", "about": {"form": "short"}, "screens_fitted_on": 201}
    twice = {"compared": 6, "identical": 6}
    return StudyResults(forms=tuple(drawn), findings=tuple(findings), pipelines=tuple(pipelines), classifier=classifier, twice=twice, meta=meta)


def _form(number: int, rng: np.random.Generator) -> FormRow:
    planted = tuple((str(m), int(rng.integers(1, 5))) for m in rng.choice(MECHANISMS, size=4, replace=False))
    reasons = (f"paired gain of {planted[0][0]} (f1): {rng.uniform(1, 4):.2f} standard errors",) * int(rng.random() < 0.3)
    return FormRow(
        form=f"f{number:03d}", scenario=SCENARIOS[number % 2], form_kind="short", level="mid", attempts=reasons, m_ref=0.76, m_base=0.5,
        tau=round(float(rng.uniform(0.04, 0.058)), 4), mechanisms=planted, seconds=60.0,
    )  # fmt: skip


def _row(
    form: FormRow,
    rng: np.random.Generator,
    *,
    who: str,
    group: Group,
    fraction: float,
    person: str = "",
    level: float | None = None,
    total: float | None = None,
) -> FindingsRow:
    skill = level or 0.0
    found = tuple(m for m, b in form.mechanisms if rng.random() < 1 / (1 + np.exp(-1.7 * (skill - (b - 2.5)))))
    return FindingsRow(
        form=form.form, scenario=form.scenario, who=who, level=level, group=group, person=person or who, fraction=fraction, hits=len(found),
        alarms=int(rng.integers(0, 3)), found=found, total=total,
    )  # fmt: skip
