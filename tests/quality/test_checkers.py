"""Alarms of off-the-shelf checkers become the accusations of somebody who trusts them, and are counted right. The tools themselves are not run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graders.findings import Finding, Locus, parse_findings
from graders.findings_score import Scored
from graders.key import Fault
from graders.key import Locus as Place
from graders.model import FindingResult
from graders.rubric import load_rubric
from kit.personas._writing import findings_toml

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import checkers
import checkers_environment
from checkers import HINT, SURE, Alarm
from checkers_environment import TOOLS, NotMeasured


def alarm(check: str, table: str = "serving_log", **more: object) -> Alarm:
    """An alarm about the training table and another."""
    return Alarm.read({"check": check, "tables": ["train", table], "rows": [], **more})


@pytest.mark.parametrize(
    ("given", "kind", "table", "family", "confidence"),
    [
        (alarm("FeatureDrift", column="visits"), "column", "serving_log", "serving_skew", SURE),
        (alarm("ValueDrift", "holdout", column="visits"), "column", "holdout", "serving_skew", SURE),
        (alarm("FeatureLabelCorrelation", "train", column="visits"), "column", "train", "target_leakage", SURE),
        (alarm("QuantileValue", column="visits"), "column", "serving_log", "serving_skew", HINT),
        (alarm("FeatureDrift", column="visits", severity="warn"), "column", "serving_log", "serving_skew", HINT),
        (alarm("DateTrainTestLeakageOverlap", "acceptance"), "split", "acceptance", "contamination", SURE),
        (alarm("IndexTrainTestLeakage", "holdout"), "split", "holdout", "contamination", SURE),
        (alarm("TrainTestSamplesMix", "holdout", rows=["r_1", "r_2"]), "rows", "holdout", "contamination", SURE),
        (alarm("ValueDrift", "holdout", column="label"), "split", "holdout", "contamination", HINT),
    ],
)
def test_an_alarm_becomes_an_accusation(given: Alarm, kind: str, table: str, family: str, confidence: float) -> None:
    """Its place, the family guessed from the check, and the confidence in such a check."""
    (made,) = checkers.accusations([given])
    assert (made.kind_of_locus, made.table, made.family, made.confidence) == (kind, table, family, confidence)
    assert made.column == ("visits" if kind == "column" else "")
    assert made.rows == given.rows


@pytest.mark.parametrize(
    "given",
    [
        alarm("IndexTrainTestLeakage", "serving_log"),
        alarm("RowCount", "holdout"),
        alarm("IdentifierLabelCorrelation", "train", column="entity_id"),
        alarm("ConflictingLabels", "train"),
    ],
)
def test_what_points_at_nothing_accuses_nothing(given: Alarm) -> None:
    """Known customers in production, sizes, keys, and a table that is no split."""
    assert checkers.accusations([given]) == []


def test_one_accusation_a_place_and_the_strongest_first() -> None:
    """A column is one place whatever table it is seen in; the two splits are two."""
    made = checkers.accusations(
        [
            alarm("MeanValue", column="calls"),
            alarm("ValueDrift", column="visits", score=0.2),
            alarm("ValueDrift", column="fees", score=0.9),
            alarm("MaxValue", "holdout", column="visits"),
            alarm("IndexTrainTestLeakage", "holdout"),
            alarm("IndexTrainTestLeakage", "acceptance"),
        ]
    )
    assert [(a.column, a.confidence) for a in made if a.kind_of_locus == "column"] == [("fees", SURE), ("visits", SURE), ("calls", HINT)]
    assert sorted(a.table for a in made if a.kind_of_locus == "split") == ["acceptance", "holdout"]
    assert [a.confidence for a in made] == sorted((a.confidence for a in made), reverse=True)
    assert "MaxValue, ValueDrift" in next(a.why for a in made if a.column == "visits")


def test_at_most_24_and_only_the_sure_ones_when_asked() -> None:
    """The weakest are left out."""
    many = [alarm("MeanValue", column=f"c{n}") for n in range(30)] + [alarm("ValueDrift", column="drifted", score=0.3)]
    made = checkers.accusations(many)
    assert len(made) == 24
    assert made[0].column == "drifted"
    assert [a.column for a in checkers.accusations(many, least=SURE)] == ["drifted"]


def test_the_graders_read_them_as_meant(tmp_path: Path) -> None:
    """Through findings.toml and back without a note, splits with their gap."""
    alarms = [
        alarm("ValueDrift", column="visits", says="Drift score is 0.20."),
        alarm("IndexTrainTestLeakage", "holdout", says="Found 40% of index leakage"),
        alarm("DataDuplicates", "holdout", rows=[f"r_{n}" for n in range(50)]),
    ]
    made = checkers.with_gaps(checkers.accusations(alarms), {"holdout": -28.0})
    read = parse_findings(findings_toml(made, {}, tmp_path), load_rubric().limits, folder=tmp_path)
    assert read.notes == ()
    by_kind = {f.locus.kind: f for f in read.findings}
    assert by_kind["column"].statistic is None
    assert by_kind["split"].statistic is not None
    assert by_kind["split"].statistic.value == -28.0
    assert len(by_kind["rows"].locus.ids) == 50


def finding(number: int, family: str, locus: Locus) -> Finding:
    return Finding.model_validate({"number": number, "line": 1, "locus": locus, "family": family, "confidence": 0.7, "action": "fix"})


def result(number: int, verdict: str, *, fault: str | None = None, decoy: str | None = None, right: bool = False) -> FindingResult:
    return FindingResult(
        number=number, locus="", verdict=verdict, fault=fault, decoy=decoy, confidence=0.7, credit=0.0, verified=False, family_right=right,
        kind_right=False, reason="",
    )  # fmt: skip


def fault(id_: str, family: str, column: str) -> Fault:
    return Fault(id=id_, mechanism="m", family=family, level=1, locus=Place(kind="column", table="train", column=column), twin="d")


def test_the_tally() -> None:
    """Faults count under their own family, false accusations under the family they claim, what is neutral nowhere."""
    faults = [fault("f1", "target_leakage", "a"), fault("f2", "serving_skew", "b"), fault("f3", "serving_skew", "c")]
    column = Locus(kind="column", table="train", column="a")
    findings = [
        finding(1, "serving_skew", column),
        finding(2, "serving_skew", column),
        finding(3, "serving_skew", column),
        finding(4, "contamination", Locus(kind="split", table="holdout")),
        finding(5, "contamination", Locus(kind="rows", table="holdout", ids=("r_1",))),
        finding(6, "serving_skew", column),
    ]
    results = (
        result(1, "hit", fault="f1"),
        result(2, "hit", fault="f2", right=True),
        result(3, "false_alarm", decoy="d1"),
        result(4, "false_alarm"),
        result(5, "miss", fault="f3"),
        result(6, "neutral"),
    )
    scored = Scored(results=results, credits={"f1": 0.3, "f2": 0.4}, losses={3: 0.7, 4: 0.7, 5: 0.7}, raw=-0.47, fraction=-0.25, notes=())
    counted = checkers.tally(faults, findings, scored)
    families = {name: (c.faults, c.found, c.family_right, c.honest_columns, c.honest_rows_and_splits) for name, c in counted.families.items()}
    assert families == {
        "target_leakage": (1, 1, 0, 0, 0),
        "future_timestamp": (0, 0, 0, 0, 0),
        "contamination": (0, 0, 0, 0, 2),
        "serving_skew": (2, 1, 1, 1, 0),
    }
    assert (counted.accusations, counted.decoys_accused, counted.raw, counted.fraction) == (6, 1, [-0.47], [-0.25])


def measured(fraction: float) -> dict[str, object]:
    """What measure() leaves of a tool, with one fault found."""
    tally = checkers.Tally(raw=[fraction], fraction=[fraction], ladder=[[fraction] * len(checkers.LADDER)])
    tally.families["serving_skew"] = checkers.Counts(faults=2, found=1, honest_columns=3)
    plain = json.loads(json.dumps(checkers.asdict(tally)))
    return {"readings": {"all": plain, "sure": plain}}


def test_the_table_adds_up_and_never_shows_a_missing_tool_as_zero() -> None:
    """Counts are added and F averaged over the take-homes that were measured; what was not measured says why."""
    results = {
        "one": {"tools": {"evidently": measured(0.1), "deepchecks": {"not_measured": "no environment"}}},
        "two": {"tools": {"evidently": measured(-0.2)}},
    }
    shown = list(checkers.lines(results))
    assert [line for line in shown if line.startswith("deepchecks")] == ["deepchecks  not measured on 1 take-homes: no environment"]
    together = next(line for line in shown if line.startswith("evidently") and "together" in line)
    assert together.split()[3:] == ["4", "2", "2", "0", "6", "0"]
    assert any("F -0.050 over 2 take-homes" in line for line in shown)
    assert any(line == "evidently   not measured" for line in checkers.lines({}))


def test_no_fitting_python_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made, and the text that is kept names no place of this machine."""
    monkeypatch.setattr(checkers_environment, "_run", lambda command, seconds: subprocess.CompletedProcess(command, 0, "3 9\n", ""))
    with pytest.raises(NotMeasured, match=r"need Python 3\.11 or 3\.12, and this machine has none") as raised:
        checkers_environment.ensure(TOOLS["deepchecks"], tmp_path)
    assert "Install Python 3.11 or 3.12" in raised.value.tried
    assert list(tmp_path.iterdir()) == []


