"""The recount of somebody who has read the kit's public source: every rule that a definition may have is tried on every column, by fit alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kit.personas.gamers._recount import AGGREGATES, Asked, Shape, differs, one, paired
from kit.personas.gamers._sampled import Rows, Sampled
from kit.personas.workshop.asof import Events, Floats, Ints, counted

LATER = (7, 8, 9, 11, 13, 14, 21, 28)
"""Ends of windows after the decision that the public mechanisms know, in days."""
SHORTER = (4, 2, 1.5, 1.25)
"""By how much a window may be shorter where it is served."""
FACTORS = (0.01, 0.1, 1 / 1.21, 1.21, 10.0, 100.0)


def ruled(sampled: Sampled, asked: Sequence[Asked], found: pd.DataFrame) -> pd.DataFrame:
    """The recount again, with every rule that the kit's public source knows tried on every column by fit alone.

    One row a column: the rule that fits best with its word, what still mismatches on each path, what does at the last decisions of training,
    and what is left of that under the signature of each known fault.
    """
    out = {a.name: _column(sampled, a, found.loc[a.name]) for a in sorted(asked, key=lambda a: a.stream)}
    sampled.close_log()
    return pd.DataFrame.from_dict({a.name: out[a.name] for a in asked}, orient="index")


def _column(sampled: Sampled, a: Asked, seen: pd.Series) -> dict[str, Any]:
    both, by, unit = sampled.both, str(seen["by"]), float(seen["unit"])
    events = sampled.events(a.stream, a.type, by)
    given = [r.frame[a.name].to_numpy(dtype=np.float64, na_value=np.nan) for r in both]
    shape = Shape(str(seen["aggregate"]), int(seen["window"]), int(seen["end"]), by)
    stated = [int(days) for days in re.findall(r"(\d+)d\b", a.name)]
    shapes = tuple(dict.fromkeys([shape, *(Shape(shape.aggregate, days, 0, by) for days in stated)]))  # in order: of two that fit alike the first
    last = both[0].at >= np.quantile(both[0].at, 0.8, method="higher")
    tried: list[tuple[float, dict[str, Any], Events, Shape]] = []
    for rule, word in (("", ""), *_rules(events, a)):
        with_rule = ruling(events, a, rule, word)
        if rule and with_rule is events:
            continue  # it leaves nothing out, so it fits as well as no rule does, which is preferred
        pairs = [paired(with_rule, r, by) for r in both]
        for s in shapes:
            answers = [one(p, a, s) for p in pairs]
            wrong = [differs(g, h, unit) for g, h in zip(given, answers, strict=True)]
            recent = wrong[0].copy()
            if not s.window:  # whoever had an entry before the log was purged has none now
                recent &= ~(np.isnan(answers[0]) & ~np.isnan(given[0]))
            shares = {"train": float(wrong[0].mean()), "served": float(wrong[1].mean()), "recent": float(recent[last].mean())}
            record = {"rule": rule, "word": str(word), "window": s.window, "end": s.end, **{f"ruled_{k}": v for k, v in shares.items()}}
            cost = min(shares["train"], shares["served"]) + 0.2 * (shares["train"] + shares["served"]) + 0.002 * bool(rule)
            tried.append((cost, record, with_rule, s))
    _, record, best, s = min(tried, key=lambda t: t[0])
    return record | _signs(best, a, both, given, s, unit)


def ruling(events: Events, asked: Asked, rule: str, word: Any) -> Events:
    """The events that a rule leaves in; all of them without one."""
    constants: dict[str, Any] = {rule: {f"{asked.stream}.{asked.type}": int(word)} if rule == "small_events" else word}
    return counted(events, {"rules": [rule] if rule else [], "stream": asked.stream, "type": asked.type}, constants)


def _signs(events: Events, asked: Asked, both: tuple[Rows, Rows], given: list[Floats], honest: Shape, unit: float) -> dict[str, float]:
    """Shares of cells that are left under what each known fault would have computed, and of those that differ as it would have them differ."""
    train = both[0]
    key = train.entity if honest.by == "entity" else train.group
    naive, known = paired(events, train, honest.by, aware=False), [paired(events, r, honest.by) for r in both]
    line, divide = AGGREGATES.index(honest.aggregate), 1 if honest.aggregate in ("count", "days_since") else asked.divide

    def left(window: int, end: int) -> float:
        return float(differs(given[0], naive.answers(window, end)[line] / divide, unit).mean())

    later = [left(w, end) for end in LATER for w in ({0} if not honest.window else {honest.window, honest.window + end})]
    at_decision = [one(p, asked, honest) for p in known]
    short = [
        float(differs(given[1], one(known[1], asked, honest._replace(window=max(1, round(honest.window / part)))), unit).mean())
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
