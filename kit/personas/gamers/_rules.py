"""The recount of somebody who has read the kit's public source: every rule that a definition may have is tried on every column, by fit alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.personas.gamers._recount import AGGREGATES, Asked, Log, Pairs, Rows, Shape, differs, one, sample
from kit.personas.workshop.asof import Events, Floats, Ints, counted

LATER = (7, 8, 9, 11, 13, 14, 21, 28)
"""Ends of windows after the decision that the public mechanisms know, in days."""
SHORTER = (4, 2, 1.5, 1.25)
"""By how much a window may be shorter where it is served."""
FACTORS = (0.01, 0.1, 1 / 1.21, 1.21, 10.0, 100.0)


def ruled(folder: Path, train: pd.DataFrame, served: pd.DataFrame, asked: Sequence[Asked], found: pd.DataFrame) -> pd.DataFrame:
    """The recount again, with every rule that the kit's public source knows tried on every column by fit alone.

    One row a column: the rule that fits best with its word, what still mismatches on each path, what does at the last decisions of training,
    and what is left of that under the signature of each known fault.
    """
    people = pd.read_parquet(folder / "entities.parquet", columns=["entity_id", "group_id"])
    ids, groups = pd.Index(people["entity_id"]), pd.factorize(people["group_id"])[0].astype(np.int64)
    both = (sample(train, ids, groups), sample(served, ids, groups))
    out: dict[str, dict[str, Any]] = {}
    logs = {stream: Log(folder, stream, ids, groups) for stream in sorted({a.stream for a in asked})}
    for a in asked:
        seen = found.loc[a.name]
        events = logs[a.stream].of(a.type, both, str(seen["by"]))
        given = [r.frame[a.name].to_numpy(dtype=np.float64, na_value=np.nan) for r in both]
        shape = Shape(str(seen["aggregate"]), int(seen["window"]), int(seen["end"]), str(seen["by"]))
        stated = [int(days) for days in re.findall(r"(\d+)d\b", a.name)]
        shapes = {shape, *(Shape(shape.aggregate, days, 0, shape.by) for days in stated)}
        tried: list[tuple[float, dict[str, Any], Events, Shape]] = []
        for rule, word in (("", ""), *_rules(events, a)):
            constants: dict[str, Any] = {rule: {f"{a.stream}.{a.type}": word} if rule == "small_events" else word}
            with_rule = counted(events, {"rules": [rule] if rule else [], "stream": a.stream, "type": a.type}, constants)
            with_rule = replace(with_rule, owner=with_rule.entity) if shape.by == "entity" else with_rule
            for s in shapes:
                answers = [one(with_rule, a, r, s) for r in both]
                wrong = [differs(g, h, float(seen["unit"])) for g, h in zip(given, answers, strict=True)]
                recent = wrong[0].copy()
                if not s.window:  # whoever had an entry before the log was purged has none now
                    recent &= ~(np.isnan(answers[0]) & ~np.isnan(given[0]))
                last = both[0].at >= np.quantile(both[0].at, 0.8, method="higher")
                shares = {"train": float(wrong[0].mean()), "served": float(wrong[1].mean()), "recent": float(recent[last].mean())}
                record = {"rule": rule, "word": str(word), "window": s.window, "end": s.end, **{f"ruled_{k}": v for k, v in shares.items()}}
                cost = min(shares["train"], shares["served"]) + 0.2 * (shares["train"] + shares["served"]) + 0.002 * bool(rule)
                tried.append((cost, record, with_rule, s))
        _, record, best, s = min(tried, key=lambda t: t[0])
        out[a.name] = record | _signs(best, a, both, given, s, float(seen["unit"]))
    return pd.DataFrame.from_dict(out, orient="index")


def _signs(events: Events, asked: Asked, both: tuple[Rows, Rows], given: list[Floats], honest: Shape, unit: float) -> dict[str, float]:
    """Shares of cells that are left under what each known fault would have computed, and of those that differ as it would have them differ."""
    train, served = both
    key = train.entity if honest.by == "entity" else train.group
    naive = Pairs(events, key, train.at, aware=False)
    line, divide = AGGREGATES.index(honest.aggregate), 1 if honest.aggregate in ("count", "days_since") else asked.divide

    def left(window: int, end: int) -> float:
        return float(differs(given[0], naive.answers(window, end)[line] / divide, unit).mean())

    later = [left(w, end) for end in LATER for w in ({0} if not honest.window else {honest.window, honest.window + end})]
    at_decision = [one(events, asked, r, honest) for r in both]
    short = [
        float(differs(given[1], one(events, asked, served, replace(honest, window=max(1, round(honest.window / part)))), unit).mean())
        for part in SHORTER
        if honest.window
    ]
    wrong = differs(given[1], at_decision[1], unit)
    able = wrong & (np.nan_to_num(at_decision[1]) != 0) & ~np.isnan(given[1])
    ratio = given[1][able] / at_decision[1][able]
    in_unit = max(float((np.abs(ratio / factor - 1) < 0.01).mean()) for factor in FACTORS) if able.any() else 0.0
    filled = np.isnan(at_decision[0]) & ~np.isnan(given[0])
    return {
        "ruled_event": left(honest.window, 0), "ruled_later": min(later), "ruled_short": min(short, default=1.0), "ruled_unit": in_unit,
        "ruled_filled": float(filled.mean()), "ruled_next": float((_next(events, key[filled], train.at[filled]) == given[0][filled] * divide).mean())
        if filled.any() else 0.0,
    }  # fmt: skip


def _next(events: Events, owner: Ints, at: Ints) -> Floats:
    """The value of the first event after each moment, as the export has it; NaN without one."""
    out = np.full(len(owner), np.nan)
    for i, (who, when) in enumerate(zip(owner.tolist(), at.tolist(), strict=True)):
        low, high = np.searchsorted(events.owner, [who, who + 1])
        place = low + int(np.searchsorted(events.time[low:high], when, side="right"))
        if place < high:
            out[i] = events.value[place]
    return out


def _rules(events: Events, asked: Asked) -> list[tuple[str, Any]]:
    sources = sorted(set(events.source.astype(str)))
    by_source = [(rule, word) for word in sources for rule in ("excluded_source", "client_conversion", "reimported_entries", "settlement_dates")]
    return [*by_source, ("repeated_events", ""), ("weekend_events", ""), *(("small_events", least) for least in (5, 200))]
