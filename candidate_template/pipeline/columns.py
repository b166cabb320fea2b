"""Which columns the model sees, and how they become numbers.

The features come ready-made from the warehouse tables, so there is not much to do here: keep a fixed
order, turn text categories into codes, leave missing values to the trees.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.data import KEYS, TARGET


@dataclass
class Columns:
    names: list
    categories: dict  # column -> categories seen in training, in sorted order

    @classmethod
    def from_table(cls, table):
        names = sorted(name for name in table.columns if name not in KEYS and name != TARGET)
        categories = {name: sorted(table[name].dropna().unique()) for name in names if not pd.api.types.is_numeric_dtype(table[name])}
        return cls(names, categories)

    def matrix(self, table):
        """float64, one row a table row. A category that training did not have counts as missing."""
        missing = [name for name in self.names if name not in table.columns]
        if missing:
            raise SystemExit(f"the table lacks columns that the model was trained on: {', '.join(missing)}")
        out = np.empty((len(table), len(self.names)), dtype=np.float64)
        for position, name in enumerate(self.names):
            values = table[name]
            if name in self.categories:
                codes = {category: code for code, category in enumerate(self.categories[name])}
                values = values.map(codes)
            out[:, position] = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return out
