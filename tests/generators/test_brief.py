"""What the take-home says in words: complete, from the clean definitions alone, the same each time."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from small_world import SCENARIOS, small_case

from generators.brief import brief
from generators.case import Case
from generators.catalog import decoys, mechanisms
from generators.wording import blanks, public

ROWS = {"train": 4, "holdout": 3, "acceptance": 2, "serving_log": 1}


@pytest.fixture(scope="module", params=SCENARIOS)
def case(request: pytest.FixtureRequest) -> Case:
    return small_case(request.param)


def said_in(phrasing: str, text: str) -> bool:
    """Is this phrasing, with its placeholders filled in, part of the text?"""
    return re.search(re.sub(r"\\{\w+\\}", ".+", re.escape(phrasing)), text, re.IGNORECASE) is not None


def test_every_column_is_explained(case: Case) -> None:
    """Meaning, unit, source and availability; the window in days; the rule of the definition as a sentence."""
    found = brief(case.plan, case.scenario, case.stream, rows=ROWS, wording=public())
    by_name = {c["name"]: c for c in found["columns"]}
    assert set(by_name) == {f.name for f in case.plan.spec.features}
    for feature in case.plan.spec.features:
        entry = by_name[feature.name]
        assert all(entry[field] and "{" not in entry[field] for field in ("meaning", "unit", "source", "availability"))
        if feature.stream != "entities" and feature.window and feature.aggregate != "days_since":
            assert str(feature.window - feature.end) in entry["meaning"]
        for rule in feature.rules:
            assert any(said_in(phrasing, entry["meaning"]) for phrasing in decoys()[rule].sentences)


def test_sentences_of_a_teams_own_stand_in_place_of_the_kits(case: Case) -> None:
    """None of the public ones is left; the dates and types that they hold are the same."""
    own = {id: (f"{id} in other words " + " ".join(f"{{{name}}}" for name in sorted(blanks(said[0]))),) for id, said in public().items()}
    kits, theirs = (brief(case.plan, case.scenario, case.stream, rows=ROWS, wording=wording)["columns"] for wording in (public(), own))
    ruled = 0
    for feature, before, after in zip(sorted(case.plan.spec.features, key=lambda f: f.name), kits, theirs, strict=True):
        dates = [sorted(re.findall(r"\d{4}-\d\d-\d\d", entry["meaning"])) for entry in (before, after)]
        assert dates[0] == dates[1]
        for rule in feature.rules:
            ruled += 1
            assert f"{rule.capitalize()} in other words" in after["meaning"]
            assert not any(said_in(phrasing, after["meaning"]) for phrasing in public()[rule])
    assert ruled > 10


def test_it_is_written_from_the_clean_definitions(case: Case) -> None:
    """Another level, other faults at the same sites: not a word changes."""
    first = brief(case.plan, case.scenario, case.stream, rows=ROWS, wording=public())
    others = replace(case.plan, level="junior", faults=tuple(replace(f, level=1, mechanism="post_outcome_process") for f in case.plan.faults))
    assert brief(others, case.scenario, case.stream, rows=ROWS, wording=public()) == first


def test_glossary_is_the_whole_catalogue(case: Case) -> None:
    """Every kind of fault, planted here or not."""
    found = brief(case.plan, case.scenario, case.stream, rows=ROWS, wording=public())
    assert [g["kind"] for g in found["glossary"]] == list(mechanisms())
    assert found["tables"][0]["rows"] == 4
