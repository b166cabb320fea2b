"""What the take-home says in words: the business, the dictionary of its data, its notes. Written from the clean definitions alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from generators.catalog import decoys, marks, mechanisms
from generators.decoys._traces import minimum, period
from generators.export import kept_days
from generators.model import Blueprint, Channel, Feature, Phase, Scenario
from generators.seeding import Stream
from generators.tables import category_names
from generators.wording import Wording

_TRAILING = ("in the {w} days up to the decision", "over the {w} days that end with the decision", "during the last {w} days before the decision")
_AHEAD = ("from {w} days before to {e} days after the decision", "over the {w} days before the decision and the {e} days after it")


def brief(blueprint: Blueprint, scenario: Scenario, stream: Stream, *, rows: dict[str, int], wording: Wording) -> dict[str, Any]:
    """The contents of brief.json. `rows` counts the rows of each table and stream; `wording` holds the sentences that columns draw from."""
    rng = stream.child("words").rng()
    calendar = blueprint.calendar
    return {
        "id": blueprint.id, "scenario": scenario.id, "title": scenario.title, "company": scenario.company, "story": list(scenario.story),
        "decision": scenario.decision, "stakes": scenario.stakes, "task": scenario.task, "metric": "roc_auc" if scenario.task == "binary" else "mae",
        "label": {"meaning": scenario.label}, "horizon_days": calendar.horizon * 7, "entity": scenario.entity, "entities_word": scenario.entities,
        "calendar": {
            "offline_first": moment(calendar.at(calendar.offline[0])), "offline_last": moment(calendar.at(calendar.offline[-1])),
            "serving_first": moment(calendar.at(calendar.serving[0])), "serving_last": moment(calendar.at(calendar.serving[-1])), "export_cut": moment(calendar.cut),
        },
        "tables": [
            {"file": "train.parquet", "meaning": "the rows that the pipeline is trained on", "rows": rows["train"]},
            {"file": "holdout.parquet", "meaning": "the evaluation set of the previous engineer", "rows": rows["holdout"]},
            {"file": "acceptance.parquet", "meaning": "a second evaluation set, drawn by another team for a review", "rows": rows["acceptance"]},
            {"file": "serving_log.parquet", "meaning": "requests as production logged them; their outcomes are not known yet", "rows": rows["serving_log"]},
        ],
        "columns": [column(f, blueprint, scenario, rng, wording) for f in sorted(blueprint.spec.features, key=lambda f: f.name)],
        "streams": [
            {
                "name": s.name, "meaning": s.meaning, "value": s.value,
                "types": [{"type": c.type, "meaning": scenario.types[c.id]} for c in sorted(blueprint.channels, key=lambda c: c.type) if c.stream == s.name],
            }
            for s in scenario.streams
        ],
        "attributes": [{"name": a.name, "meaning": a.meaning} for a in scenario.attributes],
        "notes": notes(blueprint, scenario),
        "inherited": {"story": scenario.inherited, "author": scenario.author},
        "glossary": [{"kind": m.id, "family": m.family, "meaning": m.summary} for m in mechanisms().values()],
    }  # fmt: skip


def moment(time: int) -> str:
    """A time in ISO form, UTC."""
    return datetime.fromtimestamp(time // 1_000_000, tz=UTC).isoformat()


def column(feature: Feature, blueprint: Blueprint, scenario: Scenario, rng: np.random.Generator, wording: Wording) -> dict[str, str]:
    """One entry of the data dictionary, from the clean definition."""
    meaning, unit, source = _meaning(feature, scenario, rng)
    if feature.stream != "entities":
        channel = blueprint.channel(f"{feature.stream}.{feature.type}")
        for rule in (feature.rules[int(i)] for i in rng.permutation(len(feature.rules))):  # a twin's first rule is not a fault's
            phrasings = wording[rule]
            sentence = phrasings[int(rng.integers(len(phrasings)))].format(
                source=decoys()[rule].source, minimum=minimum(channel), entity=scenario.entity, type=feature.type,
                days=kept_days(channel, blueprint.calendar), period=_period(channel, rule, blueprint), shift=_shift(channel, rule),
            )  # fmt: skip
            meaning += " " + sentence[0].upper() + sentence[1:] + "."
    known = {
        "attribute": "fixed from the first day",
        "tenure": "known at any time",
    }.get(feature.aggregate, "computed at the decision, from what was on record by then")
    return {"name": feature.name, "meaning": meaning, "unit": unit, "source": source, "availability": known}


def _period(channel: Channel, rule: str, blueprint: Blueprint) -> str:
    """When an oddity shows, as two days: whether they explain a difference is for the reader to see."""
    phase = next((q.phase for q in channel.quirks if q.kind == rule), Phase())
    return " to ".join(moment(time)[:10] for time in period(phase, blueprint.calendar))


def _shift(channel: Channel, rule: str) -> int:
    """The days that a shift of dates is said to reach: rounded up, since the days themselves are those by which a fault looks ahead."""
    return max((14 if q.days <= 14 else 28 for q in channel.quirks if q.kind == rule), default=14)


def _meaning(feature: Feature, scenario: Scenario, rng: np.random.Generator) -> tuple[str, str, str]:
    """Meaning, unit and source of a column before its rules."""
    what = feature.meaning[0].upper() + feature.meaning[1:]
    if feature.aggregate == "attribute":
        words = category_names(scenario, feature)
        return f"{what}.", f"one of {', '.join(words)}" if words else "number", f"entities.parquet, `{feature.type}`"
    if feature.aggregate == "tenure":
        return f"{what}.", "days", "entities.parquet, `started_at`"
    behind = feature.window - feature.end
    templates = _AHEAD if feature.end else _TRAILING
    when = templates[int(rng.integers(len(templates)))].format(w=behind, e=feature.end)
    source = f"{feature.stream}, `{feature.type}`"
    whose = f"All {scenario.entities} of the {scenario.group} count. " if feature.by == "group" else ""
    forms = {
        "count": (f"Number of {feature.meaning} {when}. {whose}".strip(), "count"),
        "sum": (
            f"Sum of {feature.meaning} {when}. {whose}".strip(),
            "major units (hundreds of the logged value)" if feature.divide == 100 else "logged value",
        ),
        "mean": (f"Mean of {feature.meaning} {when}, to hundredths; empty without any. {whose}".strip(), "logged value"),
        "max": (
            f"{what} {when}; empty without any. {whose}".strip(),
            "major units (hundreds of the logged value)" if feature.divide == 100 else "logged value",
        ),
        "last": (
            f"{what}, as last entered by the decision." if not feature.window else f"{what} {when}; the last one counts, empty without any.",
            "1 to 5" if not feature.window else "0 to 100",
        ),
        "days_since": (f"{what}, at the decision; empty without any.", "days"),
    }
    meaning, unit = forms[feature.aggregate]
    return meaning, unit, source


def notes(blueprint: Blueprint, scenario: Scenario) -> list[str]:
    """What a reader must know of the log as a whole: clocks, amendments, retention, the sources that rules name."""
    sources = "; ".join(f"`{decoys()[id].source}` {decoys()[id].remark}" for id in marks())
    kept = [(c, kept_days(c, blueprint.calendar)) for c in sorted(blueprint.channels, key=lambda c: c.id)]
    lines = [
        "`event_time` says when something happened, `recorded_at` when the systems knew. At a decision only what was recorded by then can be used, unless the column's own entry says that a `recorded_at` is of a later import.",
        "`value` in an event file is the value as it stood when the export was cut. `events/amendments.parquet` holds every later change with the value that stood there before.",
        f"`source` names what wrote an entry: {sources}. Whether a column leaves such entries out, converts them or counts them by another date is said with the column; where nothing is said, entries count as they are.",
        "Both evaluation sets are meant to hold decisions that come later than every decision in `train`, with a gap of the horizon between.",
        f"The ledger that confirms the label closes four weeks after the horizon, so labels are complete up to the last offline decision. {scenario.entities.capitalize()} in their notice period or in their first four weeks are not scored.",
    ]
    lines += [_kept(c, days) for c, days in kept if days is not None]
    return lines


def _kept(channel: Channel, days: int) -> str:
    return f"Retention: `{channel.type}` entries are deleted from the log after {days} days. Columns computed while the entries were there keep their values."