def test_packages_that_do_not_install_say_what_was_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip said is shown to the person, not kept; without the mark the environment is made again next time."""

    def run(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
        if "pip" in command:
            return subprocess.CompletedProcess(command, 1, "", "no such package on the index")
        return subprocess.CompletedProcess(command, 0, "3 11\n", "")

    monkeypatch.setattr(checkers_environment, "_run", run)
    with pytest.raises(NotMeasured, match=r"pinned in evidently\.txt could not be installed") as raised:
        checkers_environment.ensure(TOOLS["evidently"], tmp_path)
    assert "no such package on the index" in raised.value.tried
    assert "no such package" not in str(raised.value)
    assert list(tmp_path.rglob(checkers_environment.MARK)) == []


def test_a_tool_that_stops_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the kind of error is kept."""
    said = "Traceback (most recent call last):\n  File 'somewhere'\nValueError: a path or a name\n"
    monkeypatch.setattr(checkers_environment, "_run", lambda command, seconds: subprocess.CompletedProcess(command, 1, "", said))
    with pytest.raises(NotMeasured) as raised:
        checkers_environment.alarms(TOOLS["evidently"], Path("python"), tmp_path, tmp_path / "out.json")
    assert str(raised.value) == "evidently stopped with exit 1 (ValueError)"


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_pins_are_exact(tool: checkers_environment.Tool) -> None:
    """`name==version` on every line, the tool itself among them."""
    lines = checkers_environment.pins(tool.requirements).splitlines()
    assert all(line.count("==") == 1 for line in lines)
    assert tool.name in [line.split("==")[0] for line in lines]
