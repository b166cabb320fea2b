from __future__ import annotations

import hashlib
import json

import pytest

from kit.errors import DamagedVault, InputError
from kit.secret import Secret, commitment, parse_secret


def test_a_fresh_secret_is_256_bits_and_never_the_same_twice():
    one, two = Secret.fresh(), Secret.fresh()
    assert len(one.value) == 32
    assert len({one.value, two.value, one.index_key, two.index_key}) == 4


def test_rotating_keeps_old_generations_and_every_lookup():
    before = Secret.fresh()
    after = before.rotated()
    assert after.generations[1] == before.value
    assert after.current == 2
    assert after.value != before.value
    assert after.lookup("ana", "1") == before.lookup("ana", "1")


def test_lookups_do_not_run_candidate_and_round_together():
    secret = Secret.fresh()
    assert len({secret.lookup("ana", "1"), secret.lookup("ana1", ""), secret.lookup("an", "a1"), secret.lookup("ana", "2")}) == 4


def test_a_secret_survives_its_file():
    secret = Secret.fresh().rotated()
    assert Secret.from_json(secret.to_json(), where="secret.json") == secret


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"generations": {"1": "zz"}, "current": 1, "index_key": ""}', '{"generations": {}, "current": 1, "index_key": "00"}']
)
def test_a_broken_secret_file_is_named_and_never_shown(text):
    with pytest.raises(DamagedVault, match="secret.json must hold") as caught:
        Secret.from_json(text, where="secret.json")
    assert "zz" not in str(caught.value)


def test_a_secret_on_the_command_line_is_64_hexadecimal_digits():
    assert parse_secret(" " + "0f" * 32) == b"\x0f" * 32
    for wrong in ("", "0f", "zz" * 32, "0f" * 33):
        with pytest.raises(InputError, match="64 hexadecimal digits"):
            parse_secret(wrong)
    with pytest.raises(InputError, match="32 bytes; got 3"):
        Secret.fresh(b"abc")


def test_the_commitment_binds_the_meaning_of_the_key_and_not_its_layout():
    """Recomputed here by hand, as a candidate's lawyer would."""
    key = {"b": 1, "a": ["é", 0.5]}
    expected = hashlib.sha256(b"n" * 32 + '{"a":["é",0.5],"b":1}'.encode()).hexdigest()
    assert commitment(b"n" * 32, json.dumps(key)) == expected
    assert commitment(b"n" * 32, json.dumps(key, indent=4, ensure_ascii=False)) == expected
    assert commitment(b"n" * 32, json.dumps({**key, "b": 2})) != expected
    assert commitment(b"m" * 32, json.dumps(key)) != expected
