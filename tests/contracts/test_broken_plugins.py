"""The contract itself is tested: deliberately broken plug-ins, each with the message that its author gets."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import decoy_contract
import mechanism_contract
import numpy as np
import pytest
from mechanism_contract import Broken

from generators.asof import Events
from generators.catalog import decoys, mechanisms
from generators.kinds import Mechanism, Words
from generators.model import Channel, Feature
from generators.rows import Split

WINDOW = mechanisms()["window_past_decision"]
UNIT = mechanisms()["unit_switch"]
COPIES = mechanisms()["copied_rows"]
SMALL = decoys()["small_events"]
BOOKED = decoys()["booked_ahead"]


def no_level_four(feature: Feature, level: int) -> Feature:
    return replace(feature, ahead={1: 14, 2: 10, 3: 7}[level])


_turn = itertools.count(1)


def another_each_time(feature: Feature, level: int) -> Feature:
    return replace(feature, ahead=next(_turn))


def renames(feature: Feature, level: int) -> Feature:
    return replace(feature, name=feature.name + "_v2", ahead=level)


def offline_in_disguise(feature: Feature, level: int) -> Feature:
    return replace(feature, window=feature.window + level)


def shifted_on_both_paths(feature: Feature, level: int) -> Feature:
    return replace(feature, end=7)


def barely(feature: Feature, level: int) -> Feature:
    return replace(feature, online=(("factor", 100.0), ("share", 0.0)))


def shifted_into_the_past(feature: Feature, level: int) -> Feature:
    return replace(feature, end=-level)


def another_channel(channel: Channel, level: int) -> Channel:
    return replace(channel, type="other")


def same_share_always(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: object) -> Split:
    rows = split.tables[table]
    return split.with_table(table, replace(rows, faulty=np.arange(len(rows)) < 20))


def unmarked(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: object) -> Split:
    rows = split.tables[table]
    return split.with_table(table, rows.with_rows(split.tables["train"].take(np.arange(60 // level))))


def half_marked(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: object) -> Split:
    copies = split.tables["train"].take(np.arange(60 // level))
    return split.with_table(table, split.tables[table].with_rows(replace(copies, faulty=np.arange(len(copies)) % 2 == 0)))


def reaches_train(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: object) -> Split:
    train = split.tables["train"]
    return split.with_table("train", train.take(np.arange(len(train) - 10 * level)))


def own_generator(split: Split, table: str, level: int, *, rng: np.random.Generator, calendar: object) -> Split:
    rows, train = split.tables[table], split.tables["train"]
    origin = np.random.default_rng().choice(len(train), 60 // level, replace=False)
    return split.with_table(table, rows.with_rows(replace(train.take(origin), faulty=np.ones(len(origin), dtype=np.bool_))))


def speechless(*, site: str, **_: object) -> Words:
    return Words(title=f"`{site}` is broken", explanation="It is.", trail="Look.", price="", question="Why?")


def nameless(**_: object) -> Words:
    return Words(title="A column is broken", explanation="It is.", trail="Look.", price="Much.", question="Why?")


def unfilled(*, site: str, **_: object) -> Words:
    return Words(title=f"`{site}` is broken", explanation="It is {site}.", trail="Look.", price="Much.", question="Why?")


def looks_ahead(events: Events, *, channel: Channel) -> Events:
    """Leaves out every third event unless it is an entity's last: nobody can know at the decision whether another will follow."""
    mask = np.ones(len(events), dtype=np.bool_)
    mask[::3] = False
    last = np.concatenate((events.entity[1:] != events.entity[:-1], [True]))
    return events.select(mask | last)


def nothing_odd(events: Events, **_: object) -> Events:
    return events


