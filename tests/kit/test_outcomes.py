"""The table of outcomes: whole, documented, and usable as text for a candidate."""

from pathlib import Path

from kit.outcomes import ALL, CALLS, DOCUMENTS, INSTRUMENT, INTAKE, OK, SUBMISSION, as_markdown

ROOT = Path(__file__).parents[2]


def test_documentation_shows_exactly_the_table() -> None:
    """docs/outcomes.md ends with the table as the code has it, no row more or less."""
    text = (ROOT / "docs" / "outcomes.md").read_text()
    assert text[text.index("## Calls") :].strip() == as_markdown().strip()


def test_every_code_is_in_one_table_with_a_known_side() -> None:
    """No code means two things, and the side is one of three."""
    assert len(ALL) == len(CALLS) + len(DOCUMENTS) + len(INTAKE)
    assert {row.side for row in ALL.values()} == {OK, SUBMISSION, INSTRUMENT}


def test_messages_are_whole_sentences_that_end_with_what_to_do() -> None:
    """What is the submission's doing comes with at least two sentences: what was seen, what to do."""
    for row in ALL.values():
        assert row.message.endswith("."), row.code
        if row.side == SUBMISSION:
            assert row.message.count(".") >= 2 or ":" in row.message, row.code


def test_instrument_faults_say_that_they_cost_nothing() -> None:
    """A reader must never take our fault for theirs."""
    assert all("costs no points" in row.message for row in ALL.values() if row.side == INSTRUMENT)
