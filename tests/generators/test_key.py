"""The key says what was planted, under the ids of the take-home; the graders can read it."""

from __future__ import annotations

import json

import pandas as pd
from written_form import Written

from generators.case import mechanism
from graders.key import Key


def test_graders_can_read_it(form: Written) -> None:
    """Every fault and every twin, with the numbers of the references."""
    key = Key.load(form.folder)
    assert [f.id for f in key.truth.faults] == [f.id for f in form.made.case.plan.faults]
    assert key.truth.reference.m_ref == form.made.reference.m_ref
    for table in ("train", "serving_log"):
        assert len(key.honest(table)) == len(key.given(table))


def test_faults_and_twins_name_what_is_there(form: Written) -> None:
    """Columns of the tables, tables of the form; each twin names its fault and stands at its own site."""
    raw = json.loads((form.folder / "key.json").read_text())
    planned = {f.id: f for f in form.made.case.plan.faults}
    columns = set(pd.read_parquet(form.folder / "given" / "train.parquet").columns)
    for fault, decoy in zip(raw["faults"], raw["decoys"], strict=True):
        plan = planned[fault["id"]]
        assert (fault["mechanism"], fault["level"], fault["twin"], decoy["twin_of"]) == (plan.mechanism, plan.level, plan.twin, plan.id)
        if fault["locus"]["kind"] == "column":
            assert fault["locus"]["column"] == plan.site in columns
            assert decoy["locus"]["column"] == plan.twin_site in columns
        assert fault["locus"] in fault["accepted"]
        assert (fault["probe"] is not None) == mechanism(plan).leak
        assert all(fault[name] for name in ("title", "explanation", "trail", "price", "question"))
    assert set(raw["columns"]) == {f.name for f in form.made.case.plan.spec.features}


def test_row_sets_hold_the_rows_of_their_fault(form: Written) -> None:
    """Ids of the table; for copies, pairs of a row and the training row that it copies."""
    raw = json.loads((form.folder / "key.json").read_text())
    train = pd.read_parquet(form.folder / "given" / "train.parquet").set_index("row_id")
    for fault in form.made.case.faults.tables:
        entry = raw["row_sets"][fault.id]
        table = pd.read_parquet(form.folder / "given" / f"{fault.site}.parquet").set_index("row_id")
        assert set(entry["rows"]) <= set(table.index)
        assert len(entry["rows"]) == int(form.made.case.given[fault.site].rows.faulty.sum())
        for row, other in entry["pairs"]:
            assert table.loc[row, "label"] == train.loc[other, "label"]
        assert bool(entry["pairs"]) == (mechanism(fault).locus == "rows")


def test_nothing_of_the_key_is_in_the_brief(form: Written) -> None:
    """The brief is written from the clean definitions: no fault's title, site list or twin, and no length or level."""
    brief = (form.folder / "brief.json").read_text()
    raw = json.loads((form.folder / "key.json").read_text())
    assert not any(entry["title"] in brief or entry["explanation"] in brief for entry in (*raw["faults"], *raw["decoys"]))
    assert not {"form", "level", "faults", "decoys", "attempts"} & set(json.loads(brief))
