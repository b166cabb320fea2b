"""Rows as production would serve them are what the engine's own online rendering gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
from persona_form import Mini

from generators.case import Case
from generators.model import Ints
from generators.tables import Writer
from kit.personas._backtest import as_served, inherited_estimate


def test_leaks_come_as_the_online_job_has_them(each: Mini) -> None:
    """Cell by cell on the late rows of an evaluation set, for faults that leave nothing to chance and columns whose log is all there."""
    case, form = each.case, each.form
    given = form.key.given("acceptance")
    served = as_served(form, given)
    rows = case.given["acceptance"].rows
    names = np.asarray(_entities(case, rows.shown_entity))
    at = pd.Series(np.arange(len(rows)), index=pd.MultiIndex.from_arrays([names, rows.shown_time]))
    at = at[~at.index.duplicated()]  # a copied row may show an entity and a time that another row has, too
    place = at.loc[list(zip(given["entity_id"], given["decision_time"].to_numpy("datetime64[us]").astype(np.int64), strict=True))].to_numpy()
    checked = 0
    for fault in case.faults.columns:
        faulty = case.faults.dirty[fault.site]
        if {"share", "swap"} & set(dict(faulty.online)) or fault.site not in each.whole("offline"):
            continue
        true = case.world.column(faulty, rows.shown_entity, rows.shown_time, path="online")[place]
        np.testing.assert_array_equal(served[fault.site], true, err_msg=fault.mechanism)
        checked += 1
    assert checked


def _entities(case: Case, numbers: Ints) -> list[str]:
    names: list[str] = Writer(scenario=case.scenario, spec=case.plan.spec, keys=case.stream.child("given")).entity(numbers).to_pylist()
    return names


def test_a_switch_of_units_strikes_its_share(churn: Mini) -> None:
    """About as many rows as the job's share show the factor (within five standard errors); the others are honest."""
    form = churn.form
    (fault,) = (f for f in churn.case.faults.columns if f.mechanism == "unit_switch")
    online = dict(churn.case.faults.dirty[fault.site].online)
    given = form.key.given("train")
    served, honest = as_served(form, given)[fault.site], form.key.honest("train")[fault.site]
    some = honest > 0
    struck = (served != honest)[some]
    entities = given.loc[some.index[some], "entity_id"].nunique()  # the job strikes whole entities
    assert abs(struck.mean() - online["share"]) < 5 * np.sqrt(online["share"] * (1 - online["share"]) / entities)
    np.testing.assert_allclose(served[some][struck], honest[some][struck] * online["factor"], atol=0.006)


def test_a_wrong_join_keeps_the_distribution(home: Mini) -> None:
    """Values move between rows of one decision; each run's values stay the same set."""
    form = home.form
    (fault,) = (f for f in home.case.faults.columns if f.mechanism == "wrong_row_join")
    given = form.key.given("train")
    served, honest = as_served(form, given)[fault.site], form.key.honest("train")[fault.site]
    assert (served != honest).mean() > 0.1
    for _, rows in given.groupby("decision_time").groups.items():
        np.testing.assert_array_equal(np.sort(served[rows]), np.sort(honest[rows]))


def test_the_estimate_has_an_interval(each: Mini) -> None:
    """In the metric of the form, around the point."""
    said = inherited_estimate(each.form)
    assert said["metric"] == each.form.key.truth.metric
    assert float(said["low"]) < float(said["estimate"]) < float(said["high"])  # type: ignore[arg-type]
