"""The kinds of things that a catalogue holds: a mechanism breaks a column, rows or a split; a decoy is an innocent cause that looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from generators.model import Channel, Family, Feature

Fit = Literal["", "event_clock", "later_end", "log"]
"""Better on the event clock than on the record clock; over a window that ends later than written; by what was logged, not what was served."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a fault or a twin says of itself to a grader."""

    title: str
    explanation: str
    trail: str = ""
    price: str = ""
    question: str = ""


@dataclass(frozen=True, kw_only=True)
class Mechanism:
    """One way to break a pipeline: an edit of the specification. Declared in a file of its own, named like its id."""

    id: str
    family: Family
    summary: str
    """One line for the catalogue and the public glossary."""
    locus: Literal["column", "rows", "split"]
    roles: tuple[str, ...] = ()
    """Roles of the columns it can strike (column faults)."""
    side: Literal["offline", "serving"] = "offline"
    """Where given and honest values differ (column faults)."""
    leak: bool = False
    """Does the faulty value know something from after the decision?"""
    leaks_by: str = ""
    """The field of `Channel` that carries what the leak tells; tuned to the level's strength."""
    edit: Callable[[Feature, int], Feature] | None = None
    """(clean definition, level) -> faulty definition."""
    prepare: Callable[[Channel, int], Channel] | None = None
    """(channel of the site, level) -> the channel with what the mechanism needs in the world; applied to the twin's channel as well."""
    strike: Callable[..., Any] | None = None
    """For rows and splits: (Split, table, level, rng) -> Split."""
    twins: tuple[str, ...] = ()
    """Ids of decoys that can stand beside it; for columns: any whose roles and phase fit."""
    decisive: tuple[str, ...] = ()
    siblings: tuple[Family, ...] = ()
    enemies: tuple[str, ...] = ()
    """Mechanisms that no form holds beside it."""
    alike: tuple[str, ...] = ()
    """Mechanisms that nothing a candidate gets tells from it: the name of either is right."""
    fits: Fit = ""
    """Where a recount by a script comes nearest to the faulty column."""
    mirror: str = ""
    """The decoy that gives an honest column the very look that this mechanism gives a faulty one, so that only prose tells them apart."""
    carries: tuple[str, ...] = ()
    """Decoys whose rule the faulty column's own definition may hold besides those that fit any column."""
    availability_only: bool = False
    """The faulty value matches its written definition; only its availability is violated."""
    words: Callable[..., Words] = field(default=lambda **_: Words(title="", explanation=""))


@dataclass(frozen=True, kw_only=True)
class Decoy:
    """One innocent cause that makes an honest column, set of rows or split look guilty."""

    id: str
    summary: str
    locus: Literal["column", "rows", "split"] = "column"
    roles: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    """Where its traces can show: offline, serving."""
    source: str = ""
    """What `source` says of the entries that it marks; `remark` goes on after it in the notes of the data dictionary."""
    remark: str = ""
    selective: bool = False
    """May a fault's own definition hold its rule only where the mechanism says so (`carries`)?"""
    aside: bool = False
    """Is there no rule under which a search over the log explains the column? A fault's own sentence of that kind must not explain it either."""
    logs: bool = False
    """Does it show in the serving log alone, which holds what the mechanism's edit would have served?"""
    whole: bool = False  # a twin's rate is all there is
    keeps: tuple[str, ...] = ()
    """Fields of `Channel` that stay as the scenario declares them, whatever the mechanism sets for both columns of a pair."""
    repeats: bool = False
    """Does it repeat entries instead of moving them?"""
    own_dose: tuple[float, float] = (0.1, 0.25)
    """Rate in a fault's own log: a fault that a recount fits exactly but for its own error would betray itself."""
    bounded: bool = False  # its rate is a share, at most 1, instead of a ratio
    fits: Fit = ""
    """Where a recount by a script comes nearest to the column."""
    cleared_by_clock: bool = False
    """Does a recount on the record clock, with amendments undone, clear it?"""
    sentences: tuple[str, ...] = ()
    """What the data dictionary says of it, in phrasings that mean the same; one is drawn. `{excluded}`, `{days}` and the like are filled in."""
    honours: Callable[..., Any] = field(default=lambda events, **_: events)
    """(events of a channel, channel) -> the events as the definition counts them."""
    define: Callable[[Feature], Feature] = field(default=lambda feature: feature)  # the clean definition as this cause has it
    trace: Callable[..., Any] = field(default=lambda events, **_: events)
    """Adds the oddity to a channel's events."""
    shown: Callable[..., Any] = field(default=lambda events, **_: events)
    """(events of a channel, quirk, calendar) -> the events with the times that an export shows."""
    words: Callable[..., Words] = field(default=lambda **_: Words(title="", explanation=""))

    @property
    def makes_earlier(self) -> bool:
        """Does it make what tells of an outcome earlier than the log shows it?"""
        return self.aside and self.fits == "later_end"

    @property
    def fixed(self) -> bool:
        """Is there nothing to tune about a twin's rate?"""
        return self.whole or self.logs
