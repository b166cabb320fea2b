"""The page to the person who acts on the score, written from what a persona found and promises."""

from __future__ import annotations

from collections.abc import Mapping

from kit.personas._form import Form
from kit.personas._writing import Promise

_METRIC = {"roc_auc": "ROC AUC", "mae": "mean absolute error"}


def memo(form: Form, claims: Mapping[str, Promise], *, report: bool) -> str:
    """The text of MEMO.md."""
    mine, inherited = (_words(claims[name], form.key.truth.metric) for name in ("mine", "inherited"))
    if not report:
        return (
            "# Memo: can we launch?\n\n**In one sentence:** launch; the pipeline runs and its holdout score is very good.\n\n"
            f"## What you can trust\nThe holdout gives {mine}.\n\n## What you cannot trust\nNothing stood out.\n\n"
            "## What I changed, and what I left\nNothing was changed.\n\n## What to watch after launch\nThe score, once outcomes are known.\n"
        )
    columns = ", ".join(f"`{name}`" for name in form.faulty_columns)
    changed = (
        f"These columns are now worked out from the event log as it was known at each decision, for training and for every scoring run: {columns}."
        if columns
        else "No column had to be changed."
    )
    paragraphs = [
        "# Memo: can we launch?",
        "**In one sentence:** launch with the repaired pipeline, on the lower promise below, and watch it for a quarter.",
        "## What you can trust\n"
        f"On late decisions that the model has not seen, and that copy nothing, the repaired pipeline reaches {mine}. Expect that in production.",
        "## What you cannot trust\n"
        f"The score that was shown to you. As handed over, the pipeline would give about {inherited} in production. What is wrong:",
        "\n".join(f"- {fault.title}. {fault.price}" for fault in form.key.truth.faults),
        f"## What I changed, and what I left\n{changed} "
        "The estimate uses only rows that were decided after the last training label was known and that are no copies of training rows.",
        "## What to watch after launch\n"
        "Each run: the share of requests whose served value differs from the recomputed one; above 2% the data team looks the same day. "
        "Each month, when outcomes are known: the score of the run; outside of the interval above the model is taken back to review.",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _words(claim: Promise, metric: str) -> str:
    digits = 3 if metric == "roc_auc" else 4
    numbers = [f"{value:.{digits}g}" for value in (claim.point, claim.low, claim.high)]
    return f"{_METRIC[metric]} {numbers[0]} (80% interval {numbers[1]} to {numbers[2]})"
