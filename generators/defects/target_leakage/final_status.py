"""Shows an attribute as it stood after the outcome instead of at the decision."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """Joins the monthly snapshot that follows the decision."""
    return replace(feature, ahead=28)


def prepare(channel: Channel, level: int) -> Channel:
    """The status changes now and then for reasons of its own; an outcome changes it soon after."""
    return replace(channel, span=12.0, lead=28.0)


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` is the status after the outcome",
        explanation=f"`{site}` is joined from the monthly snapshot that follows the decision. The outcome itself moves the status, so the value tells how the case ended.",
        trail="The change log shows the status that was on record at the decision; for many rows the given value is a later one, entered after the decision.",
        price="Production only ever sees the status of today: what the model learned about the final one does not apply.",
        question="Which columns of a case can still change after the decision, and how do you guard a join against that?",
    )


MECHANISM = Mechanism(
    id="final_status",
    family="target_leakage",
    summary="A column shows a status as it stood after the outcome instead of at the decision.",
    roles=("status",),
    leak=True,
    leaks_by="response",
    siblings=("future_timestamp",),
    availability_only=True,
    locus="column",
    edit=edit,
    prepare=prepare,
    fits="later_end",
    mirror="shifted_dates",
    decisive=("recomputed_difference",),
    words=words,
)
