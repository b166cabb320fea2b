"""Sentences of the data dictionary: those that mean the same hold the same blanks, and a team's own must hold them too."""

from __future__ import annotations

import pytest

from generators.wording import LONGEST, blanks, completed, flaws, public


def test_the_kits_own_sentences_can_stand() -> None:
    """What is asked of a team's sentences holds of the kit's, all phrasings of one cause with the same blanks."""
    assert len(public()) >= 12
    for id, sentences in public().items():
        assert flaws(id, sentences) == []


@pytest.mark.parametrize(
    ("id", "sentences", "said"),
    [
        ("lost_entry", ("x",), "expected one of booked_ahead, "),
        ("weekend_events", (), "at least one sentence, got none"),
        ("weekend_events", (3,), "sentence 1: expected text in quotation marks, got 3"),
        ("weekend_events", ("only weekdays", " "), "sentence 2: expected text"),
        ("weekend_events", ("only weekdays of {type}",), "expected nothing in curly brackets, got {type}"),
        ("lost_entries", ("some of `{type}` was lost",), "expected {period} and {type}, got {type}"),
        ("lost_entries", ("{type} {period!r}",), "must hold a name alone"),
        ("lost_entries", ("{type} {0}",), "must hold a name alone"),
        ("lost_entries", ("{type} {period",), "sentence 1: "),
        ("lost_entries", ("{type} {period}\nmore",), "expected one line"),
        ("lost_entries", ("{type} {period}" + "x" * LONGEST,), f"at most {LONGEST} letters"),
        ("lost_entries", ("{type} {period}", "{type} {period}"), "sentence 2: the same as one before it"),
    ],
)
def test_every_flaw_is_named(id: str, sentences: tuple[object, ...], said: str) -> None:
    """By cause and number, with what was expected and what came."""
    found = flaws(id, sentences)
    assert len(found) == 1
    assert said in found[0]


def test_blanks_are_found() -> None:
    """Each once; doubled brackets are brackets."""
    assert blanks("from {period} on `{type}`, {period}") == {"period", "type"}
    assert blanks("{{type}}") == set()


def test_where_a_team_has_none_the_kits_stand() -> None:
    """And nothing else changes."""
    own = {"lost_entries": ("of `{type}` something went missing in {period}",)}
    found = completed(own)
    assert found["lost_entries"] == own["lost_entries"]
    assert {id: s for id, s in found.items() if id not in own} == {id: s for id, s in public().items() if id not in own}
