"""Verdicts, short sentences and advice say what the numbers say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from odd_samples import unscorable
from samples import middling, poor, strong

from graders.criteria import criteria
from graders.model import Verdict
from kit.report import words


def test_every_criterion_has_general_words_of_its_own() -> None:
    """A part of behaviour that exists can be told to a candidate without naming it, and no two are told alike."""
    titles = [words.general(criterion.id).title for criterion in criteria()]
    assert len(set(titles)) == len(titles)
    assert words.general("something_new").title not in titles


def test_a_referral_for_an_incomplete_grade_does_not_speak_of_the_pass_mark() -> None:
    """A total far from the mark that is referred is one that our own fault left incomplete."""
    assert words.verdict_words(middling()).word == "Too close to call"
    assert words.verdict_words(replace(strong(), verdict=Verdict.REFER)).word == "Not complete"


def test_in_short_counts_and_compares() -> None:
    """The sentences carry the counts, the production skill and the direction in which a claim was off."""
    assert words.in_short(middling()) == [
        "Found 6 of 8 planted faults and raised 2 false alarms.",
        "In production the submitted model reaches 84% of the skill of an honest reference.",
        "The claim for their own pipeline holds: the result lies inside the stated range.",
        "The claim for the pipeline as handed over promised more than production delivered.",
    ]
    assert "Made no usable claim for the pipeline as handed over." in words.in_short(poor())
    assert words.in_short(unscorable())[1] == "The submitted model could not be scored on production data."


@pytest.mark.parametrize(("truth", "said"), [(20_000.0, "less"), (30_000.0, "more")])
def test_an_error_that_came_out_larger_was_promised_too_much(truth: float, said: str) -> None:
    """For an error the direction is turned: a larger result means that too much was promised."""
    card = strong()
    card = replace(card, claim_results=(replace(card.claim_results[0], truth=truth),))
    assert words.in_short(card)[-1] == f"The claim for their own pipeline promised {said} than production delivered."


def test_cautions_name_what_stands_before_a_decision() -> None:
    """A person asked for, no sandbox, a fault of ours: each is said, and a clean run has none."""
    assert words.cautions(strong()) == []
    assert [caution.title for caution in words.cautions(middling())] == ["Our instrument failed"]
    assert [caution.title for caution in words.cautions(unscorable())] == ["A person must look at this", "Not sandboxed"]
