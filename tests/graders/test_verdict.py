"""Pass, refer, fail: the band around the mark, knock-outs, and what asks for a person."""

from __future__ import annotations

import pytest

from graders.model import Verdict
from graders.probes import Production
from graders.rubric import Rubric
from graders.verdict import decide

SOUND = Production(value=0.7, answered=1.0, failed=(), faults=())


@pytest.mark.parametrize(
    ("total", "verdict"),
    [
        (0, Verdict.FAIL),
        (49.99, Verdict.FAIL),
        (50, Verdict.REFER),
        (60, Verdict.REFER),
        (70, Verdict.REFER),
        (70.01, Verdict.PASS),
        (100, Verdict.PASS),
    ],
)
def test_the_band_of_one_standard_error(total: float, verdict: Verdict, rubric: Rubric) -> None:
    assert decide(total, (), None, SOUND, rubric).verdict is verdict


def test_a_knock_out_is_not_referred(rubric: Rubric) -> None:
    found = decide(59, ("overclaim: far too much",), None, SOUND, rubric)
    assert found.verdict is Verdict.FAIL
    assert "overclaim" in found.reason


def test_a_person_looks(rubric: Rubric) -> None:
    """At a pipeline that does not run, and at a grade that we left incomplete."""
    broken = decide(45, (), "The pipeline does not train.", SOUND, rubric)
    assert broken.needs_person
    assert "does not train" in broken.reason
    lost = decide(90, (), None, Production(value=None, answered=0.0, failed=(), faults=()), rubric)
    assert (lost.verdict, lost.needs_person) == (Verdict.REFER, True)
