"""A desk shows what a candidate sees, as the papers and the files have it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from persona_form import Mini

from graders import statistics
from kit.errors import InputError
from kit.personas.gamers import _desk
from kit.personas.gamers._desk import Desk
from kit.personas.workshop.asof import recompute


def test_the_papers_are_read(desk: Desk, each: Mini) -> None:
    """Columns, units, sources, glossary, horizon and metric are those of the brief."""
    brief = json.loads((each.folder / "brief.json").read_text(encoding="utf-8"))
    assert {c["name"]: (c["unit"], c["availability"]) for c in brief["columns"]} == {n: (c.unit, c.availability) for n, c in desk.columns.items()}
    assert desk.glossary == {entry["kind"]: entry["family"] for entry in brief["glossary"]}
    assert (desk.horizon_days, desk.metric, desk.task) == (brief["horizon_days"], brief["metric"], brief["task"])
    assert desk.id == json.loads((each.takehome / "takehome.json").read_text(encoding="utf-8"))["id"]
    assert set(desk.events) == {s["name"] for s in brief["streams"]}
    for name, d in each.form.definitions.features.items():
        if d["aggregate"] not in ("attribute", "tenure"):
            assert (desk.columns[name].stream, desk.columns[name].type) == (d["stream"], d["type"])


def test_looks_hold_a_row_for_every_column(desk: Desk) -> None:
    """The strength and drift of `evidence.py`, and the recount where there is one."""
    looks = desk.looks()
    assert list(looks.index) == list(desk.columns)
    train, served = desk.table("train"), desk.table("serving_log")
    for name in list(desk.columns)[::7]:
        assert looks.loc[name, "strength"] == statistics.auc(train, name)
        assert looks.loc[name, "psi"] == statistics.psi(train, served, name)
        assert looks.loc[name, "missing"] == train[name].isna().mean()
    assert looks["aware_train"].notna().equals(pd.Series([c.stream != "" for c in desk.columns.values()], index=looks.index))


def test_results_are_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second desk with the same drawer works nothing out again, and sees the same."""
    first = desk.looks(), desk.recounted(), desk.validated()

    def never(*_: object) -> None:
        raise AssertionError("was kept")

    for name in ("recount", "ruled", "validate"):
        monkeypatch.setattr(_desk, name, never)
    again = Desk.open(desk.takehome, kept=desk.kept)
    pd.testing.assert_frame_equal(again.looks(), first[0])
    pd.testing.assert_frame_equal(again.recounted(), first[1])
    assert again.validated() == first[2]
    assert desk.kept is not None
    assert (desk.kept / desk.id / "looks.parquet").is_file()  # results of several take-homes can lie in one place


def test_a_changed_pipeline_is_validated_anew(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept goes by the package's bytes."""
    desk.validated()
    monkeypatch.setattr(_desk, "validate", lambda place, data: {"estimate": 0.1})
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "__main__.py").write_text("# another\n")
    assert desk.validated(tmp_path) == {"estimate": 0.1}
    assert desk.validated() != {"estimate": 0.1}


def test_honest_values_of_plain_columns(desk: Desk, each: Mini) -> None:
    """Where the definition has no rule and nothing was deleted, the best fit is the honest rendering."""
    for table in ("train", "serving_log"):
        found, true = desk.honest(table), each.form.key.honest(table)
        for name, d in each.form.definitions.features.items():
            if name in found and not d["rules"] and name not in each.form.faulty_columns:
                np.testing.assert_array_equal(found[name].to_numpy(dtype=float), true[name].to_numpy(dtype=float, na_value=np.nan), err_msg=name)


@pytest.mark.parametrize("rules", [False, True])
def test_honest_values_are_those_of_each_table_alone(desk: Desk, rules: bool) -> None:
    """They are worked out for all tables in one go, with rules only where a rule changes something; each cell is as if asked for by itself."""
    for name, table in desk.tables.items():
        alone = pd.DataFrame(recompute(desk.data, table, desk.definitions(rules=rules)), index=table.index)
        pd.testing.assert_frame_equal(desk.honest(name, rules=rules), alone)


def test_what_several_ask_for_is_worked_out_once(desk: Desk) -> None:
    """Also when it is nothing."""
    worked: list[int] = []
    for _ in range(2):
        assert desk.remember("what nobody found", lambda: worked.append(1)) is None
    assert worked == [1]


def test_the_score_that_knows_nothing(desk: Desk) -> None:
    """.5, or the error of the training median."""
    if desk.metric == "roc_auc":
        assert desk.base == 0.5
    else:
        labels = pd.concat([desk.table("holdout")["label"], desk.table("acceptance")["label"]])
        assert desk.base == pytest.approx(float((labels - desk.table("train")["label"].median()).abs().mean()))


def test_another_folder_is_refused(tmp_path: Path, desk: Desk) -> None:
    """A folder that is no take-home, and a paper that does not say what it should."""
    with pytest.raises(InputError, match="expected an issued take-home"):
        Desk.open(tmp_path)
    for name in ("takehome.json", "DATA.md", "README.md"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match=r"README\.md must match"):
        assert Desk.open(tmp_path).metric
