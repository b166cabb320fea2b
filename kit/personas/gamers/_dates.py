"""What a script makes of the days that DATA.md names: which decisions a sentence could excuse, and whether a column misfits at others too.

    entry -> its sentences with days -> decisions whose window meets them -> mismatch at the rest

Nothing is understood. At its plainest every sentence that names two days excuses whatever its column's window meets of them; with key words of the
kit's public source (`KINDS`) only a sentence of a kind that could have led a recount to what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from kit.personas.gamers._desk import Desk
from kit.personas.gamers._recount import differs
from kit.personas.workshop.asof import Mask

SENTENCE = re.compile(r"(?<=\.) (?=[A-Z`])")
PERIOD = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
SHIFT = re.compile(r"up to (\d+) days")
KEPT = re.compile(r"^- Retention: `(\w+)` entries are deleted from the log after (\d+) days", re.MULTILINE)
KINDS = {
    "event": r"moved to another store|took them over|later move of the log|cancel",
    "later": r"dated again|both times|both of their times|in both times|`event_time` and `recorded_at`",
    "filled": r"\bgap\b|repetition|read twice",
    "served": r"logger|logging|written by a test",
}
"""By what a recount finds of a column: the words of sentences that explain it."""
LASTS = 56
"""Days behind a decision from which the last entry of a level mostly is."""
ALL_OVER = 1 / 3
"""Share of columns from which on a row that misfits in them is no row of its own: copies under another date misfit all over."""
LEAST_ROWS = 40
"""Decisions without an excuse below which nothing is concluded."""


def unexcused(desk: Desk, tables: Sequence[str], words: pd.Series | None = None) -> pd.Series:
    """Share of the cells of each recounted column of some tables that its recount contradicts, among decisions that no sentence excuses and rows
    that are no copies; NaN with too few. With `words`, a pattern a column, only sentences in which it is found count."""
    frame, honest = pd.concat([desk.table(name) for name in tables]), pd.concat([desk.honest(name, rules=True) for name in tables])
    definitions = desk.definitions(rules=True).features
    cut = pd.to_datetime(desk.table("serving_log")["decision_time"], utc=True).max()
    kept = {type_: int(days) for type_, days in KEPT.findall(desk.papers)}
    at = pd.to_datetime(frame["decision_time"], utc=True)
    shares, wrong = {}, {}
    for name in map(str, honest):
        given, recount = (values.to_numpy(dtype=np.float64, na_value=np.nan) for values in (frame[name], honest[name]))
        wrong[name] = differs(given, recount, float(desk.recounted().loc[name, "unit"]))
    copied = np.mean(list(wrong.values()), axis=0) > ALL_OVER
    for name in wrong:
        opens = at - timedelta(days=int(definitions[name]["window"]) or LASTS)
        said = [s for s in SENTENCE.split(desk.columns[name].meaning) if words is None or re.search(words[name], s)]
        left = ~_excused(said, opens, at) & ~copied
        if (days := kept.get(desk.columns[name].type)) is not None:
            left &= (opens > cut - timedelta(days=days - 28)).to_numpy()
        shares[name] = float(wrong[name][left].mean()) if left.sum() >= LEAST_ROWS else np.nan
    return pd.Series(shares)


def _excused(said: list[str], opens: pd.Series, at: pd.Series) -> Mask:
    """Windows, from where they open to the decision, that meet the days of a sentence or those to which it dates entries later."""
    excused = np.zeros(len(at), dtype=np.bool_)
    for sentence in said:
        late = timedelta(days=max((int(days) for days in SHIFT.findall(sentence)), default=0))
        for first, last in PERIOD.findall(sentence):
            begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, last))
            excused |= ((at >= begin) & (opens <= end + timedelta(days=1) + late)).to_numpy()
    return excused
