"""What a submission works out from the exported files is, cell by cell, what the generator rendered."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_world import SCENARIOS, at_site, disguised, first_of, moments, shared_world, stream

from generators.catalog import decoys, marks, scenarios
from generators.decoys._traces import minimum
from generators.features import World
from generators.log import write_log
from generators.model import DAY, Channel, Feature, Ints, Phase, Quirk
from generators.tables import Writer
from kit.personas.workshop.asof import Definitions, recompute

RULED = [d.id for d in decoys().values() if d.locus == "column" and not d.aside and d.id != "retention_purge"]


def exported(world: World, folder: Path, *, cut: int | None = None, until: int | None = None) -> Writer:
    writer = Writer(scenario=world.scenario, spec=world.blueprint.spec, keys=stream("engine"))
    write_log(world, writer, folder, cut=world.blueprint.calendar.end if cut is None else cut, until=until)
    return writer


def asked(writer: Writer, entity: Ints, time: Ints) -> pd.DataFrame:
    names = writer.entity(entity).to_pylist()
    return pd.DataFrame({"entity_id": names, "decision_time": pd.to_datetime(time, unit="us", utc=True)})


def definitions(features: dict[str, Feature], channels: tuple[Channel, ...]) -> Definitions:
    constants: dict[str, Any] = {
        **marks(), "small_events": {c.id: minimum(c) for c in channels},
    }  # fmt: skip
    return Definitions(features={name: asdict(f) for name, f in features.items()}, constants=constants)


def variants(feature: Feature, rng: np.random.Generator) -> dict[str, Feature]:
    """The definition with every aggregate over windows and ends at random."""
    found = {"as it is": feature}
    for how in ("count", "sum", "mean", "max", "last", "days_since"):
        for window in (0, int(rng.integers(3, 60))):
            end = int(rng.choice([-7, 0, 0, 14]))
            found[f"{how} {window} {end}"] = replace(feature, aggregate=how, window=window, end=end, divide=100 if how == "sum" else 1)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_declared_column(scenario: str, tmp_path: Path) -> None:
    """All columns of a scenario, groups, tenure and attributes among them, at decisions of every part of the calendar."""
    world = shared_world(scenario)
    writer = exported(world, tmp_path)
    entity, time = moments(world, (6, 14, 22, 30, 40))
    columns = {f.name: f for f in world.blueprint.spec.features}
    found = recompute(tmp_path, asked(writer, entity, time), definitions(columns, world.blueprint.channels))
    words = {a.name: np.array([w for w, _ in a.categories]) for a in scenarios()[scenario].attributes if a.categories}
    for name, feature in columns.items():
        true = world.column(feature, entity, time, path="offline")
        if feature.type in words:
            assert (found[name] == words[feature.type][true.astype(int)]).all(), name
        else:
            np.testing.assert_array_equal(found[name].astype(np.float64), true, err_msg=name)


@pytest.mark.parametrize("rule", RULED)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_rule_under_every_aggregate(scenario: str, rule: str, tmp_path: Path) -> None:
    """Each rule with its oddity in the log, over random windows, with many late records and amendments."""
    rng = np.random.default_rng(len(rule))
    for role in decoys()[rule].roles:
        site = disguised(rule, scenario, role, dose=0.5, phase=Phase())
        site.world.revise(replace(site.channel, late=0.4, delay=20.0, amend=0.3))
        folder = tmp_path / role
        writer = exported(site.world, folder)
        columns = variants(site.feature, rng)
        found = recompute(folder, asked(writer, site.entity, site.time), definitions(columns, (site.channel,)))
        for name, feature in columns.items():
            np.testing.assert_array_equal(found[name], site.world.column(feature, site.entity, site.time, path="offline"), err_msg=f"{role} {name}")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_batch_shows_what_was_known(scenario: str, tmp_path: Path) -> None:
    """From the log of a scoring run comes what the whole log gives; records that were made later change nothing."""
    clean = replace(first_of(scenario, "amount"), rules=("repeated_events",))
    quirk = Quirk(kind="repeated_events", dose=0.5)
    site = at_site(scenario, clean, weeks=(40,), late=0.5, delay=20.0, amend=0.3, rate=6.0, quirks=(quirk,))
    cut = int(site.time[0])
    columns = {clean.name: clean, "last": replace(clean, aggregate="last", window=0), "bookings": replace(clean, end=14)}
    names = definitions(columns, (site.channel,))
    writer = exported(site.world, tmp_path / "now", cut=cut)
    exported(site.world, tmp_path / "late", cut=cut, until=cut + 21 * DAY)
    rows = asked(writer, site.entity, site.time)
    now, late = (recompute(tmp_path / name, rows, names) for name in ("now", "late"))
    for name, feature in columns.items():
        np.testing.assert_array_equal(now[name], late[name])
        true = site.world.column(feature, site.entity, site.time, path="online")
        np.testing.assert_array_equal(now[name], true, err_msg=name)


def test_rows_in_any_order_and_in_parts_get_the_same(tmp_path: Path) -> None:
    """A row's value does not depend on the other rows."""
    world = shared_world("subscription_churn")
    writer = exported(world, tmp_path)
    entity, time = moments(world, (10, 20))
    names = definitions({f.name: f for f in world.blueprint.spec.features if f.aggregate != "attribute"}, world.blueprint.channels)
    rows = asked(writer, entity, time)
    whole = recompute(tmp_path, rows, names)
    order = np.random.default_rng(3).permutation(len(rows))
    shuffled = recompute(tmp_path, rows.iloc[order].reset_index(drop=True), names)
    half = recompute(tmp_path, rows.iloc[: len(rows) // 2], names)
    for name, values in whole.items():
        np.testing.assert_array_equal(values[order], shuffled[name])
        np.testing.assert_array_equal(values[: len(half[name])], half[name])
    assert all(len(v) == 0 for v in recompute(tmp_path, rows.iloc[:0], names).values())


def test_an_unknown_aggregate_is_refused(tmp_path: Path) -> None:
    """The error says what was expected and what came."""
    world = shared_world("subscription_churn")
    writer = exported(world, tmp_path)
    entity, time = moments(world, (10,))
    feature = replace(first_of("subscription_churn", "count"), aggregate="median")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'median'"):
        recompute(tmp_path, asked(writer, entity, time), definitions({"x": feature}, world.blueprint.channels))
