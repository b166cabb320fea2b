"""Each mechanism as an item of a test: how often it is found, whether finding it tells skill, and what a form of known items would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kit.calibration.intervals import Estimate, Floats, wilson


@dataclass(frozen=True)
class Item:
    """One mechanism as an item of a test."""

    rate: Estimate
    """Share of sittings that found it, with Wilson's interval."""
    discrimination: float | None
    """Point-biserial correlation of finding it with ability; None where either does not vary."""
    sittings: int


def item_table(found: npt.ArrayLike, ability: npt.ArrayLike) -> tuple[Item | None, ...]:
    """Find rate and discrimination of each item: classical item analysis (Lord & Novick 1968, chapter 15).

    found sittings x items of 0 and 1, NaN where the sitting's form did not hold the item; ability (sittings,) in any unit. An item that was never
    offered gives None. Sittings are counted as independent, so the intervals are narrow where few persons sat many forms.
    Raises ValueError for another shape, another value, or an ability that is not finite.
    """
    x, theta = np.asarray(found, dtype=np.float64), np.asarray(ability, dtype=np.float64)
    if x.ndim != 2 or theta.shape != x.shape[:1] or not np.isfinite(theta).all():
        raise ValueError(f"found must be sittings x items with one finite ability a sitting; got shapes {x.shape} and {theta.shape}")
    if not (np.isnan(x) | (x == 0) | (x == 1)).all():
        raise ValueError("found must hold 0, 1 or NaN (not offered) only; got other values. Give whether each item was found, not its credit.")
    items: list[Item | None] = []
    for column in x.T:
        offered = np.isfinite(column)
        hit, skill = column[offered], theta[offered]
        if not hit.size:
            items.append(None)
            continue
        varies = np.ptp(hit) > 0 and np.ptp(skill) > 0
        items.append(Item(wilson(int(hit.sum()), hit.size), float(np.corrcoef(hit, skill)[0, 1]) if varies else None, hit.size))
    return tuple(items)


def test_characteristic(theta: npt.ArrayLike, difficulties: npt.ArrayLike) -> Floats:
    """Expected share of items found at each skill: mean over items of 1 / (1 + exp(-1.7 (theta - b))), of theta's shape.

    theta and difficulties in logits on the 1.7 scale (test characteristic curve of a one-parameter logistic model, Lord 1980).
    Raises ValueError for no items.
    """
    t, b = np.asarray(theta, dtype=np.float64), np.asarray(difficulties, dtype=np.float64).reshape(-1)
    if not b.size or not np.isfinite(b).all() or not np.isfinite(t).all():
        raise ValueError(f"theta and difficulties must be finite, with one difficulty at least; got {b.size} difficulties")
    z = 1.7 * (t[..., None] - b)
    return np.asarray((0.5 * (1 + np.tanh(z / 2))).mean(axis=-1), dtype=np.float64)


test_characteristic.__test__ = False  # type: ignore[attr-defined]  # the name is the theory's: no test for pytest to collect
