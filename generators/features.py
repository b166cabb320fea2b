"""Feature definitions become columns, on the offline path and on the online path; the two agree unless an edit says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from generators.asof import Events, Moments, aggregate, following
from generators.catalog import decoys
from generators.export import visible
from generators.happenings import Draft, State, draft, finish, happen, impulses, ordinary, paced, states
from generators.model import DAY, Blueprint, Channel, Feature, Floats, Ints, Path, Scenario, Spec
from generators.world import BLOCK, Population, Setting, blocks, calibrate, eligible, labels, populate


@dataclass
class World:
    """A simulated business of one blueprint and one setting: populations at once, events of a channel when first asked for.

    With `only`, the one block of that number: its content is the same as within the whole, so a world of any size can be gone
    through block by block (hand in the whole's `intercept` to save finding it anew).
    """

    blueprint: Blueprint
    scenario: Scenario
    setting: Setting
    only: int | None = None
    intercept: float | None = None
    parts: list[tuple[int, int]] = field(default_factory=list)
    populations: list[Population] = field(default_factory=list)
    offsets: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    _events: dict[tuple[str, int], Events] = field(default_factory=dict)
    _exported: dict[tuple[str, int], Events] = field(default_factory=dict)
    _revised: set[str] = field(default_factory=set)
    """Channels that are being tuned: what a change of theirs leaves as it was is kept."""
    _states: dict[tuple[str, int, float], State] = field(default_factory=dict)
    _drafts: dict[tuple[str, int], tuple[Channel, Draft]] = field(default_factory=dict)
    _usual: dict[tuple[str, int], tuple[Channel, tuple[Ints, Ints]]] = field(default_factory=dict)
    _news: dict[tuple[int, bool, int, float], tuple[Ints, Ints, Floats]] = field(default_factory=dict)
    """Impulses of each block: the same for all channels that hear of the same news and are moved as far."""

    def __post_init__(self) -> None:
        if self.intercept is None:
            self.intercept = calibrate(self.blueprint, self.scenario, self.setting)
        whole = blocks(self.blueprint)
        self.parts = whole if self.only is None else [whole[self.only]]
        if not self.populations:
            self.populations = [
                populate(self.blueprint, self.scenario, self.setting, block, slots, intercept=self.intercept) for block, slots in self.parts
            ]
        self.offsets = np.cumsum([0, *(len(p) for p in self.populations)])

    def fresh(self, blueprint: Blueprint) -> World:
        """A world of the same entities and outcomes, or of the first blocks of them, under a plan that differs in what may be revised."""
        if blueprint.slots != self.blueprint.slots and blueprint.slots % BLOCK:
            raise ValueError(f"part of a world holds whole blocks of {BLOCK} slots; got {blueprint.slots} slots")
        there = self.populations[: len(blocks(blueprint))]
        return World(blueprint, self.scenario, self.setting, intercept=self.intercept, populations=there)

    def events(self, channel: Channel, block: int) -> Events:
        """Events of a channel in one block; kept, so that columns of one channel share them."""
        key = (channel.id, block)
        if key not in self._events:
            population, slots = self.populations[block], self.parts[block][1]
            if channel.id in self._revised:
                self._events[key] = finish(self.blueprint, self.setting, population, channel, self._draft(channel, block))
            else:
                self._events[key] = happen(self.blueprint, self.scenario, self.setting, population, channel, slots)
        return self._events[key]

    def exported(self, channel: Channel, block: int) -> Events:
        """The same as an export at the calendar's cut shows them; kept until those of another channel are asked for."""
        key, calendar = (channel.id, block), self.blueprint.calendar
        if key not in self._exported:
            self._exported = {k: v for k, v in self._exported.items() if k[0] == channel.id}
            self._exported[key] = visible(self.events(channel, block), channel, calendar, calendar.cut)
        return self._exported[key]

    def _draft(self, channel: Channel, block: int) -> Draft:
        """The channel's draft, made anew only when something else than its oddities has changed."""
        key, plain = (channel.id, block), replace(channel, quirks=())
        kept = self._drafts.get(key)
        if kept is not None and kept[0] == plain:
            return kept[1]
        population = self.populations[block]
        state = (*key, channel.shared)
        if state not in self._states:
            self._states[state] = states(self.setting, population, channel, self.parts[block][1])
        usual = self._ordinary(channel, block, self._states[state])
        made = draft(
            self.blueprint, self.scenario, self.setting, population, channel, self._states[state], usual=usual, news=partial(self._impulses, block),
        )  # fmt: skip
        self._drafts[key] = (plain, made)
        return made

    def _ordinary(self, channel: Channel, block: int, state: State) -> tuple[Ints, Ints]:
        """The channel's ordinary events, made anew only when their pace has changed."""
        key, pace = (channel.id, block), paced(channel)
        kept = self._usual.get(key)
        if kept is None or kept[0] != pace:
            kept = self._usual[key] = pace, ordinary(self.blueprint, self.setting, self.populations[block], channel, state)
        return kept[1]

    def _impulses(self, block: int, *, before: bool, kind: int, moved: float) -> tuple[Ints, Ints, Floats]:
        key = (block, before, kind, moved)
        if key not in self._news:
            self._news[key] = impulses(self.blueprint, self.populations[block], before=before, kind=kind, moved=moved)
        return self._news[key]

    def forget(self, channel_id: str | None = None) -> None:
        """Drop kept events, of one channel or of all."""
        self._events = {} if channel_id is None else {k: v for k, v in self._events.items() if k[0] != channel_id}
        self._exported = {}  # of one channel at a time

    def revise(self, channel: Channel) -> None:
        """Give one channel other properties (not its weight: outcomes stay as they are)."""
        if channel == self.blueprint.channel(channel.id):
            return
        if channel.weight != self.blueprint.channel(channel.id).weight:
            raise ValueError(f"the weight of {channel.id} is part of every outcome and cannot be revised; make a new world")
        self.blueprint = self.blueprint.with_channel(channel)
        self._revised.add(channel.id)
        self.forget(channel.id)

    def eligible(self, time: int) -> Ints:
        """Entities (numbered over all blocks) that are scored at a decision time."""
        return np.concatenate([eligible(self.blueprint, p, time) + o for p, o in zip(self.populations, self.offsets, strict=False)])

    def labels(self, entity: Ints, time: Ints) -> Floats:
        """Labels of (entity, decision time) pairs."""
        return self.by_block(entity, lambda block, local, rows: labels(self.blueprint, self.scenario, self.populations[block], local, time[rows]))

    def column(self, feature: Feature, entity: Ints, time: Ints, *, path: Path) -> Floats:
        """One column: float64, NaN where null; categories as codes."""
        return self.by_block(entity, partial(self._column, feature, path, time))

    def _column(self, feature: Feature, path: Path, time: Ints, block: int, local: Ints, rows: Ints) -> Floats:
        resolved = feature.on(path)
        values = self._render(resolved, block, local, time[rows])
        changes = dict(resolved.online)
        if "factor" in changes:
            chosen = self._share(feature, block, changes["share"])[local]
            scaled = np.round(values * changes["factor"] * feature.divide) / feature.divide
            values = np.where(chosen, scaled, values)
        if "swap" in changes:
            values = _swapped(values, time[rows], local, self._share(feature, block, changes["swap"])[local])
        return values

    def _share(self, feature: Feature, block: int, share: float) -> np.ndarray:
        rng = self.setting.stream.child("online", feature.name, self.populations[block].block).rng()
        return rng.random(len(self.populations[block])) < share

    def _render(self, feature: Feature, block: int, local: Ints, time: Ints) -> Floats:
        population = self.populations[block]
        if feature.aggregate == "attribute":
            return population.attributes[feature.type][local]
        if feature.aggregate == "tenure":
            return ((time - population.start[local] // DAY * DAY) // DAY).astype(np.float64)
        channel = self.blueprint.channel(f"{feature.stream}.{feature.type}")
        events = counted(self.events(channel, block), feature, channel)
        key = local
        if feature.by == "group":
            events, key = events.keyed(population.group[events.entity]), population.group[local]
        if feature.final:
            events = events.final()
        if feature.grace:
            events = events.known_earlier(feature.grace)
        moments, order = Moments.of(key, time + feature.ahead * DAY)
        values = aggregate(events, moments, how=feature.aggregate, window=feature.window, end=feature.end)
        if feature.backfill:
            values = np.where(np.isnan(values), following(events, moments, within=feature.backfill), values)
        if feature.divide != 1:
            values = values / feature.divide
        out = np.empty(len(values))
        out[order] = values
        return out

    def by_block(self, entity: Ints, answer: Callable[[int, Ints, Ints], Floats]) -> Floats:
        out = np.empty(len(entity))
        for number, local, rows in self.each_block(entity):
            out[rows] = answer(number, local, rows)
        return out

    def each_block(self, entity: Ints) -> Iterator[tuple[int, Ints, Ints]]:
        """(block, entities as numbered in it, their rows) of each block that some of them lie in."""
        block = np.searchsorted(self.offsets, entity, side="right") - 1
        for number in range(len(self.populations)):
            rows = np.flatnonzero(block == number)
            if len(rows):
                yield number, entity[rows] - self.offsets[number], rows


def counted(events: Events, feature: Feature, channel: Channel) -> Events:
    """The events that the definition's rules leave in."""
    for rule in feature.rules:
        events = decoys()[rule].honours(events, channel=channel)
    return events


def _swapped(values: Floats, time: Ints, local: Ints, chosen: np.ndarray) -> Floats:
    """Among the chosen requests of one run each gets the value of the next one."""
    out = values.copy()
    for moment in np.unique(time):
        rows = np.flatnonzero(chosen & (time == moment))
        rows = rows[np.argsort(local[rows], kind="stable")]
        out[rows] = values[np.roll(rows, 1)]
    return out


def render(world: World, spec: Spec, entity: Ints, time: Ints, *, path: Path) -> dict[str, Floats]:
    """Every column of a specification for the given (entity, decision time) pairs."""
    return {feature.name: world.column(feature, entity, time, path=path) for feature in spec.features}
