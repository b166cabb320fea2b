"""Honest: an evaluation set that begins exactly when the last training label is known."""

from __future__ import annotations

from generators.kinds import Decoy, Words

DECOY = Decoy(
    id="later_split",
    summary="An evaluation set that begins exactly when the last training label is known.",
    locus="split",
    words=lambda *, site, **_: Words(
        title=f"`{site}` starts where the training labels end",
        explanation=f"The first decision of `{site}` falls on the day when the last training label is complete: a gap of exactly the horizon, with no overlap.",
    ),
)
