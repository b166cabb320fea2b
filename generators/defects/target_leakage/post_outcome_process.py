"""Counts a process that the outcome itself sets off: the window runs into the label period."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """The window is counted back from the day on which the case is closed, two weeks after the decision; the online one from the decision."""
    return replace(feature, ahead=14)


def prepare(channel: Channel, level: int) -> Channel:
    """A rare process; one outcome sets off a burst of it within ten days."""
    return replace(channel, rate=min(channel.rate, 1.5), span=10.0, lead=14.0)


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` counts what the outcome sets off",
        explanation=f"The offline job counts `{site}` back from the day on which the case was closed, two weeks after the decision. Much of what it counts there happens because the outcome happened, so in training the column knows the answer.",
        trail=f"Recount `{site}` from the log up to the decision: the given value is larger for the rows whose outcome came true, and the entries behind the difference lie after the decision.",
        price="In production those entries do not exist yet: the column falls back to its background and the model loses what it leaned on most.",
        question=f"How did you find out whether `{site}` is known at the decision, and what would you have done had the log not been there?",
    )


MECHANISM = Mechanism(
    id="post_outcome_process",
    family="target_leakage",
    summary="A column counts a process that the outcome itself sets off, over a window that runs into the label period.",
    roles=("count",),
    leak=True,
    leaks_by="response",
    siblings=("future_timestamp",),
    enemies=("window_past_decision",),
    alike=("window_past_decision",),
    locus="column",
    edit=edit,
    prepare=prepare,
    fits="later_end",
    carries=("retention_purge",),
    mirror="shifted_dates",
    decisive=("recomputed_difference",),
    words=words,
)
