"""Streams depend on their names alone, and ids are keyed, without collisions and without a way back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.seeding import Stream, tokens

SECRET = bytes(32)
"""All zero: a secret like any other."""


def test_a_stream_does_not_depend_on_what_was_drawn_before() -> None:
    """Order of calls, draws from other streams and repeated use change nothing."""
    root = Stream.root(SECRET, "someone", "1")
    first = root.child("a", 3).rng().random(5)
    root.child("b").rng().random(100)
    root.child("a", 2).rng().random(7)
    np.testing.assert_array_equal(root.child("a", 3).rng().random(5), first)
    np.testing.assert_array_equal(root.child("a").child(3).rng().random(5), first)
    np.testing.assert_array_equal(Stream.root(SECRET, "someone", "1").child("a", "3").rng().random(5), first)


def test_names_do_not_run_together() -> None:
    """("a", "b"), ("ab",), ("b", "a") and neighbours of a number are four different streams."""
    root = Stream.root(SECRET)
    keys = {root.child(*names).key for names in (("a", "b"), ("ab",), ("b", "a"), ("a",), ("", "ab"), (1,), (11,), (1, 1))}
    assert len(keys) == 8


def test_number_zero_is_a_name_like_any_other() -> None:
    """Block 0 has a stream of its own; it is not the stream above it."""
    root = Stream.root(SECRET)
    assert len({root.key, root.child(0).key, root.child("").key, root.child(1).key}) == 4
    assert not np.array_equal(root.child(0).rng().random(4), root.rng().random(4))


def test_another_secret_candidate_or_round_is_another_stream() -> None:
    """Every one of the three reaches every draw."""
    keys = {Stream.root(s, c, r).child("x").key for s in (SECRET, b"\x01" * 32) for c in ("anna", "ben") for r in ("1", "2")}
    assert len(keys) == 8


def test_drawing_leaves_the_global_generator_alone() -> None:
    """Nothing outside moves, and nothing outside moves a stream."""
    outside = np.random.mtrand._rand  # the generator behind np.random.rand and its like, which our own code may not call
    before = outside.get_state(legacy=False)
    first = Stream.root(SECRET).rng().standard_normal(10)
    after = outside.get_state(legacy=False)
    np.testing.assert_array_equal(before["state"]["key"], after["state"]["key"])
    assert before["state"]["pos"] == after["state"]["pos"]
    outside.random_sample(3)
    np.testing.assert_array_equal(Stream.root(SECRET).rng().standard_normal(10), first)


def test_short_secret_is_refused() -> None:
    """The message says how long it must be, how long it was, and how to make one."""
    with pytest.raises(ValueError, match=r"at least 16 bytes; got 15.*token_bytes"):
        Stream.root(b"x" * 15)


def test_integer_seed_fits_what_libraries_take() -> None:
    """Between 0 and 2**32 - 1, and the same each time."""
    seed = Stream.root(SECRET, "model").choice_seed()
    assert 0 <= seed < 1 << 32
    assert seed == Stream.root(SECRET, "model").choice_seed()


def test_token_has_no_letters_that_people_confuse() -> None:
    """No 0, 1, i, l or o, of the length asked for."""
    names = [Stream.root(SECRET, str(i)).token("th_") for i in range(300)]
    assert len(set(names)) == 300
    assert all(len(name) == 15 and name.startswith("th_") and not set("01ilo") & set(name[3:]) for name in names)


@settings(max_examples=30, deadline=None)
@given(start=st.integers(0, (1 << 40) - 5000), name=st.text(max_size=5))
def test_ids_have_no_collisions(start: int, name: str) -> None:
    """A run of 5,000 numbers anywhere in the range gets 5,000 different ids of eight letters."""
    ids = tokens(Stream.root(SECRET, name), np.arange(start, start + 5000))
    assert ids.dtype == np.dtype("S8")
    assert len(np.unique(ids)) == 5000
    assert all(len(id) == 8 for id in ids[:50])


def test_ids_reach_both_ends_of_the_range() -> None:
    """0 and 2**40 - 1 are numbers like any other; what lies outside is refused by name."""
    stream = Stream.root(SECRET)
    assert len(set(tokens(stream, np.array([0, 1, (1 << 40) - 1])).tolist())) == 3
    assert tokens(stream, np.zeros(0, dtype=np.int64)).tolist() == []
    for bad in (-1, 1 << 40):
        with pytest.raises(ValueError, match=str(bad)):
            tokens(stream, np.array([5, bad]))


def test_ids_tell_nothing_of_their_order_or_their_numbers() -> None:
    """Neighbours share letters as often as strangers do, and another stream gives other ids."""
    numbers = np.arange(20_000)
    ids = tokens(Stream.root(SECRET, "a"), numbers)
    letters = ids.view("S1").reshape(-1, 8)
    shared = float((letters[1:] == letters[:-1]).mean())
    assert shared == pytest.approx(1 / 32, abs=0.004)
    ranks = np.argsort(np.argsort(ids))
    assert abs(float(np.corrcoef(ranks, numbers)[0, 1])) < 0.04
    assert not set(ids.tolist()) & set(tokens(Stream.root(SECRET, "b"), numbers).tolist()[:100])


def test_an_id_does_not_depend_on_its_company() -> None:
    """The id of a number is the same alone, in another order, and in a longer list."""
    stream = Stream.root(SECRET, "rows")
    whole = tokens(stream, np.arange(1000))
    assert tokens(stream, np.array([7])).tolist() == [whole[7]]
    np.testing.assert_array_equal(tokens(stream, np.arange(999, -1, -1)), whole[::-1])