MECHANISMS: tuple[tuple[str, Mechanism, Callable[..., None], tuple[Any, ...], str], ...] = (
    ("id", replace(WINDOW, id="Window-Past"), mechanism_contract.check_declaration, (), r"an id is lower-case words joined by underscores"),
    ("summary", replace(WINDOW, summary="no full stop"), mechanism_contract.check_declaration, (), r"`summary` must be at least one whole sentence; got 'no full stop'"),
    ("family", replace(WINDOW, family="future_timestamps"), mechanism_contract.check_declaration, (), r"family: 'future_timestamps' is not known\. Did you mean 'future_timestamp'"),
    ("siblings", replace(WINDOW, siblings=("leak",)), mechanism_contract.check_declaration, (), r"siblings: 'leak' is not known"),
    ("own sibling", replace(WINDOW, siblings=(WINDOW.family,)), mechanism_contract.check_declaration, (), r"its own family 'future_timestamp' stands among its siblings"),
    ("statistic", replace(WINDOW, decisive=("aucc",)), mechanism_contract.check_declaration, (), r"decisive: 'aucc' is not known\. Did you mean 'auc'"),
    ("no statistic", replace(WINDOW, decisive=()), mechanism_contract.check_declaration, (), r"`decisive` is empty; name at least one statistic"),
    ("enemy", replace(WINDOW, enemies=("unit_swich",)), mechanism_contract.check_declaration, (), r"enemies: 'unit_swich' is not known\. Did you mean 'unit_switch'"),
    ("one-sided enemy", replace(WINDOW, enemies=("unit_switch",)), mechanism_contract.check_declaration, (), r"names 'unit_switch' as its enemy, which does not name it back"),
    ("unknown like", replace(WINDOW, alike=("unit_swich",)), mechanism_contract.check_declaration, (), r"alike: 'unit_swich' is not known\. Did you mean 'unit_switch'"),
    ("one-sided like", replace(WINDOW, alike=("unit_switch",)), mechanism_contract.check_declaration, (), r"nothing tells it from 'unit_switch', which does not say it back"),
    ("like beside it", replace(WINDOW, enemies=()), mechanism_contract.check_declaration, (), r"so that no form may hold both; name it among the `enemies`"),
    ("twin of another kind", replace(COPIES, twins=("small_events",)), mechanism_contract.check_declaration, (), r"its locus is 'rows', but that of its twin 'small_events' is 'column'"),
    ("no twin", replace(COPIES, twins=()), mechanism_contract.check_declaration, (), r"declares `strike`, at least one of `twins`, and no `edit`"),
    ("no edit", replace(WINDOW, edit=None), mechanism_contract.check_declaration, (), r"a column mechanism declares `edit` and no `strike`"),
    ("role", replace(WINDOW, roles=("counts",)), mechanism_contract.check_declaration, (), r"roles: 'counts' is not known\. Did you mean 'count'"),
    ("no role", replace(WINDOW, roles=()), mechanism_contract.check_declaration, (), r"`roles` is empty"),
    ("leak without a channel", replace(WINDOW, leaks_by=""), mechanism_contract.check_declaration, (), r"`leaks_by` is one of response, precursor, reversal"),
    ("missing level", replace(WINDOW, edit=no_level_four), mechanism_contract.check_edit, (), r"has no level 4 .* every mechanism has levels 1 to 4"),
    ("impure edit", replace(WINDOW, edit=another_each_time), mechanism_contract.check_edit, (), r"gives another definition when asked again"),
    ("renaming edit", replace(WINDOW, edit=renames), mechanism_contract.check_edit, (), r"an edit leaves name, role and unit as they are"),
    ("idle edit", replace(WINDOW, edit=lambda feature, level: feature), mechanism_contract.check_edit, (), r"level 1 leaves the definition of '\w+' as it is"),
    ("serving fault offline", replace(UNIT, edit=offline_in_disguise), mechanism_contract.check_edit, (), r"put the change into `online`"),
    ("offline fault online", replace(WINDOW, edit=shifted_on_both_paths), mechanism_contract.check_rendering, ("home_pricing", 1, "count"), r"changes served values, though it strikes the offline side"),
    ("prepare", replace(WINDOW, prepare=another_channel), mechanism_contract.check_edit, (), r"`prepare` turns '[\w.]+' into another channel"),
    ("price", replace(WINDOW, words=speechless), mechanism_contract.check_words, (), r"`price` of its words at level 1 must be at least one whole sentence; got ''"),
    ("title", replace(WINDOW, words=nameless), mechanism_contract.check_words, (), r"must name the column or table as `the_site`"),
    ("brace", replace(WINDOW, words=unfilled), mechanism_contract.check_words, (), r"still holds a brace"),
    ("no effect", replace(UNIT, edit=barely), mechanism_contract.check_rendering, ("home_pricing", 1, "amount"), r"changes 0\.00% of the cells on its side \(serving\)"),
    ("no leak", replace(WINDOW, edit=shifted_into_the_past), mechanism_contract.check_leak, ("home_pricing", "count"), r"says that it leaks, but the \d+ values it changes follow the label by"),
    ("level without dial", replace(COPIES, strike=same_share_always), mechanism_contract.check_strike, ("home_pricing", "holdout"), r"the share of struck rows must fall from level 1 to 4"),
    ("unmarked rows", replace(COPIES, strike=unmarked), mechanism_contract.check_strike, ("home_pricing", "holdout"), r"marks no row as faulty"),
    ("half marked", replace(COPIES, strike=half_marked), mechanism_contract.check_strike, ("home_pricing", "holdout"), r"adds 30 rows without marking them faulty"),
    ("other table", replace(COPIES, strike=reaches_train), mechanism_contract.check_strike, ("home_pricing", "holdout"), r"also changes train; a strike changes the table it is given"),
    ("own generator", replace(COPIES, strike=own_generator), mechanism_contract.check_strike, ("home_pricing", "holdout"), r"gives other rows with the same generator; draw from `rng` only"),
)  # fmt: skip

