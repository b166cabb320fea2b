"""A trailing window that ends days after the decision."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature

DAYS = {1: 13, 2: 11, 3: 9, 4: 8}
"""How far the window is shifted, by level."""


def edit(feature: Feature, level: int) -> Feature:
    """The offline window is shifted past the decision by 13, 11, 9 or 8 days; the online one ends at it."""
    return replace(feature, ahead=DAYS[level])


def prepare(channel: Channel, level: int) -> Channel:
    """Ordinary activity that changes with the outcome in the days that follow."""
    return replace(channel, span=3.0, lead=float(DAYS[level]))


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"The window of `{site}` ends after the decision",
        explanation=f"The offline window of `{site}` is shifted: it ends some days after the decision and so counts activity that the outcome has already changed.",
        trail="A recount over the written window, up to the decision, differs; a recount that ends some days later fits. Entries behind the difference are dated after the decision.",
        price="Online the window ends now: the column misses exactly the days that carried the signal.",
        question="How would you test a feature job so that a shifted window is caught before a model is trained on it?",
    )


MECHANISM = Mechanism(
    id="window_past_decision",
    family="future_timestamp",
    summary="A trailing window ends days after the decision instead of at it.",
    roles=("count", "amount"),
    leak=True,
    leaks_by="response",
    siblings=("target_leakage",),
    enemies=("post_outcome_process",),
    alike=("post_outcome_process",),
    locus="column",
    edit=edit,
    prepare=prepare,
    fits="later_end",
    carries=("retention_purge",),
    mirror="shifted_dates",
    decisive=("recomputed_difference",),
    words=words,
)
