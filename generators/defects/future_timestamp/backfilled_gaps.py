"""Missing values are filled from later ones."""

from __future__ import annotations

from dataclasses import replace

from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature

DAYS = {1: 28, 2: 21, 3: 16, 4: 12}
"""How far a gap looks ahead, by level."""


def edit(feature: Feature, level: int) -> Feature:
    """A gap is filled with the next reading, if it comes within 28, 21, 16 or 12 days."""
    return replace(feature, backfill=DAYS[level])


def prepare(channel: Channel, level: int) -> Channel:
    """Readings are sparse, none is amended or late, and more are taken after an outcome."""
    return replace(channel, amend=0.0, late=0.0, rate=0.5, span=5.0, lead=float(DAYS[level]))


def words(*, site: str, level: int, entity: str, **_: object) -> Words:
    """What a grader is told."""
    return Words(
        title=f"Gaps of `{site}` are filled from the future",
        explanation=f"Where no reading was on record, the offline job filled `{site}` with a later one, taken after the decision and coloured by the outcome.",
        trail="For rows without a reading in the window the column should be empty; the given value is a reading taken after the decision.",
        price="Production has no next reading: the same rows are empty there.",
        question="Which ways of filling gaps are safe in a model that scores in real time, and how do you check one?",
    )


MECHANISM = Mechanism(
    id="backfilled_gaps",
    family="future_timestamp",
    summary="Missing values of a column are filled from later ones.",
    roles=("reading",),
    leak=True,
    leaks_by="response",
    siblings=("target_leakage",),
    locus="column",
    edit=edit,
    prepare=prepare,
    carries=("retention_purge",),
    mirror="late_readings",
    decisive=("recomputed_difference",),
    words=words,
)
