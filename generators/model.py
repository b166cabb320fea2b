"""The nouns of generation: channels and streams of a business, feature definitions, pairs of fault and twin, the plan of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

DAY = 86_400_000_000
"""Microseconds of a day: all times are whole microseconds since 1970, UTC."""
HELD = 0.6
"""By how much of its least the record of what comes before an outcome may be later than that."""
LATEST = 45.0
"""Days by which a record is late at most."""
WEEK = 7 * DAY
NEVER = np.iinfo(np.int64).max

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Path = Literal["offline", "online", "log"]
Family = Literal["target_leakage", "future_timestamp", "contamination", "serving_skew"]
FAMILIES: tuple[Family, ...] = ("target_leakage", "future_timestamp", "contamination", "serving_skew")


class GenerationError(Exception):
    """No form could be made: the text says what was tried and what to do next."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """When a phenomenon shows in the raw log: everywhere, only while the offline tables are made, or only in the serving weeks."""

    offline: bool = True
    serving: bool = True
    part: float = 1.0
    """Share of that time in which it shows, from its beginning."""
    until: float | None = None
    """Week from which it shows no more, whatever a sentence says of the rest."""


@dataclass(frozen=True, kw_only=True)
class Quirk:
    """An oddity of the raw log that a written definition deals with; `dose` is its rate, tuned per form."""

    kind: str
    """Id of the decoy file that describes it."""
    dose: float
    phase: Phase = Phase()
    days: int = 14
    """How far it moves a date, where it does."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One type of event in one stream: how often it happens, what its value means, how it is tied to the outcome."""

    stream: str
    type: str
    rate: float
    """Expected events of an average entity in 28 days."""
    value: Literal["none", "amount", "level", "reading"] = "none"
    center: float = 0.0
    """Typical value: minor units for an amount, 1..5 for a level, 0..100 for a reading."""
    spread: float = 0.5
    """Spread of values: of the logarithm for an amount, in units for a level or a reading."""
    weight: float = 0.0
    """Weight of the channel's own latent state in the outcome's score."""
    shared: float = 0.0
    """Correlation of the latent state with the core state of the business."""
    loading: float = 0.4
    """How strongly the latent state shows in rate (counts, amounts) or value (levels, readings)."""
    activity: float = 0.0
    """How strongly it shows how active an entity is in everything: of no weight for any outcome, and what columns have in common."""
    accent: float = 16.0
    """How far a reading lies above its like that an outcome sets off, or announces; a level by a tenth of it."""
    news: int = 0
    """Regression: the kind of news that the channel answers to or announces."""
    response: float = 0.0
    """Expected further events that one unit of outcome sets off in the `span` days after it; `precursor`: before it, recorded after it."""
    precursor: float = 0.0
    span: float = 10.0
    honest: bool = False
    """Is what goes with an outcome on record before it? What it would set off comes `lead` days earlier, what comes before it is recorded in time,
    and a reversal is made at once. Such signs are silent in a world without signal."""
    lead: float = 13.0
    """Days by which honest signs come earlier: as far as the leak that they stand beside looks ahead."""
    foretells: bool = True
    """Do they come earlier of themselves? Otherwise the oddity of the log makes them."""
    moved: float = 0.0
    """Days by which the oddity of the log makes everything earlier than it is drawn: the serving weeks come so much later in the drawing."""
    window: int = 0
    """Days after which a reading counts no more."""
    late: float = 0.04
    """Share of events that are recorded late, by `delay` days in the mean. From the calendar's turn on no more than usual: a source that stayed
    late would tell a column that ignores it from one whose log alone has been changed."""
    delay: float = 4.0
    amend: float = 0.0
    """Share of events whose value is amended later for no reason of the outcome."""
    reversal: float = 0.0
    """Share of the events of the four weeks before a unit of outcome that are reversed after it."""
    volume: float = 1.0
    """Change of volume (levels, readings: of value) in the weeks around the serving log; `sampling`: of how often a reading is taken."""
    sampling: float = 1.0
    quirks: tuple[Quirk, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.stream}.{self.type}"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """The definition of one column: which events, which window, which aggregate. Rendered offline and online alike unless an edit says otherwise."""

    name: str
    role: str
    """count, amount, status, reading, group, attribute or tenure: mechanisms choose their site by it."""
    meaning: str
    """What it counts or shows, as a noun phrase for the data dictionary."""
    stream: str = ""
    type: str = ""
    aggregate: Literal["count", "sum", "mean", "max", "last", "days_since", "attribute", "tenure"] = "count"
    window: int = 28
    """Days; 0 means all history."""
    end: int = 0
    """Days between the decision and the end of the window; positive: after the decision."""
    ahead: int = 0
    """Offline only, as the next three: days after the decision as of which the job computed the column."""
    grace: int = 0
    """Days after the decision by which the job took in records of what had happened by it."""
    final: bool = False
    """The job took values as they stand in the export, with every later amendment."""
    backfill: int = 0
    """Days after the decision as of which a missing value is filled."""
    by: Literal["entity", "group"] = "entity"
    divide: int = 1
    """A sum in minor units is shown divided by this."""
    rules: tuple[str, ...] = ()
    """Decoy ids whose rule the definition applies (e.g. excluded_source)."""
    online: tuple[tuple[str, Any], ...] = ()
    """What the online path does otherwise: (field, value) pairs, `factor`, `share` and `swap` among them."""
    logged: tuple[tuple[str, Any], ...] = ()
    """What the serving log alone shows otherwise, while the model was given what the definition says: pairs as above."""

    @property
    def unit(self) -> float:
        """The smallest step of a value."""
        if self.aggregate == "mean":
            return 0.01
        return 1.0 / self.divide

    def on(self, path: Path) -> Feature:
        """The definition as the given path computes it. The online path can see nothing that is not yet recorded; the log shows what that
        path served, unless something else was written down."""
        if path == "offline":
            return replace(self, online=())
        if path == "log" and self.logged:
            return replace(self, online=self.logged).on("online")
        changes = {k: v for k, v in self.online if k in _FEATURE_FIELDS}
        return replace(
            self, ahead=0, grace=0, final=False, backfill=0, online=tuple((k, v) for k, v in self.online if k not in _FEATURE_FIELDS), **changes
        )


_FEATURE_FIELDS = {f.name for f in fields(Feature)} - {"online", "logged"}


@dataclass(frozen=True, kw_only=True)
class Spec:
    """The pipeline specification of a form: one definition a column, in the order of the tables."""

    features: tuple[Feature, ...]

    def __getitem__(self, name: str) -> Feature:
        for feature in self.features:
            if feature.name == name:
                return feature
        raise KeyError(name)

    def with_feature(self, feature: Feature) -> Spec:
        """The same specification with one definition replaced (by name)."""
        self[feature.name]
        return Spec(features=tuple(feature if f.name == feature.name else f for f in self.features))


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A static property of an entity: categories with shares, or a number; `weight` is its pull on the outcome."""

    name: str
    meaning: str
    categories: tuple[tuple[str, float], ...] = ()
    center: float = 0.0
    spread: float = 1.0
    step: float = 1.0
    weight: float = 0.0


