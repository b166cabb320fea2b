"""What both scripts share: the four tables of a take-home, and the file that they leave.

Runs inside a checker's own environment: pandas and the standard library only.
"""

from __future__ import annotations

import json
import platform
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

KEYS = ("row_id", "request_id", "entity_id", "decision_time", "label")
"""Columns of a table that are no features."""
OTHERS = ("holdout", "acceptance", "serving_log")
"""What the training table is compared with."""


class Takehome:
    """The tables of a take-home's data folder and what a careful user tells a checker about their columns."""

    def __init__(self, data: Path) -> None:
        self.tables = {name: pd.read_parquet(data / f"{name}.parquet") for name in ("train", *OTHERS)}
        train = self.tables["train"]
        self.features = [c for c in train if c not in KEYS]
        self.categories = [c for c in self.features if not pd.api.types.is_numeric_dtype(train[c])]
        self.regression = train["label"].nunique() > 2


def alarm(
    check: str, tables: list[str], severity: str, says: str, *, column: str = "", rows: list[str] | None = None, score: float = 0.0
) -> dict[str, Any]:
    """One alarm as plain data."""
    return {
        "check": check,
        "tables": tables,
        "column": column,
        "rows": rows or [],
        "severity": severity,
        "score": round(float(score), 4),
        "says": says[:300],
    }


def leave(tool: str, out: Path, look: Callable[[], tuple[list[dict[str, Any]], list[dict[str, str]]]]) -> None:
    """Run the checks and write their alarms, with the ones that could not be run."""
    warnings.simplefilter("ignore")
    begin = time.perf_counter()
    alarms, not_run = look()
    made = {
        "tool": tool,
        "version": version(tool),
        "python": platform.python_version(),
        "seconds": round(time.perf_counter() - begin, 1),
        "alarms": alarms,
        "not_run": not_run,
    }
    out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
