"""An amount net of reversals that were booked after the outcome."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature


def edit(feature: Feature, level: int) -> Feature:
    """The batch job sums the amounts as they stand in the export, with every later reversal."""
    return replace(feature, final=True)


def prepare(channel: Channel, level: int) -> Channel:
    """After an outcome many amounts are reversed, and none is amended otherwise, beside the twin either: ordinary amendments would be all that
    the latest values do not explain of it. Who spends more, stays."""
    return replace(channel, rate=max(channel.rate, 2.5), amend=0.0, shared=-channel.shared, weight=-channel.weight)


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` is net of later reversals",
        explanation=f"`{site}` sums amounts as they stand in the export. When the outcome happens, recent amounts are reversed, so a low sum in training means that the outcome came true.",
        trail="The amendments log dates each reversal. With those after the decision undone, the sum differs from the given one, mostly where the outcome came true.",
        price="On the day of the decision nothing has been reversed yet: in production the column is high for everybody.",
        question="A colleague says that an amount cannot leak because the payment happened before the decision. What do you answer?",
    )


MECHANISM = Mechanism(
    id="refund_trace",
    family="target_leakage",
    summary="An amount is net of reversals that were booked after the outcome.",
    roles=("amount",),
    leak=True,
    leaks_by="reversal",
    siblings=("future_timestamp",),
    availability_only=True,
    locus="column",
    edit=edit,
    prepare=prepare,
    fits="event_clock",
    carries=("retention_purge",),
    mirror="late_cancellations",
    decisive=("recomputed_difference",),
    words=words,
)
