"""What the log behind each column looks like by itself, before and after the day from which logs are as they were: volumes, delays, values, gaps.

Nothing is compared with the column's values, and no label is read: a log that was changed must not be known by its own looks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kit.personas.gamers._recount import Asked
from kit.personas.gamers._sampled import Sampled
from kit.personas.workshop.asof import DAY, Events, Floats, Ints

WEEK = 7 * DAY
HOUR = DAY // 24
QUIET = 4
"""Weeks before the first scoring run from which on DATA.md calls no log wrong."""


def logbook(sampled: Sampled, asked: Sequence[Asked]) -> pd.DataFrame:
    """One row a column that comes from events, one number of its log a column; NaN where the log has too little to say."""
    started, turn = sampled.started, int(sampled.both[1].at.min()) - QUIET * WEEK
    out = {a.name: numbers(sampled.log(a.stream).whole(a.type), started, turn) for a in sorted(asked, key=lambda a: a.stream)}
    sampled.close_log()
    return pd.DataFrame.from_dict({a.name: out[a.name] for a in asked}, orient="index")


def numbers(events: Events, started: Ints, turn: int) -> dict[str, float]:
    """The numbers of one type's log. `started` holds the first day of every entity, `turn` the moment that parts the log in two."""
    if not len(events.time):
        return {}
    opens = int(events.time.min()) // DAY * DAY
    week = (events.time - turn) // WEEK  # whole weeks before the turn are negative
    found = _volume(np.bincount(week - week.min()).astype(np.float64), first=int(-week.min()))
    lag = (events.recorded - events.time) / DAY
    found["early"] = float((events.time < started[events.entity]).mean())
    first = np.full(len(started), np.iinfo(np.int64).max)
    np.minimum.at(first, events.entity, events.time)
    came = (started >= opens) & (first < np.iinfo(np.int64).max)
    found["first_after"] = float(np.median((first - started)[came]) / DAY) if came.any() else np.nan
    found["sources"] = float(len(np.unique(events.source.astype(str))))
    found["events"] = float(np.log(len(events.time)))
    same = np.diff(events.entity) == 0
    gap, repeated = np.diff(events.time) / DAY, np.diff(events.value) == 0
    amended = np.isin(events.slot, events.changed)
    wait = _waits(events)
    for part, here in (("before", (events.time < turn) & (events.time >= opens + 2 * WEEK)), ("after", events.time >= turn)):
        pair = same & here[1:]
        if here.sum() < 30 or pair.sum() < 30:
            continue
        value, late, day = events.value[here], lag[here], events.time[here]
        mean = float(value.mean())
        each = np.bincount(events.entity[here])
        each = each[each > 0]
        found |= {
            f"late_{part}": float((late > 2).mean()), f"very_late_{part}": float((late > 10).mean()),
            f"delay_{part}": float(np.log(max(np.median(late), 0.0) + 1e-4)), f"at_once_{part}": float((late < 0.04).mean()),
            f"weekend_{part}": float(((day // DAY + 3) % 7 >= 5).mean()), f"night_{part}": float((day % DAY < 6 * HOUR).mean()),
            f"mean_{part}": mean, f"variation_{part}": float(value.std() / (abs(mean) + 1e-9)), f"zero_{part}": float((value == 0).mean()),
            f"amended_{part}": float(amended[here].mean()), f"wait_{part}": float(np.log(max(np.median(w), 0.0) + 1e-3)) if len(w := wait[here & amended]) else np.nan,
            f"same_day_{part}": float((gap[pair] < 1).mean()), f"same_week_{part}": float((gap[pair] < 7).mean()),
            f"repeated_{part}": float(repeated[pair].mean()), f"crowded_{part}": float(each.var() / each.mean()),
        }  # fmt: skip
    return found


def _volume(weekly: Floats, *, first: int) -> dict[str, float]:
    """How even the log is: events a week in several stretches, against an ordinary week; `first` is the number of weeks before the turn."""
    usual = float(np.median(weekly[2 : first - 2])) or 1.0
    stretches = {
        "opening": weekly[:2],
        "early": weekly[2:8],
        "last": weekly[first - 2 : first],
        "turning": weekly[first : first + 1],
        "after": weekly[first + 1 :],
    }
    found = {f"volume_{name}": float(part.mean() / usual) for name, part in stretches.items() if len(part)}
    steps = np.abs(np.diff(np.log(weekly[2 : first - 1] + 1)))
    return {**found, "volume_step": float(steps.max()) if len(steps) else np.nan}


def _waits(events: Events) -> Floats:
    """Days from an event to its first amendment; NaN without one."""
    order = np.lexsort((events.changed_at, events.changed))
    changed, at = events.changed[order], events.changed_at[order]
    codes, begin = np.unique(changed, return_index=True)
    out = np.full(len(events.time), np.nan)
    if len(codes):
        place = np.minimum(np.searchsorted(codes, events.slot), len(codes) - 1)
        hit = codes[place] == events.slot
        out[hit] = (at[begin][place[hit]] - events.time[hit]) / DAY
    return out
