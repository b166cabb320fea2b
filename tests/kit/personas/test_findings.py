"""What is cited is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
from persona_form import Mini

from kit.personas._findings import accusations, row_pairs, statistic
from kit.personas._writing import Promise, findings_toml

CLAIMS = {name: Promise(point=0.7, low=0.6, high=0.8) for name in ("mine", "inherited")}
READ = {name: {"point": 0.7, "low": 0.6, "high": 0.8} for name in CLAIMS}


def test_cells_stand_as_cited_and_should_be_otherwise(each: Mini, tmp_path: Path) -> None:
    """Each citation's value is the given one, each `should_be` the honest one."""
    key = each.form.key
    document = tomllib.loads(findings_toml(accusations(each.form), CLAIMS, tmp_path))
    assert len(document["finding"]) == len(key.truth.faults)
    assert document["claim"] == READ
    for finding in document["finding"]:
        for cell in finding.get("citations", ()):
            at = key.row_index(cell["table"]).get_loc(cell["row"])
            for frame, name in ((key.given, "value"), (key.honest, "should_be")):
                true = frame(cell["table"])[cell["column"]].iloc[at]
                assert cell[name] == ("null" if pd.isna(true) else true)
            assert cell["value"] != cell["should_be"]


def test_rows_are_named_whole(churn: Mini, tmp_path: Path) -> None:
    """Copied rows stand in a CSV beside the findings, or inline where they are few."""
    document = tomllib.loads(findings_toml(accusations(churn.form), CLAIMS, tmp_path))
    (finding,) = (f for f in document["finding"] if f["locus"]["kind"] == "rows")
    (fault,) = (f for f in churn.form.key.truth.faults if f.locus.kind == "rows")
    named = finding["locus"].get("ids") or pd.read_csv(tmp_path / finding["locus"]["file"])["row_id"].tolist()
    assert named == list(churn.form.key.truth.row_sets[fault.id].rows)
    assert finding["statistic"]["name"] == "duplicate_count"


def test_pairs_of_a_split_lie_across_it(home: Mini) -> None:
    """Each is a row of the evaluation set and a later training row of the same entity."""
    key = home.form.key
    (fault,) = (f for f in key.truth.faults if f.locus.kind == "split")
    pairs = row_pairs(key, fault)
    assert len(pairs) >= 3
    early, train = key.given(fault.locus.table).set_index("row_id"), key.given("train").set_index("row_id")
    for row, other in pairs:
        assert early.loc[row, "decision_time"] < train.loc[other, "decision_time"]
        assert early.loc[row, "entity_id"] == train.loc[other, "entity_id"]
    number = statistic(key, fault)
    assert number is not None
    assert number["name"] == "timestamp_gap"
    assert number["value"] < 0


def test_without_a_report_there_are_claims_only(tmp_path: Path) -> None:
    """No finding, and nothing beside the file."""
    assert tomllib.loads(findings_toml((), CLAIMS, tmp_path)) == {"claim": READ}
    assert list(tmp_path.iterdir()) == []
