"""Honest: old entries have been deleted from the log under a retention rule; the column was computed while they were there."""

from __future__ import annotations

from generators.kinds import Decoy, Words

DECOY = Decoy(
    id="retention_purge",
    summary="Old entries were deleted from the log under a retention rule; the column was computed while they were there.",
    roles=("count", "amount", "status", "reading"),
    phases=("offline",),
    selective=True,
    own_dose=(0.2, 0.5),  # a small one would tell it from its twin's
    bounded=True,
    sentences=(
        "the log keeps `{type}` entries for {days} days only; older ones have been deleted since the column was computed",
        "`{type}` entries older than {days} days are no longer in the log, though they were when the column was computed",
        "the column was computed before `{type}` entries past their {days} days were deleted from the log",
    ),
    words=lambda *, site, **_: Words(
        title=f"`{site}` outlives its log",
        explanation=f"A recount of `{site}` falls short for old decisions because the log no longer holds the entries (retention rule in DATA.md). Wherever the log is complete, every value is right.",
    ),
)
