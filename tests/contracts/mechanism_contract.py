"""What every mechanism promises, as small named checks. Each raises Broken with what was expected, what came, and what to do.

A team's own mechanisms, registered through the entry point `takehome.mechanisms`, are in the catalogue and held to the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from small_world import LEAK, changed, same, shared_world, stream, struck

from generators.catalog import decoys, mechanisms, nearest, scenarios
from generators.kinds import Mechanism
from generators.model import FAMILIES
from generators.rows import EVALUATION, Rows, Split, offline_rows
from graders.statistics import STATISTICS

LEVELS = (1, 2, 3, 4)
ROLES = ("count", "amount", "status", "reading")
ENOUGH = 0.005
"""Share of cells that an edit must change at its subtlest: fewer than one in 200 could not be found by anybody."""

FOLLOWS = 3.0
"""Standard errors by which the changes of a leak must follow the label in a world of 3,000 slots."""


class Broken(AssertionError):
    """A plug-in does not keep the contract; the text says how."""


def known(word: str, what: str, options: Mapping[str, object]) -> None:
    if word not in options:
        raise Broken(f"{what}: {nearest(word, options)}")


def sentence(text: str, what: str) -> None:
    if not text.strip() or not re.search(r"[.?!]$", text):
        raise Broken(f"{what} must be at least one whole sentence; got {text!r}")


def check_declaration(mechanism: Mechanism) -> None:
    """Fields that fit together, and names that exist."""
    who = f"mechanism {mechanism.id!r}"
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", mechanism.id):
        raise Broken(f"{who}: an id is lower-case words joined by underscores, like its file")
    sentence(mechanism.summary, f"{who}: `summary`")
    known(mechanism.family, f"{who}: family", dict.fromkeys(FAMILIES))
    for family in mechanism.siblings:
        known(family, f"{who}: siblings", dict.fromkeys(FAMILIES))
        if family == mechanism.family:
            raise Broken(f"{who}: its own family {family!r} stands among its siblings; siblings are the other families that a reader may name")
    for statistic in mechanism.decisive:
        known(statistic, f"{who}: decisive", STATISTICS)
    if not mechanism.decisive:
        raise Broken(f"{who}: `decisive` is empty; name at least one statistic that settles it: {', '.join(STATISTICS)}")
    for enemy in mechanism.enemies:
        known(enemy, f"{who}: enemies", mechanisms())
        if mechanism.id in mechanisms() and mechanism.id not in mechanisms()[enemy].enemies:
            raise Broken(f"{who}: names {enemy!r} as its enemy, which does not name it back; write it in both files")
    for other in mechanism.alike:
        known(other, f"{who}: alike", mechanisms())
        if mechanism.id in mechanisms() and mechanism.id not in mechanisms()[other].alike:
            raise Broken(f"{who}: says that nothing tells it from {other!r}, which does not say it back; write it in both files")
        if other not in mechanism.enemies:
            raise Broken(f"{who}: nothing tells it from {other!r}, so that no form may hold both; name it among the `enemies`, too")
    for twin in mechanism.twins:
        known(twin, f"{who}: twins", decoys())
        if decoys()[twin].locus != mechanism.locus:
            raise Broken(f"{who}: its locus is {mechanism.locus!r}, but that of its twin {twin!r} is {decoys()[twin].locus!r}")
    if mechanism.locus == "column":
        if mechanism.edit is None or mechanism.strike is not None:
            raise Broken(f"{who}: a column mechanism declares `edit` and no `strike`")
        if not mechanism.roles:
            raise Broken(f"{who}: a column mechanism names the roles of the columns it can strike; `roles` is empty")
        for role in mechanism.roles:
            known(role, f"{who}: roles", dict.fromkeys(ROLES))
            if not any(role in d.roles and mechanism.side in d.phases for d in decoys().values()):
                raise Broken(f"{who}: no decoy can stand beside a {role} column on the {mechanism.side} side; write one first")
    elif mechanism.strike is None or mechanism.edit is not None or not mechanism.twins:
        raise Broken(f"{who}: a mechanism of {mechanism.locus} declares `strike`, at least one of `twins`, and no `edit`")
    if mechanism.leak != bool(mechanism.leaks_by) or (mechanism.leak and mechanism.leaks_by not in LEAK):
        raise Broken(
            f"{who}: `leaks_by` is one of {', '.join(LEAK)} for a leak and empty otherwise; got leak={mechanism.leak}, {mechanism.leaks_by!r}"
        )


def check_edit(mechanism: Mechanism) -> None:
    """Four levels, each another definition of the same column, the same each time, on its own side only."""
    who = f"mechanism {mechanism.id!r}"
    assert mechanism.edit is not None
    for scenario in scenarios().values():
        for clean in (f for f in scenario.features if f.role in mechanism.roles):
            seen = []
            for level in LEVELS:
                try:
                    faulty = mechanism.edit(clean, level)
                except (KeyError, IndexError, ValueError) as error:
                    raise Broken(
                        f"{who}: has no level {level} for {clean.name!r} of {scenario.id} ({error!r}); every mechanism has levels 1 to 4"
                    ) from error
                if faulty != mechanism.edit(clean, level):
                    raise Broken(
                        f"{who}: level {level} gives another definition when asked again; an edit is a pure function of definition and level"
                    )
                if (faulty.name, faulty.role, faulty.unit) != (clean.name, clean.role, clean.unit):
                    raise Broken(f"{who}: level {level} turns {clean.name!r} into {faulty.name!r}; an edit leaves name, role and unit as they are")
                if faulty == clean:
                    raise Broken(f"{who}: level {level} leaves the definition of {clean.name!r} as it is")
                if mechanism.side == "serving" and faulty.on("offline") != clean.on("offline"):
                    raise Broken(f"{who}: strikes the serving side, but level {level} changes the offline definition; put the change into `online`")
                seen.append(faulty)
    if mechanism.prepare is not None:
        for scenario in scenarios().values():
            for channel in scenario.channels:
                for level in LEVELS:
                    if mechanism.prepare(channel, level).id != channel.id:
                        raise Broken(f"{who}: `prepare` turns {channel.id!r} into another channel")


def check_words(mechanism: Mechanism) -> None:
    """A grader is told what, how, how it can be seen, what it costs and what to ask, at every level; no placeholder is left over."""
    for level in LEVELS:
        words = mechanism.words(site="the_site", level=level, entity="listener")
        for field in fields(words):
            text = getattr(words, field.name)
            what = f"mechanism {mechanism.id!r}: `{field.name}` of its words at level {level}"
            if field.name == "title":
                if "`the_site`" not in text:
                    raise Broken(f"{what} must name the column or table as `the_site`; got {text!r}")
            else:
                sentence(text, what)
            if re.search(r"[{}]", text):
                raise Broken(f"{what} still holds a brace: {text!r}")


def check_rendering(mechanism: Mechanism, scenario: str, level: int, role: str) -> None:
    """In a world that is prepared for it, the edit changes this column on its own side, in enough cells to be found."""
    who = f"mechanism {mechanism.id!r} at level {level} on a {role} column of {scenario}"
    site, faulty = struck(mechanism, scenario, level, role=role)
    before, after = (site.column(f, "offline") for f in (site.feature, faulty))
    served_before, served_after = (site.column(f, "online") for f in (site.feature, faulty))
    if not same(before, served_before):
        raise Broken(f"{who}: the clean definition differs between offline and online; `prepare` may change the world, never a path")
    share = float((changed(before, after) if mechanism.side == "offline" else changed(served_before, served_after)).mean())
    if share < ENOUGH:
        raise Broken(f"{who}: changes {share:.2%} of the cells on its side ({mechanism.side}); at least {ENOUGH:.1%} must differ")
    if mechanism.side == "serving" and not same(before, after):
        raise Broken(f"{who}: changes offline values, though it strikes the serving side")
    if mechanism.side == "offline" and not same(served_before, served_after):
        raise Broken(f"{who}: changes served values, though it strikes the offline side; what is wrong on both sides has no honest value to compare")


def check_leak(mechanism: Mechanism, scenario: str, role: str) -> None:
    """Where a leak changes a value, the change follows the label: the column knows something of the outcome."""
    site, faulty = struck(mechanism, scenario, 1, role=role, slots=3000)
    before, after, label = site.column(site.feature, "offline"), site.column(faulty, "offline"), site.labels()
    told = np.where(np.isnan(before), after - np.nanmean(after), after - before)
    mask = changed(before, after) & ~np.isnan(told)
    sigmas = abs(float(np.corrcoef(told[mask], label[mask])[0, 1])) * float(mask.sum()) ** 0.5 if mask.sum() > 2 else 0.0
    if not sigmas > FOLLOWS:
        raise Broken(
            f"mechanism {mechanism.id!r} on a {role} column of {scenario}: says that it leaks, but the {int(mask.sum())} values it changes follow the label "
            f"by {sigmas:.1f} standard errors; expected more than {FOLLOWS:g} with {mechanism.leaks_by}={LEAK.get(mechanism.leaks_by)}"
        )


def check_strike(mechanism: Mechanism, scenario: str, table: str) -> None:
    """A strike on rows or the split changes its own table only, marks each row that it put there, and weakens with the level."""
    who = f"mechanism {mechanism.id!r} on {table} of {scenario}"
    world = shared_world(scenario, slots=1500)
    split = offline_rows(world, stream(scenario, "split"))
    assert mechanism.strike is not None
    shares = []
    for level in LEVELS:
        hits: list[Split] = [
            mechanism.strike(split, table, level, rng=stream(mechanism.id, str(level)).rng(), calendar=world.blueprint.calendar) for _ in range(2)
        ]
        struck_rows = hits[0].tables[table]
        if not _equal(struck_rows, hits[1].tables[table]):
            raise Broken(f"{who}: level {level} gives other rows with the same generator; draw from `rng` only")
        for other in split.tables:
            if other != table and hits[0].tables[other] is not split.tables[other]:
                raise Broken(f"{who}: level {level} also changes {other}; a strike changes the table it is given")
        if not struck_rows.faulty.any():
            raise Broken(f"{who}: level {level} marks no row as faulty; the ledger would find nothing")
        honest = {*zip(split.tables[table].entity.tolist(), split.tables[table].time.tolist(), strict=True)}
        strangers = [
            position
            for position, pair in enumerate(zip(struck_rows.entity.tolist(), struck_rows.time.tolist(), strict=True))
            if pair not in honest and not struck_rows.faulty[position]
        ]
        if strangers:
            raise Broken(f"{who}: level {level} adds {len(strangers)} rows without marking them faulty")
        shares.append(float(struck_rows.faulty.mean()))
    if shares != sorted(shares, reverse=True) or shares[0] == shares[-1]:
        raise Broken(f"{who}: the share of struck rows must fall from level 1 to 4; got {', '.join(f'{s:.3f}' for s in shares)}")
    if table not in EVALUATION:
        raise Broken(f"{who}: {table!r} is not an evaluation table")


def _equal(a: Rows, b: Rows) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(Rows))
