"""Production serves an amount in another unit for part of the requests."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """A factor of 100 (minor units), or of 1.21 (with tax), for a share of the entities."""
    factor, share = {1: (100.0, 0.5), 2: (100.0, 0.2), 3: (1.21, 0.7), 4: (1.21, 0.35)}[level]
    return replace(feature, online=(("factor", factor), ("share", share)))


def prepare(channel: Channel, level: int) -> Channel:
    """Nothing in the world has to change."""
    return channel


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` is served in another unit",
        explanation=f"For part of the {entity}s production serves `{site}` in another unit than the offline tables: the ratio to the recomputed value is constant.",
        trail=f"Recompute `{site}` for requests of the serving log from the events known then: for part of them the served value is a fixed multiple.",
        price="The model reads those requests as extreme cases and ranks them wrongly, every day, without an error message.",
        question="Where would you put a check that catches a change of unit, and what would it compare?",
    )


MECHANISM = Mechanism(
    id="unit_switch",
    family="serving_skew",
    summary="Production serves an amount in another unit than the one trained on, for all or part of the requests.",
    roles=("amount",),
    side="serving",
    locus="column",
    edit=edit,
    prepare=prepare,
    carries=("booked_ahead",),
    mirror="trial_logger",
    decisive=("served_difference",),
    words=words,
)
