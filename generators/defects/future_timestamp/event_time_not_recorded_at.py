"""Uses when something happened, not when the systems knew."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature

GRACE = 49
"""Days after the decision at which the table was read: whatever was late had come by then."""


def edit(feature: Feature, level: int) -> Feature:
    """The offline job filters on the time of the event alone, in a table as it stood seven weeks later."""
    return replace(feature, grace=GRACE)


def prepare(channel: Channel, level: int) -> Channel:
    """Most records of this source arrive one to three weeks late, and none is amended: beside the twin, whose values stood before its log was moved,
    amendments would be all that the time of the event does not explain."""
    return replace(channel, amend=0.0, rate=max(channel.rate, 2.4), late=0.65, delay=14.0, span=12.0)


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"`{site}` uses records that had not arrived",
        explanation=f"`{site}` counts by the time of the event. Many records of this source arrive days or weeks late, so offline the column holds events that nobody knew of at the decision.",
        trail="Entries behind the given value have `event_time` before and `recorded_at` after the decision; counted as recorded by then, the value differs.",
        price="In production the late records are missing when the score is made, most of all just before an outcome.",
        question="When may a feature be computed on event time, and what has to be true of its source?",
    )


MECHANISM = Mechanism(
    id="event_time_not_recorded_at",
    family="future_timestamp",
    summary="A column uses when an event happened, not when the systems knew of it.",
    roles=("count", "amount"),
    leak=True,
    leaks_by="precursor",
    siblings=("target_leakage",),
    availability_only=True,
    locus="column",
    edit=edit,
    prepare=prepare,
    fits="event_clock",
    carries=("retention_purge",),
    mirror="moved_log",
    decisive=("recomputed_difference",),
    words=words,
)
