"""The manual says what the study says."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from graders.rubric import load_rubric
from kit.calibration.manual import SEM, manual
from kit.calibration.promises import promises
from kit.calibration.results import StudyResults
from kit.calibration.workspace import engine_digest
from kit.errors import InputError

DOCS = Path(__file__).resolve().parents[3] / "docs"
PEOPLE = {"people": {"mean": 0.0, "sd": 1.0}}
TEMPLATE = (DOCS / "manual.md.j2").read_text(encoding="utf-8")


def empty(**known: Any) -> dict[str, Any]:
    """A study in which nothing was measured; with the rows that are given."""
    promised = promises(StudyResults())
    results = StudyResults(**{"meta": PEOPLE, **known})
    return {"promises": [asdict(p) for p in promised], "results": json.loads(results.to_json())}


def test_the_worked_example_is_right() -> None:
    """Every step by hand: gains .972, losses 1.458, F .547, T 48.3; with the twin suspected at .5 F .698, T 61.6."""
    text = manual(TEMPLATE, empty(), load_rubric())
    assert "gain(.9) = 3 · .81 − 2 · .729 = 0.972; loss(.9) = 2 · .729 = 1.46" in text
    f = (6 * 0.972 - 1.458) / 8
    assert f"= {f:.3g}." in text
    milder = (6 * 0.972 - 0.25) / 8
    for share in (f, milder):
        assert f"**{45 * share + share * (30 * 0.86 + 25 * 0.7):.1f}**" in text


def test_what_was_not_measured_is_said() -> None:
    """No promise is shown as held, and the error is the design's bound."""
    text = manual(TEMPLATE, empty(), load_rubric())
    assert "| holds" not in text
    assert text.count("not measured (") == len(promises(StudyResults()))
    assert "10 (the design's bound; not measured)" in text


def test_too_little_data_is_not_called_not_measured() -> None:
    """A value that decides nothing stands there as undecided; submissions that ran without the sandbox are counted."""
    handed_in = sample(forms=2).pipelines[0]
    warm = replace(handed_in, form="f000", ran_in="warm")
    document = empty(pipelines=(warm, replace(warm, who="another"), replace(handed_in, form="f001")))
    document["promises"][0] |= {"value": 1.5, "low": 1.0, "high": 2.0}
    text = manual(TEMPLATE, document, load_rubric())
    assert text.count("not decided (") == 1
    assert "3 whole submissions graded, from 2 runs of pipelines (2 submissions without the sandbox)." in text


def test_forms_that_could_not_be_made_are_counted() -> None:
    """Beside the draws that the others took."""
    first, second = sample(forms=2).forms
    forms = (replace(first, attempts=("no",)), replace(second, attempts=()))
    assert "2 forms took 3 draws." in manual(TEMPLATE, empty(forms=forms), load_rubric())
    unmade = {**PEOPLE, "unmade": ["f001: no form kept every promise"]}
    assert "2 forms took 3 draws, and 1 more could not be made." in manual(TEMPLATE, empty(forms=forms, meta=unmade), load_rubric())


def test_a_measured_error_sets_how_a_score_is_read() -> None:
    """70 give or take it, and the difference that chance gives."""
    document = empty()
    for row in document["promises"]:
        if row["name"] == SEM:
            row.update(value=6.0, low=5.0, high=7.0, holds=True)
    text = manual(TEMPLATE, document, load_rubric())
    assert "between 64 and 76" in text
    assert "less than 17 points" in text
    assert "| 6 points | 5 to 7 | at most 10 | holds (design check) |" in text


def test_a_study_of_another_engine_is_said_to_be_one() -> None:
    """Its figures hold for the forms of then."""
    document = empty(meta={**PEOPLE, "engine": "abc"})
    said = "made by an earlier engine than this one"
    assert said not in manual(TEMPLATE, document, load_rubric(), engine="abc")
    assert said in manual(TEMPLATE, document, load_rubric(), engine="abd")
    assert said in manual(TEMPLATE, empty(), load_rubric(), engine="abd")


def test_a_document_of_something_else_is_refused() -> None:
    """The message names what is missing."""
    with pytest.raises(InputError, match="'promises' is missing"):
        manual(TEMPLATE, {"results": {}}, load_rubric())


def test_the_manual_is_up_to_date() -> None:
    """`make manual` was run after the study or the text changed."""
    document = json.loads((DOCS / "calibration.json").read_text(encoding="utf-8"))
    assert (DOCS / "manual.md").read_text(encoding="utf-8") == manual(TEMPLATE, document, load_rubric(), engine=engine_digest())
