"""What every decoy promises: it looks guilty to a plain recount and is honest to the last cell."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from mechanism_contract import ROLES, Broken, known, sentence
from small_world import Site, changed, disguised, first_of, known_at, replace_world

from generators.catalog import mechanisms
from generators.kinds import Decoy
from generators.model import Phase
from generators.screens import recount
from generators.sites import twin_of

PHASES = ("offline", "serving")
PLACEHOLDERS = {
    "source": "batch",
    "minimum": "5",
    "days": "90",
    "period": "2024-01-01 to 2024-02-01",
    "shift": "14",
    "type": "calls",
    "entity": "listener",
    "entities": "listeners",
}
ACCUSED = 0.02
"""Share of cells that a plain recount must contradict where the oddity shows; a decoy that nobody would accuse is no decoy."""


def check_declaration(decoy: Decoy) -> None:
    """Fields that fit together."""
    who = f"decoy {decoy.id!r}"
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", decoy.id):
        raise Broken(f"{who}: an id is lower-case words joined by underscores, like its file")
    sentence(decoy.summary, f"{who}: `summary`")
    if bool(decoy.source) != bool(decoy.remark):
        raise Broken(f"{who}: `source` and `remark` go together: DATA.md names each source and says what it is")
    low, high = decoy.own_dose
    if not 0 < low <= high:
        raise Broken(f"{who}: `own_dose` is a range of positive rates; got {decoy.own_dose}")
    if decoy.locus != "column":
        if decoy.roles or decoy.phases:
            raise Broken(f"{who}: only a decoy of columns has roles and phases")
        return
    if not decoy.roles or not decoy.phases:
        raise Broken(f"{who}: a decoy of columns names the roles that it fits and the phases in which it can show")
    for role in decoy.roles:
        known(role, f"{who}: roles", dict.fromkeys(ROLES))
    for phase in decoy.phases:
        known(phase, f"{who}: phases", dict.fromkeys(PHASES))
    if not decoy.sentences or not all(s.strip() for s in decoy.sentences):
        raise Broken(f"{who}: `sentences` is empty; without a sentence in the data dictionary nobody could clear it")
    try:
        for phrasing in decoy.sentences:
            phrasing.format(**PLACEHOLDERS)
    except KeyError as error:
        raise Broken(f"{who}: `sentences` holds the placeholder {error.args[0]!r}; there are {', '.join(PLACEHOLDERS)}") from error


def check_words(decoy: Decoy) -> None:
    """A grader is told what it is and why it is innocent."""
    words = decoy.words(site="the_site", entity="listener", level=1)
    if "`the_site`" not in words.title:
        raise Broken(f"decoy {decoy.id!r}: `title` must name the column or table as `the_site`; got {words.title!r}")
    sentence(words.explanation, f"decoy {decoy.id!r}: `explanation`")


def check_definition(decoy: Decoy, scenario: str, role: str) -> None:
    """The clean definition is one that both paths can compute."""
    clean = replace(first_of(scenario, role), rules=(decoy.id,))
    defined = decoy.define(clean)
    if defined != decoy.define(clean):
        raise Broken(f"decoy {decoy.id!r}: `define` gives another definition when asked again")
    if (defined.name, defined.role, defined.rules) != (clean.name, clean.role, clean.rules):
        raise Broken(
            f"decoy {decoy.id!r}: `define` leaves name, role and rules as they are; got {defined.name!r}, {defined.role!r}, {defined.rules!r}"
        )
    if defined.ahead or defined.grace or defined.final or defined.backfill or defined.online:
        raise Broken(
            f"decoy {decoy.id!r}: `define` lets a path see what the other cannot; an honest definition sets none of ahead, grace, final, backfill, online"
        )


def check_honest(decoy: Decoy, scenario: str, role: str) -> None:
    """Offline and online agree cell by cell, and taking everything recorded after the decision out of the log changes nothing."""
    who = f"decoy {decoy.id!r} on a {role} column of {scenario}"
    site = disguised(decoy, scenario, role)
    offline, online = site.column(site.feature, "offline"), site.column(site.feature, "online")
    differing = int(changed(offline, online).sum())
    if differing:
        raise Broken(f"{who}: offline and online differ in {differing} of {len(offline)} cells; an honest definition is computed alike on both paths")
    ahead = int(sum(changed(then, offline[rows]).sum() for rows, then in _as_of(site)))
    if ahead:
        raise Broken(f"{who}: {ahead} of {len(offline)} cells change when later records are taken out of the log; the definition looks ahead")


def _as_of(site: Site) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each decision time its rows, and the column as computed from the log that stood there then."""
    found = []
    for time in np.unique(site.time):
        rows = np.flatnonzero(site.time == time)
        then = replace_world(site.world)
        then._events[(site.channel.id, 0)] = known_at(site.events(), int(time))
        found.append((rows, then.column(site.feature, site.entity[rows], site.time[rows], path="offline")))
    return found


def _check_logged(decoy: Decoy, scenario: str, role: str) -> None:
    """Where a mechanism that it mirrors can strike the role, the log shows what that would have served, and what was served is honest."""
    skews = [m for m in mechanisms().values() if m.mirror == decoy.id and role in m.roles]
    if not skews:
        raise Broken(f"decoy {decoy.id!r}: no mechanism that strikes {role} columns names it as its mirror, so it would never show")
    for mechanism in skews:
        site = disguised(decoy, scenario, role)
        twin = twin_of(first_of(scenario, role), mechanism, 1, (decoy.id,))
        served, logged = (site.world.column(twin, site.entity, site.time, path=path) for path in ("online", "log"))
        share = float(changed(served, logged).mean())
        if share < ACCUSED:
            raise Broken(
                f"decoy {decoy.id!r} beside {mechanism.id}: {share:.1%} of what is logged differs from what was served; at least {ACCUSED:.0%}"
            )
        if changed(served, site.world.column(twin, site.entity, site.time, path="offline")).any():
            raise Broken(
                f"decoy {decoy.id!r} beside {mechanism.id}: the model was served other values than the definition says; only the log may be wrong"
            )


def check_accused(decoy: Decoy, scenario: str, role: str, phase: str) -> None:
    """A plain recount contradicts the column in the phase in which the oddity shows."""
    if decoy.logs:
        _check_logged(decoy, scenario, role)
        return
    where = Phase(offline=phase == "offline", serving=phase == "serving")
    site = disguised(decoy, scenario, role, dose=0.8, phase=where)
    late = site.time >= site.world.blueprint.calendar.at(site.world.blueprint.calendar.turn)
    rows = late if phase == "serving" else ~late
    given = site.column(site.feature, "offline")
    seen = recount(site.world, site.feature, given[rows], site.entity[rows], site.time[rows])
    worst = max(seen.naive, seen.aware)
    if worst < ACCUSED:
        raise Broken(
            f"decoy {decoy.id!r} on a {role} column of {scenario}: a plain recount contradicts {worst:.1%} of the {phase} cells; "
            f"at least {ACCUSED:.0%} must look wrong, or it is a twin of nothing"
        )
