"""Production joins another row's value: the distribution is the same, the rows are not."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """A share of the requests of a run gets the value of another request of the run."""
    return replace(feature, online=(("swap", {1: 0.9, 2: 0.65, 3: 0.45, 4: 0.3}[level]),))


def prepare(channel: Channel, level: int) -> Channel:
    """Nothing in the world has to change."""
    return channel


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` is served from the wrong row",
        explanation=f"For part of the requests the online join picks the value of another {entity}. The distribution stays the same, so no drift check sees it.",
        trail="Request by request, the served value differs from the recomputed one, though both have the same distribution.",
        price="For those requests the column is noise; the model is weaker in production than any offline test says.",
        question="Which check finds a join that returns the wrong row when every distribution looks right?",
    )


MECHANISM = Mechanism(
    id="wrong_row_join",
    family="serving_skew",
    summary="Production joins another row's value: the distribution is the same, the rows are not.",
    roles=("count", "amount"),
    side="serving",
    locus="column",
    edit=edit,
    prepare=prepare,
    carries=("booked_ahead",),
    mirror="trial_logger",
    decisive=("served_difference",),
    words=words,
)
