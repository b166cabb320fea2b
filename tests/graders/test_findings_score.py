"""What findings earn: the public payoff table, matching, and the ways to game either."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from written import column, finding, true_findings

from graders.findings import parse_findings
from graders.findings_score import Scored, f1, gain, loss, score_findings, sensitivity
from graders.key import Key
from graders.rubric import Rubric

Score = Callable[..., Scored]


@pytest.fixture
def score(key: Key, rubric: Rubric) -> Score:
    return lambda *texts: score_findings(parse_findings("\n".join(texts), rubric.limits), key, rubric)


@pytest.mark.parametrize(("p", "hit", "miss"), [(0.5, 0.50, 0.25), (0.7, 0.78, 0.69), (0.9, 0.97, 1.46), (1.0, 1.0, 2.0), (0.0, 0.0, 0.0)])
def test_the_public_payoff_table(p: float, hit: float, miss: float) -> None:
    assert gain(p) == pytest.approx(hit, abs=0.006)
    assert loss(p) == pytest.approx(miss, abs=0.006)


def test_a_hedge_is_worth_the_cube_of_the_belief() -> None:
    """The best expected value at belief q is q^3, reached by saying q."""
    for q in (0.2, 0.5, 0.9):
        values = {p / 100: q * gain(p / 100) - (1 - q) * loss(p / 100) for p in range(101)}
        best = max(values, key=lambda p: values[p])
        assert best == pytest.approx(q)
        assert values[best] == pytest.approx(q**3)


def test_place_family_and_kind(score: Score, key: Key) -> None:
    """0.70 for the place, 0.85 with the family or a sibling, 1 with the kind; half of each without evidence; any table will do."""
    evidence = {"citations": true_findings(key)[0].split("citations = ")[1].strip()}
    text = "\n".join(true_findings(key)[0].splitlines()[:-1])
    assert score(true_findings(key)[0]).credits == {"f1": 1.0}
    assert score(text).credits == {"f1": 0.5}
    assert score(finding(column("calls_28d", "holdout"), "serving_skew")).credits == {"f1": 0.35}
    assert score(finding(column("calls_28d", "nowhere"), "target_leakage")).credits == {"f1": 0.425}
    wrong = finding(column("calls_28d"), "serving_skew") + f"citations = {evidence['citations']}\n"
    assert score(wrong).credits == {"f1": 0.7}
    assert score(finding(column("calls_28d"), "future_timestamp", kind="other_kind")).credits == {"f1": 0.425}


def test_the_name_of_a_kind_that_nothing_tells_apart_is_as_right(key: Key, rubric: Rubric) -> None:
    """Whoever cannot know which of two it is loses nothing by the other name."""
    first, *others = key.truth.faults
    text = true_findings(key)[0].replace(f'"{first.mechanism}"', '"post_outcome_process"')
    for alike, earned in (((), 0.85), (("post_outcome_process",), 1.0)):
        told = first.model_copy(update={"alike": alike})
        truth = key.truth.model_copy(update={"faults": (told, *others)})
        scored = score_findings(parse_findings(text, rubric.limits), Key(key.folder, truth, key.calls), rubric)
        assert scored.credits == {"f1": earned}


def test_naming_a_fault_again_is_neutral(score: Score) -> None:
    """The highest confidence counts, whatever else was said; another changed column of a fault costs and earns nothing."""
    found = score(finding(column("calls_28d"), confidence=0.5), finding(column("calls_28d", "holdout"), confidence=0.9), finding(column("amount")))
    assert [r.verdict for r in found.results] == ["neutral", "hit", "neutral"]
    assert found.credits == {"f1": pytest.approx(gain(0.9) * 0.85 * 0.5)}
    assert found.losses == {}


def test_false_accusations(score: Score, key: Key) -> None:
    """An innocent column costs once however often it is named; a decoy is told as such; a column that is not there costs too."""
    found = score(finding(column("visits")), finding(column("visits", "serving_log"), confidence=0.4), finding(column("nothing")))
    assert [r.verdict for r in found.results] == ["false_alarm", "neutral", "false_alarm"]
    assert found.results[0].decoy == "d1"
    assert "no column 'nothing'" in found.results[2].reason
    assert found.losses == {1: 2.0, 3: 2.0}
    assert found.raw == -1.0
    assert found.fraction == -0.25
    assert sensitivity(found, key).decoys_accused == 1


def test_keep_is_an_opinion(score: Score) -> None:
    """Neither a hit nor a false alarm, and not one of the 24."""
    keeps = [finding(column(f"c{i}"), action="keep") for i in range(30)]
    found = score(*keeps, finding(column("calls_28d"), action="keep"), finding(column("price")))
    assert {r.verdict for r in found.results[:31]} == {"neutral"}
    assert list(found.credits) == ["f2"]
    assert not found.notes


def test_more_than_24_accusations(score: Score) -> None:
    """The lowest confidences are ignored, and it is said."""
    found = score(*[finding(column(f"c{i}"), confidence=0.2) for i in range(30)], finding(column("price"), confidence=0.3))
    assert sum(r.verdict == "ignored" for r in found.results) == 7
    assert "f2" in found.credits
    assert len(found.losses) == 23
    assert "31 accusations" in found.notes[0]


def test_row_sets_count_by_their_f1(score: Score, key: Key) -> None:
    """Half of the rows: F1 2/3, worth 2/3 / 0.8; far too many rows are a miss and cost; every row of the table is no trick."""
    rows = key.truth.row_sets["f3"].rows
    named = lambda ids: finding({"kind": "rows", "table": "holdout", "ids": list(ids)}, "contamination")  # noqa: E731
    assert score(named(rows)).credits["f3"] == 0.425
    assert score(named(rows[:10])).credits["f3"] == pytest.approx(0.425 * (2 / 3) / 0.8, abs=1e-6)
    assert score(named(rows[:18])).credits["f3"] == 0.425
    everything = score(named(key.given("holdout")["row_id"]))
    assert everything.credits["f3"] == pytest.approx(0.425 * (40 / 140) / 0.8, abs=1e-6)
    miss = score(named([*rows[:2], *(f"r{i}" for i in range(40))]))
    assert miss.results[0].verdict == "miss"
    assert miss.losses == {1: 2.0}
    partner = {"kind": "rows", "table": "holdout", "ids": list(rows[:1])}
    both = score(named(rows), finding(partner, "contamination", 0.5))
    assert [r.verdict for r in both.results] == ["hit", "neutral"]


def test_f1_by_hand() -> None:
    assert f1({"a", "b"}, {"b", "c", "d", "e"}) == pytest.approx(2 / 6)
    assert f1(set(), set()) == 0.0


def test_splits(score: Score) -> None:
    """The table decides: the fault's own is a hit, its twin's a false alarm at the decoy."""
    hit, alarm = (score(finding({"kind": "split", "table": t}, "contamination")) for t in ("acceptance", "holdout"))
    assert hit.credits == {"f4": 0.425}
    assert alarm.results[0].decoy == "d4"


def test_fraction_is_over_all_faults(score: Score, key: Key) -> None:
    """Four faults: each whole find is a quarter, and everything found is 1."""
    assert score(true_findings(key)[1]).fraction == 0.25
    assert score(*true_findings(key)).fraction == 1.0
    assert score().fraction == 0.0


def test_sensitivity(score: Score, key: Key) -> None:
    """Hits and false alarms against faults and decoys, with half a case added; stated confidences with what was true."""
    found = score(*true_findings(key, 0.9), finding(column("visits"), confidence=0.3), finding(column("plan"), action="keep"))
    beside = sensitivity(found, key)
    assert (beside.hits, beside.misses, beside.false_alarms, beside.decoys, beside.decoys_accused) == (4, 0, 1, 4, 1)
    assert beside.d_prime == pytest.approx(1.281552 + 0.524401, abs=1e-5)  # z(4.5/5) - z(1.5/5)
    assert beside.criterion == pytest.approx(-(1.281552 - 0.524401) / 2, abs=1e-5)
    assert beside.calibration == ((0.9, True),) * 4 + ((0.3, False),)