DECOYS: tuple[tuple[str, Any, Callable[..., None], tuple[Any, ...], str], ...] = (
    ("id", replace(SMALL, id="smallEvents"), decoy_contract.check_declaration, (), r"an id is lower-case words"),
    ("summary", replace(SMALL, summary=""), decoy_contract.check_declaration, (), r"`summary` must be at least one whole sentence"),
    ("phases", replace(SMALL, phases=("online",)), decoy_contract.check_declaration, (), r"phases: 'online' is not known"),
    ("no phases", replace(SMALL, phases=()), decoy_contract.check_declaration, (), r"names the roles that it fits and the phases"),
    ("source", replace(SMALL, source="robot"), decoy_contract.check_declaration, (), r"`source` and `remark` go together"),
    ("own dose", replace(SMALL, own_dose=(0.2, 0.1)), decoy_contract.check_declaration, (), r"`own_dose` is a range of positive rates"),
    ("roles of rows", replace(SMALL, locus="rows"), decoy_contract.check_declaration, (), r"only a decoy of columns has roles and phases"),
    ("no rule", replace(SMALL, sentences=(" ",)), decoy_contract.check_declaration, (), r"`sentences` is empty; without a sentence in the data dictionary"),
    ("placeholder", replace(SMALL, sentences=("a whole one", "below {least}")), decoy_contract.check_declaration, (), r"placeholder 'least'; there are source, minimum"),
    ("title", replace(SMALL, words=nameless), decoy_contract.check_words, (), r"`title` must name the column or table"),
    ("explanation", replace(SMALL, words=lambda *, site, **_: Words(title=f"`{site}`", explanation="")), decoy_contract.check_words, (), r"`explanation` must be"),
    ("all-seeing", replace(SMALL, define=lambda f: replace(f, grace=7)), decoy_contract.check_definition, ("home_pricing", "count"), r"lets a path see what the other cannot"),
    ("forgets its rule", replace(SMALL, define=lambda f: replace(f, rules=())), decoy_contract.check_definition, ("home_pricing", "count"), r"leaves name, role and rules as they are"),
    ("differs online", replace(BOOKED, define=lambda f: replace(f, grace=30, end=14)), decoy_contract.check_honest, ("home_pricing", "count"), r"offline and online differ in \d+ of"),
    ("looks ahead", replace(SMALL, honours=looks_ahead), decoy_contract.check_honest, ("home_pricing", "count"), r"the definition looks ahead"),
    ("nobody accuses it", replace(SMALL, trace=nothing_odd, honours=nothing_odd), decoy_contract.check_accused, ("home_pricing", "count", "offline"), r"or it is a twin of nothing"),
)  # fmt: skip


@pytest.mark.parametrize(("plugin", "check", "arguments", "message"), [pytest.param(*row[1:], id=row[0]) for row in MECHANISMS])
def test_broken_mechanism(plugin: Mechanism, check: Callable[..., None], arguments: tuple[Any, ...], message: str) -> None:
    """Every mistake is caught by the check that is meant for it, in words that say what to do."""
    with pytest.raises(Broken, match=message):
        check(plugin, *arguments)


@pytest.mark.parametrize(("plugin", "check", "arguments", "message"), [pytest.param(*row[1:], id=row[0]) for row in DECOYS])
def test_broken_decoy(monkeypatch: pytest.MonkeyPatch, plugin: Any, check: Callable[..., None], arguments: tuple[Any, ...], message: str) -> None:
    """The same for decoys; the engine finds the broken one in the catalogue, as it would once installed."""
    found = {**decoys(), plugin.id: plugin}
    monkeypatch.setattr("generators.features.decoys", lambda: found)
    monkeypatch.setattr("generators.happenings.decoys", lambda: found)
    with pytest.raises(Broken, match=message):
        check(plugin, *arguments)
