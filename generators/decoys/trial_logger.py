"""Honest: in the weeks of the serving log a test set-up wrote down the column; the model was given what the definition says.

What stands in the log is what a skewed service would have served, by the mechanism's own edit.
"""

from __future__ import annotations

from generators.kinds import Decoy, Words

DECOY = Decoy(
    id="trial_logger",
    summary="A test set-up wrote the column into the serving log; the model was given what the definition says.",
    aside=True,
    logs=True,
    roles=("count", "amount"),
    phases=("serving",),
    bounded=True,
    fits="log",
    sentences=(
        "in the serving log of {period} this column was written by a test set-up of the logger; it need not be what the model was given",
        "the serving log of {period} cannot be relied on for this column: a logger under test filled it in, the service computed its own",
        "what the serving log shows here for {period} comes from a trial of a new logger; the service itself computed the column as described",
    ),
    words=lambda *, site, **_: Words(
        title=f"`{site}` was logged wrongly, not served wrongly",
        explanation=f"The serving log contradicts `{site}`, but DATA.md says that a test set-up wrote the column into the log in those days. The model was given the right values.",
    ),
)