@dataclass(frozen=True, kw_only=True)
class EventStream:
    """One log of the business."""

    name: str
    meaning: str
    value: str
    """What `value` holds, in words."""
    lag_hours: float
    """Typical hours between an event and its record."""
    sources: tuple[str, ...]
    """Ordinary values of the `source` column."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One business: its streams, attributes, columns and words. A declaration; the engine does the rest."""

    id: str
    title: str
    company: str
    task: Literal["binary", "regression"]
    entity: str
    entities: str
    group: str
    story: tuple[str, ...]
    decision: str
    stakes: str
    label: str
    inherited: str
    author: str
    base: float
    """Binary: share of positives within the horizon. Regression: typical value of the label, whose spread is `scale`."""
    scale: float
    streams: tuple[EventStream, ...]
    attributes: tuple[Attribute, ...]
    channels: tuple[Channel, ...]
    features: tuple[Feature, ...]
    types: Mapping[str, str]
    """Meaning of each event type, by `stream.type`."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The dates of a form: everything is a whole number of weeks after `start`, decisions at the same hour."""

    start: int
    """Microseconds; the log begins here."""
    offline: tuple[int, ...] = (6, 8, 10, 12, 14, 18, 22, 26)
    """Weeks of the offline decisions; the first five are for training. Those for evaluation lie a horizon apart, so that no outcome
    counts twice and the error of an honest estimate is what its formula says."""
    train: int = 5
    serving: tuple[int, ...] = (34, 35, 36, 37)
    """The last label window closes at week 30; outcomes of these requests are confirmed only after the export."""
    production: tuple[int, ...] = (44, 48, 52, 56)
    weeks: int = 61
    horizon: int = 4
    turn: float = 30.0
    """Oddities of the raw log change phase here: four weeks before the serving log, and four after the last offline decision, so that dates
    which an oddity moves by up to four weeks are moved for every decision of the one side and for none of the other."""
    shift: tuple[float, float] = (29.6, 37.6)
    """Weeks between which volumes of the serving period differ."""

    def at(self, week: float) -> int:
        return self.start + int(week * WEEK)

    @property
    def cut(self) -> int:
        """The export was cut here, a few hours after the last serving run."""
        return self.at(self.serving[-1]) + 6 * 3_600_000_000

    @property
    def end(self) -> int:
        return self.at(self.weeks)


@dataclass(frozen=True, kw_only=True)
class PlannedFault:
    """One planted fault of a plan, with its twin."""

    id: str
    mechanism: str
    level: int
    site: str
    """Column, or table for rows and splits."""
    twin: str
    """Id of the twin: d1..."""
    decoy: str
    """Kind of the twin's innocent cause."""
    twin_site: str
    own: tuple[str, ...] = ()
    """The rules that the fault's own definition holds, dealt with on the fault's side, so that no kind of definition marks an honest column."""
    twin_beside: tuple[str, ...] = ()
    """The rules of the twin's definition beside its innocent cause."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """The resolved plan of a form: stored with its key, never drawn again."""

    id: str
    scenario: str
    form: str
    level: str
    attempt: int
    slots: int
    calendar: Calendar
    spec: Spec
    """Clean definitions."""
    channels: tuple[Channel, ...]
    """Tuned channels."""
    attributes: tuple[Attribute, ...]
    faults: tuple[PlannedFault, ...]
    signal: float
    """Multiplies every weight on the outcome."""
    unit: float
    """Regression: multiplies the scenario's spread of the label. Binary: 1."""
    drift: float
    season: float

    def channel(self, id: str) -> Channel:
        for channel in self.channels:
            if channel.id == id:
                return channel
        raise KeyError(id)

    def with_channel(self, channel: Channel) -> Blueprint:
        return replace(self, channels=tuple(channel if c.id == channel.id else c for c in self.channels))
