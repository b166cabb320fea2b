"""Behaviour as measured, placed between what earns full marks and what earns none: the same scale for every part, whatever its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graders.model import Part
from kit.report.numbers import number
from kit.report.text import one_line

_THRESHOLDS = {"full", "none"}
_BACKGROUND = {"inherited", "se", "s0", "moved", "worst", "ranks", "ranks_inherited", "ranks_noise"}
_PROBES = {
    "order": "requests in another order",
    "part_a": "a smaller batch",
    "part_b": "another smaller batch",
    "late": "later events in the folder",
    "change": "largest change of a score",
}


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """One measured number on a scale whose left quarter earns everything and whose right quarter earns nothing."""

    label: str
    """What was measured, or nothing where the part has one number only."""
    value: str
    place: float
    """Per cent from the left: up to 25 earns everything, from 75 on nothing."""
    words: str
    """The same for those who cannot see the scale."""


def gauges(part: Part, *, names: Mapping[str, str]) -> list[Gauge]:
    """The numbers of a part against its thresholds; `names` says what fault ids are called. Empty when it has no thresholds or no number."""
    full, none = part.measured.get("full"), part.measured.get("none")
    if full is None:
        return []
    value = part.measured.get("value")
    if value is not None:
        chosen: dict[str, float | None] = {"": value}
    elif "value" in part.measured or "change" in part.measured:
        chosen = {}
    else:
        chosen = {
            key: v for key, v in sorted(part.measured.items(), key=lambda item: (len(item[0]), item[0])) if key not in _THRESHOLDS | _BACKGROUND
        }
    found = []
    for key, v in chosen.items():
        if v is None:
            continue
        label = one_line(names.get(key, _PROBES.get(key, key.replace("_", " "))), limit=60)
        limits = f"full marks at {number(full)}" + (f", none at {number(none)}" if none is not None else ", none beyond it")
        found.append(Gauge(label=label, value=number(v), place=_place(v, full, none), words=f"{label or 'measured'}: {number(v)}; {limits}"))
    return found


def limits(part: Part) -> str:
    """The thresholds of a part in words, with the inherited pipeline's own number, which is in the same unit, where it is known."""
    full, none, inherited = (part.measured.get(key) for key in ("full", "none", "inherited"))
    if full is None:
        return ""
    said = f"Full marks at {number(full)}" + (f", none at {number(none)}" if none is not None else ", none beyond it")
    return said + (f"; the pipeline as handed over: {number(inherited)}" if inherited is not None else "")


def _place(value: float, full: float, none: float | None) -> float:
    if none is None or none == full:
        return 12.5 if value <= full else 87.5
    share = (value - full) / (none - full)
    return round(25 + 50 * min(1.45, max(-0.45, share)), 2)
