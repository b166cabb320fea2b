"""Production counts over a shorter window than the offline tables."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """Four, two, one and a half, or one and a quarter times shorter online."""
    share = {1: 4, 2: 2, 3: 1.5, 4: 1.25}[level]
    return replace(feature, online=(("window", max(1, round(feature.window / share))),))


def prepare(channel: Channel, level: int) -> Channel:
    """Nothing in the world has to change."""
    return channel


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` is served over a shorter window",
        explanation=f"The online job computes `{site}` over a shorter window than the definition and the offline tables.",
        trail="Served values are lower than a recount over the written window, and fit a recount over a shorter one.",
        price="Production values are too low across the board: scores are biased and thresholds no longer mean what they did.",
        question="How do you make sure that two teams' code computes one feature alike?",
    )


MECHANISM = Mechanism(
    id="window_length",
    family="serving_skew",
    summary="Production counts over a shorter window than the offline tables do.",
    roles=("count", "amount"),
    side="serving",
    locus="column",
    edit=edit,
    prepare=prepare,
    mirror="trial_logger",
    decisive=("served_difference",),
    words=words,
)
