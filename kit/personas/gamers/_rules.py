"""The recount of somebody who has read the kit's public source: every rule that a definition may have is tried on every column, by fit alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kit.personas.gamers._recount import Asked, Log, Shape, differs, one, sample
from kit.personas.workshop.asof import Events, counted


def ruled(folder: Path, train: pd.DataFrame, served: pd.DataFrame, asked: Sequence[Asked], found: pd.DataFrame) -> pd.DataFrame:
    """The recount again, with every rule that the kit's public source knows tried on every column by fit alone.

    One row a column: the rule that fits best with its word, what still mismatches on each path, and what does at the last decisions of training.
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
        tried: list[tuple[float, dict[str, Any]]] = []
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
                tried.append((min(shares["train"], shares["served"]) + 0.2 * (shares["train"] + shares["served"]) + 0.002 * bool(rule), record))
        out[a.name] = min(tried, key=lambda pair: pair[0])[1]
    return pd.DataFrame.from_dict(out, orient="index")


def _rules(events: Events, asked: Asked) -> list[tuple[str, Any]]:
    sources = sorted(set(events.source.astype(str)))
    by_source = [(rule, word) for word in sources for rule in ("excluded_source", "client_conversion", "reimported_entries", "settlement_dates")]
    return [*by_source, ("repeated_events", ""), ("weekend_events", ""), *(("small_events", least) for least in (5, 200))]
