"""Honest: the same entities come back in an evaluation set at later decisions, on the right side of the split."""

from __future__ import annotations

from generators.kinds import Decoy, Words

DECOY = Decoy(
    id="returning_entities",
    summary="The same entities come back in an evaluation set at later decisions, on the right side of the split.",
    locus="rows",
    words=lambda *, site, **_: Words(
        title=f"`{site}` holds returning entities",
        explanation=f"Most entities of `{site}` are known from training, as they will be in production. Each row is a decision of its own, after every training label was known, and no row is copied.",
    ),
)
