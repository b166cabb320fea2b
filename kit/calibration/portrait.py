"""What a column looks like without its relation to label, time and serving log: values, words, company, and the log behind it by itself.

Twins must not be told from faults by this: whoever could, would need no evidence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from graders.key import Key
from kit.personas.gamers._desk import Desk

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
WORDS = 4
"""Letters a word of the data dictionary has at least to be looked at."""


def portraits(desk: Desk, key: Key) -> list[dict[str, object]]:
    """One record for each column of a pair: fault id, whether it is the guilty one, its family, its numbers and its words."""
    train = desk.table("train")
    numeric = [name for name in desk.columns if pd.api.types.is_numeric_dtype(train[name])]
    company = train[numeric].corr(method="spearman").abs().to_numpy(copy=True)
    np.fill_diagonal(company, np.nan)
    logs = desk.logbook().fillna(0.0)  # where a log has too little to say
    found: list[dict[str, object]] = []
    twins = {decoy.twin_of: decoy for decoy in key.truth.decoys}
    for fault in key.truth.faults:
        if fault.locus.kind != "column":
            continue
        for name, guilty in ((str(fault.locus.column), True), (str(twins[fault.id].locus.column), False)):
            numbers = _numbers(train[name], company[numeric.index(name)])
            numbers |= {f"book_{number}": float(value) for number, value in logs.loc[name].items()}
            numbers["place"] = list(desk.columns).index(name) / len(desk.columns)
            numbers["place_in_table"] = list(train.columns).index(name) / len(train.columns)
            found.append(
                {"fault": fault.id, "family": fault.family, "column": name, "guilty": guilty, "numbers": numbers, "words": _words(desk, name)}
            )
    return found


def _numbers(column: pd.Series, company: np.ndarray) -> dict[str, float]:
    """Shape of the values and how alike other columns are."""
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    known = values[np.isfinite(values)]
    spread = float(known.std()) or 1.0
    levels, counts = np.unique(known, return_counts=True)
    share = counts / counts.sum()
    return {
        "missing": float(np.mean(~np.isfinite(values))), "log_mean": float(np.log1p(abs(known.mean()))), "log_spread": float(np.log1p(spread)),
        "skew": float((((known - known.mean()) / spread) ** 3).mean()), "zero": float((known == 0).mean()),
        "log_levels": float(np.log(len(levels))), "commonest": float(share.max()), "entropy": float(-(share * np.log(share)).sum()),
        "whole": float((known == np.round(known)).mean()), "nearest": float(np.nanmax(company)), "mean_company": float(np.nanmean(company)),
        **{f"q{int(100 * q):02d}": float(v) for q, v in zip(QUANTILES, (np.quantile(known, QUANTILES) - known.mean()) / spread, strict=True)},
    }  # fmt: skip


def _words(desk: Desk, name: str) -> list[str]:
    """Words of the name and of the entry in the data dictionary, small letters, each once."""
    entry = desk.columns[name]
    text = " ".join([name.replace("_", " "), entry.meaning, entry.unit, entry.stream, entry.type.replace("_", " ")])
    letters = "".join(c if c.isalpha() else " " for c in text.lower())
    return sorted({word for word in letters.split() if len(word) >= WORDS})
