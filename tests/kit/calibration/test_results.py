"""Rows of a study: written and read back without loss, refused with a clear word when they cannot be."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from study_samples import sample

from kit.calibration.results import FindingsRow, StudyResults
from kit.errors import InputError


def test_round_trip() -> None:
    """Everything comes back equal, and the text is the same each time."""
    results = sample(forms=3)
    text = results.to_json()
    assert StudyResults.from_json(text) == results
    assert StudyResults.from_json(text).to_json() == text


def test_columns_in_another_order_are_the_same_rows() -> None:
    """Whoever reads a table goes by its names."""
    results = sample(forms=3)
    raw = json.loads(results.to_json())
    for table in (raw["forms"], raw["findings"], raw["pipelines"]):
        table["columns"].reverse()
        for row in table["rows"]:
            row.reverse()
    assert StudyResults.from_json(json.dumps(raw)) == results


def test_an_empty_study_is_a_study() -> None:
    """Nothing run: nothing lost."""
    assert StudyResults.from_json(StudyResults().to_json()) == StudyResults()


def test_numbers_that_are_not_finite_are_refused() -> None:
    """JSON has no word for them."""
    with pytest.raises(ValueError, match="JSON compliant"):
        StudyResults(meta={"x": float("nan")}).to_json()


ROW: dict[str, Any] = {
    "form": "f",
    "scenario": "s",
    "who": "w",
    "level": 0.0,
    "group": "skilled",
    "person": "p",
    "fraction": 0.5,
    "hits": 1,
    "alarms": 0,
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"group": "skiled"}, "group must be one of skilled, gamer, checker; got 'skiled'. Did you mean 'skilled'"),
        ({"fraction": 45.0}, "fraction must be between -0.25 and 1; got 45.0"),
        ({"total": 101.0}, "total must be between 0 and 100"),
        ({"hits": -1}, "hits must be a count"),
        ({"level": float("inf")}, "level must be a finite number"),
    ],
)
def test_rows_out_of_range_are_refused(change: dict[str, Any], words: str) -> None:
    """Points where a fraction belongs, a typing mistake, an impossible count."""
    assert FindingsRow(**ROW).total is None
    with pytest.raises(InputError, match=words):
        FindingsRow(**{**ROW, **change})


def test_other_parts_out_of_range_are_refused() -> None:
    """Claims in points, more identical than compared, a classifier without its interval."""
    with pytest.raises(InputError, match="claims must be between 0 and 1; got 25.0"):
        replace(sample(forms=1).pipelines[0], claims=25.0)
    with pytest.raises(InputError, match="claim_errors must be one of mine, inherited; got 'yours'"):
        replace(sample(forms=1).pipelines[0], claim_errors={"yours": 0.1})
    with pytest.raises(InputError, match="identical <= compared"):
        StudyResults(twice={"compared": 1, "identical": 2})
    with pytest.raises(InputError, match="high is missing"):
        StudyResults(classifier={"auc": 0.5, "low": 0.4, "forms": 3})
    with pytest.raises(InputError, match="tau must be a number of at least 0"):
        replace(sample(forms=1).forms[0], tau=-0.1)


def changed(**values: Any) -> str:
    return json.dumps({**json.loads(sample(forms=1).to_json()), **values})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "must be JSON"),
        ("[]", "schema 2; got"),
        (changed(schema=1), "schema 2; got 1"),
        (changed(formz=[]), "unknown name 'formz'. Did you mean 'forms'"),
        (changed(findings=[3]), r"findings must be a table with columns and rows; got '\[3\]'"),
        (changed(findings={"columns": list(ROW), "rows": [[3]]}), r"findings\[0\] must hold 9 values, one a column; got '\[3\]'"),
        (changed(findings={"columns": [*ROW, "fractoin"], "rows": []}), "unknown name 'fractoin'. Did you mean 'fraction'"),
        (changed(findings={"columns": ["form"], "rows": []}), "is missing"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, words: str) -> None:
    """Each message names the place."""
    with pytest.raises(InputError, match=words):
        StudyResults.from_json(text)
