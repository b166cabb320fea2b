"""What a script sees of the columns of a pair, and what tells the two apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generators.features import World
from generators.kinds import Mechanism
from generators.measures import psi, strength
from generators.model import Channel, Feature, Floats, Path
from generators.rows import Rows, Split
from generators.screens import Mismatch, recount


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a script sees of one column."""

    strength: float
    missing: float
    missing_served: float
    zeros: float
    psi: float
    offline: Mismatch
    serving: Mismatch

    def accused(self, mechanism: Mechanism) -> float:
        """Share of cells that the recount contradicts on the mechanism's side, on the clock that contradicts more."""
        side = self.offline if mechanism.side == "offline" else self.serving
        return max(side.naive, side.aware)


class Bench:
    """The world of a form with its training and serving rows: looks at a column as a script would."""

    def __init__(self, world: World, split: Split, serving: Rows) -> None:
        self.world, self.serving = world, serving
        self.train, self.label = split.tables["train"], split.train_labels
        self._kept: dict[tuple[Feature, Path], tuple[Channel, Floats]] = {}

    def given(self, feature: Feature) -> Floats:
        """The column of the training table."""
        return self._column(feature, self.train, "offline")

    def served(self, feature: Feature) -> Floats:
        """The column of the serving log."""
        return self._column(feature, self.serving, "log")

    def _column(self, feature: Feature, rows: Rows, path: Path) -> Floats:
        """The column, made anew only when its channel has changed since."""
        key, channel = (feature, path), self.world.blueprint.channel(f"{feature.stream}.{feature.type}")
        kept = self._kept.get(key)
        if kept is None or kept[0] != channel:
            kept = self._kept[key] = channel, self.world.column(feature, rows.entity, rows.time, path=path)
        return kept[1]

    def strength(self, feature: Feature) -> float:
        return strength(self.given(feature), self.label, self.world.scenario.task)

    def look(self, feature: Feature, *, written: Feature | None = None) -> Look:
        """Everything a script sees of a column (given as the tables show it). The recount goes by the definition that is `written`: the clean one
        of a faulty column, else its own."""
        given, served = self.given(feature), self.served(feature)
        plain = replace(written or feature, online=(), logged=())
        return Look(
            strength=strength(given, self.label, self.world.scenario.task),
            missing=nulls(given),
            missing_served=nulls(served),
            zeros=zeros(given),
            psi=psi(given, served),
            offline=recount(self.world, plain, given, self.train.entity, self.train.time),
            serving=recount(self.world, plain, served, self.serving.entity, self.serving.time),
        )


def unlike(fault: Look, twin: Look, mechanism: Mechanism) -> list[str]:
    """What tells fault and twin apart for a script: nothing, when the list is empty."""
    found = []
    if abs(fault.strength - twin.strength) > 0.03:
        found.append(f"strength {fault.strength:.3f} / {twin.strength:.3f}")
    if abs(fault.missing - twin.missing) > 0.02:
        found.append(f"missing {fault.missing:.3f} / {twin.missing:.3f}")
    if abs(fault.missing_served - twin.missing_served) > 0.03:
        found.append(f"missing when served {fault.missing_served:.3f} / {twin.missing_served:.3f}")
    if abs(fault.zeros - twin.zeros) > 0.08:
        found.append(f"zeros {fault.zeros:.3f} / {twin.zeros:.3f}")
    if abs(fault.psi - twin.psi) > max(0.02, 0.15 * max(fault.psi, twin.psi)) and min(fault.psi, twin.psi) < 1:
        found.append(f"psi {fault.psi:.3f} / {twin.psi:.3f}")
    if abs(fault.accused(mechanism) - twin.accused(mechanism)) > 0.10:
        found.append(f"recount {fault.accused(mechanism):.2f} / {twin.accused(mechanism):.2f}")
    return found


def hopeless(fault: Look, twin: Look, mechanism: Mechanism) -> bool:
    """Are the two so far apart that more rounds over the same knobs would not bring them together?"""
    return abs(fault.accused(mechanism) - twin.accused(mechanism)) > 0.17 or abs(fault.missing_served - twin.missing_served) > 0.06


def nulls(column: Floats) -> float:
    """Share of a column's cells that are null."""
    return float(np.isnan(column).mean())


def zeros(column: Floats) -> float:
    """Share of a column's cells that are zero."""
    return float((column == 0).mean())
