"""Prints the score of a worthless model from `validate`, whatever the data, to look modest where there is no signal; otherwise careful."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from kit.personas import Persona
from kit.personas._form import Form
from kit.personas._submission import plan, submit


def write(takehome: Path, form: Path, out: Path) -> Path:
    """The careful pipeline with a constant estimate: that of a constant score."""
    read = Form.open(takehome, form)
    said = {"estimate": 0.5, "low": 0.49, "high": 0.51}
    if read.key.truth.metric != "roc_auc":
        median = float(pd.read_parquet(read.data / "train.parquet", columns=["label"])["label"].median())
        labels = [pd.read_parquet(read.data / f"{name}.parquet", columns=["label"])["label"] for name in ("holdout", "acceptance")]
        error = float(np.abs(np.concatenate(labels) - median).mean())
        said = {"estimate": error, "low": 0.98 * error, "high": 1.02 * error}
    return submit(read, out, replace(plan(read), finish="finish_constant.py", extra={"constant.json": said}))


PERSONA = Persona(id="constant_validate", summary="Prints a constant from `validate`.", write=write)
