"""Tables with their faulty columns put right: worked out from the events, converted, or left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .asof import Definitions, Floats, recompute
from .definitions import Settings


def for_training(table: pd.DataFrame, folder: Path, settings: Settings, definitions: Definitions) -> pd.DataFrame:
    """A table with labels as the model should see it."""
    fresh = recompute(folder, table, definitions, settings.at_training)
    return table.assign(**fresh).drop(columns=list(settings.dropped))


def for_scoring(requests: pd.DataFrame, folder: Path, settings: Settings, definitions: Definitions) -> pd.DataFrame:
    """The requests of a batch as the model should see them."""
    needed = [*settings.at_scoring, *(name for name in settings.converted if name not in settings.at_scoring)]
    fresh = recompute(folder, requests, definitions, needed)
    for name, factor in settings.converted.items():
        step = 1.0 / int(definitions.features[name]["divide"])
        fresh[name] = _converted(requests[name].to_numpy(dtype=np.float64, na_value=np.nan), fresh[name], factor, step)
    return requests.assign(**fresh).drop(columns=list(settings.dropped))


def _converted(served: Floats, fresh: Floats, factor: float, step: float) -> Floats:
    """The served values in the unit of training: divided where they are the multiple that a switch of units makes, else as recomputed."""
    back = np.round(served / factor / step) * step
    return np.where(np.abs(served - fresh * factor) <= step, back, fresh)
