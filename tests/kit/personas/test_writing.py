"""What is written is what the graders read."""

from __future__ import annotations

from pathlib import Path

from graders.findings import Findings, read_findings
from graders.rubric import load_rubric
from kit.personas._writing import INLINE, Accusation, Promise, findings_toml

CLAIMS = {name: Promise(point=0.7, low=0.6, high=0.8) for name in ("mine", "inherited")}


def read(accusations: tuple[Accusation, ...], folder: Path) -> Findings:
    """Through the file, as a grader gets it."""
    (folder / "findings.toml").write_text(findings_toml(accusations, CLAIMS, folder), encoding="utf-8")
    return read_findings(folder / "findings.toml", load_rubric().limits)


def test_every_field_arrives(tmp_path: Path) -> None:
    """Quotes, nulls and nested tables included."""
    cell = {"table": "train", "row": "r_1", "column": "visits", "value": "null", "should_be": 2.5}
    accusation = Accusation(
        kind_of_locus="column", table="train", column="visits", family="target_leakage", kind="final_status", confidence=0.8, action="drop",
        why='it "knows" \\ more', citations=(cell,), pairs=({"row": "r_1", "other": "r_2"},),
        statistic={"name": "psi", "column": "visits", "value": 0.25},
    )  # fmt: skip
    found = read((accusation,), tmp_path)
    (finding,) = found.findings
    assert found.notes == ()
    assert (finding.locus.column, finding.kind, finding.confidence, finding.action, finding.why) == (
        "visits",
        "final_status",
        0.8,
        "drop",
        accusation.why,
    )
    assert (finding.citations[0].value, finding.citations[0].should_be, finding.pairs[0].other) == ("null", 2.5, "r_2")
    assert finding.statistic is not None
    assert finding.statistic.value == 0.25
    assert {name: (c.point, c.low, c.high) for name, c in found.claims.items()} == {name: (0.7, 0.6, 0.8) for name in CLAIMS}


def test_many_rows_lie_beside_the_findings(tmp_path: Path) -> None:
    """A set is read whole either way."""
    few, many = (tuple(f"r_{i}" for i in range(n)) for n in (INLINE, INLINE + 1))
    sets = tuple(Accusation(kind_of_locus="rows", table="holdout", family="contamination", confidence=0.9, rows=rows) for rows in (few, many))
    found = read(sets, tmp_path)
    assert [f.locus.ids for f in found.findings] == [few, many]
    assert [f.name for f in tmp_path.glob("*.csv")] == ["rows_2.csv"]
