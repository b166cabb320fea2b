from __future__ import annotations

from dataclasses import replace

import pytest

from kit.errors import DamagedVault, InputError
from kit.record import Record, clean_name

RECORD = Record(
    candidate="ana",
    round="1",
    scenario="toy_shop",
    form="short",
    level="mid",
    issued_at="2026-01-01T00:00:00+00:00",
    generation=1,
    commitment="c",
    nonce="n",
    kit_version="0",
    attempts=("twin too weak",),
    digests={"train": "00"},
)


def test_a_record_survives_its_file():
    assert Record.from_json(RECORD.to_json(), what="take-home t1") == RECORD


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"attempts": [], "stranger": 1}'])
def test_a_broken_record_is_named(text):
    with pytest.raises(DamagedVault, match="take-home t1: record.json cannot be read"):
        Record.from_json(text, what="take-home t1")


def test_only_wishes_that_differ_are_differences():
    assert RECORD.differences(scenario=None, form="short", level=None) == []
    assert replace(RECORD, level="senior").differences(scenario=None, form=None, level="mid") == ["level is 'senior', not 'mid'"]


def test_one_person_has_one_name_however_it_is_typed():
    assert clean_name(" Ren\u0065\u0301 ", what="a candidate") == clean_name("Ren\u00e9", what="a candidate")
    with pytest.raises(InputError, match="a round must be"):
        clean_name("", what="a round")
