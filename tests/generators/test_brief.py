"""What the take-home says in words: complete, from the clean definitions alone, the same each time."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from small_world import SCENARIOS, small_case

from generators.brief import brief
from generators.case import Case
from generators.catalog import decoys, mechanisms

ROWS = {"train": 4, "holdout": 3, "acceptance": 2, "serving_log": 1}


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    return small_case(request.param)


def said_in(phrasing: str, text: str) -> bool:
    """Is this phrasing, with its placeholders filled in, part of the text?"""
    return re.search(re.sub(r"\\{\w+\\}", ".+", re.escape(phrasing)), text, re.IGNORECASE) is not None


def test_every_column_is_explained(case: Case) -> None:
    """Meaning, unit, source and availability; the window in days; the rule of the definition as a sentence."""
    found = brief(case.plan, case.scenario, case.stream, rows=ROWS)
    by_name = {c["name"]: c for c in found["columns"]}
    assert set(by_name) == {f.name for f in case.plan.spec.features}
    for feature in case.plan.spec.features:
        entry = by_name[feature.name]
        assert all(entry[field] and "{" not in entry[field] for field in ("meaning", "unit", "source", "availability"))
        if feature.stream != "entities" and feature.window and feature.aggregate != "days_since":
            assert str(feature.window - feature.end) in entry["meaning"]
        for rule in feature.rules:
            assert any(said_in(phrasing, entry["meaning"]) for phrasing in decoys()[rule].sentences)


def test_it_is_written_from_the_clean_definitions(case: Case) -> None:
    """Another level, other faults at the same sites: not a word changes."""
    first = brief(case.plan, case.scenario, case.stream, rows=ROWS)
    others = replace(case.plan, level="junior", faults=tuple(replace(f, level=1, mechanism="post_outcome_process") for f in case.plan.faults))
    assert brief(others, case.scenario, case.stream, rows=ROWS) == first


def test_glossary_is_the_whole_catalogue(case: Case) -> None:
    """Every kind of fault, planted here or not."""
    found = brief(case.plan, case.scenario, case.stream, rows=ROWS)
    assert [g["kind"] for g in found["glossary"]] == list(mechanisms())
    assert found["tables"][0]["rows"] == 4
