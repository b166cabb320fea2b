"""The key of a sealed form: its tables, its plan of calls, and what is said when it is broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graders.key import Key, VaultFault


@pytest.fixture
def copied(form: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(form, tmp_path / "form"))


def test_honest_rows_stand_beside_the_given_ones(key: Key) -> None:
    """Though they are stored in another order."""
    for table in ("train", "serving_log"):
        id_ = "request_id" if table == "serving_log" else "row_id"
        assert key.given(table)[id_].tolist() == key.honest(table)[id_].tolist()
    assert (key.given("train")["visits"] == key.honest("train")["visits"]).all()
    assert (key.given("train")["calls_28d"] != key.honest("train")["calls_28d"]).any()


def test_a_row_has_its_position(key: Key) -> None:
    """By its id, in each given table; -1 for an id of another table or of none."""
    for table, id_ in (("train", "row_id"), ("serving_log", "request_id")):
        names = key.given(table)[id_].tolist()
        assert [key.position(table, name) for name in names] == list(range(len(names)))
    assert key.position("train", "no such row") == key.position("train", str(key.given("serving_log")["request_id"].iloc[0])) == -1


def test_batches_come_from_the_plan(key: Key) -> None:
    assert key.batches("served", "real", "repaired") == ("p1", "p2")
    assert key.batches("leak_f1", "real") == ("p1", "p2")
    assert key.batches("leak_f1", "real", "again") == ()
    assert key.batches("served") == ()


def test_the_base_of_a_world(copied: Path) -> None:
    """Median of train against the labels of both evaluation sets."""
    folder = copied / "stages" / "data" / "null"
    folder.mkdir(parents=True)
    for name, labels in (("train", [1.0, 2, 9]), ("holdout", [2.0, 5]), ("acceptance", [0.0])):
        pd.DataFrame({"label": labels}).to_parquet(folder / f"{name}.parquet")
    assert Key.load(copied).world_base("null") == pytest.approx(np.mean([0, 3, 2]))


def test_streams(key: Key) -> None:
    assert key.has_stream("calls")
    assert not key.has_stream("../../key")
    assert not key.has_stream("visits")


def test_a_broken_form_is_ours(copied: Path) -> None:
    """Each names the file and the field."""
    raw = json.loads((copied / "key.json").read_text(encoding="utf-8"))
    (copied / "key.json").write_text(json.dumps({**raw, "metric": "f1"}), encoding="utf-8")
    with pytest.raises(VaultFault, match="key.json: metric"):
        Key.load(copied)
    (copied / "key.json").write_text("{", encoding="utf-8")
    with pytest.raises(VaultFault, match="key.json"):
        Key.load(copied)
    (copied / "key.json").write_text(json.dumps(raw), encoding="utf-8")
    (copied / "calls.json").write_text("[]", encoding="utf-8")
    with pytest.raises(VaultFault, match="calls.json"):
        Key.load(copied)


def test_a_missing_table_is_ours(copied: Path) -> None:
    key = Key.load(copied)
    (copied / "given" / "train.parquet").unlink()
    with pytest.raises(VaultFault, match="given/train.parquet"):
        key.given("train")
    honest = pd.read_parquet(copied / "honest" / "holdout.parquet")
    honest.iloc[3:].to_parquet(copied / "honest" / "holdout.parquet")
    with pytest.raises(VaultFault, match="lacks 3"):
        key.honest("holdout")
