"""Dropped columns are not needed at all."""

from __future__ import annotations

from persona_form import Mini, same


def test_faulty_columns_are_not_seen(each: Mini) -> None:
    """Neither in training nor in scoring is there one of them, and everything else is as it was."""
    faulty = set(each.form.faulty_columns)
    assert not faulty & set(each.training("drops_columns").columns)
    seen = each.scoring("drops_columns", "served")
    assert set(each.form.definitions.features) - set(seen.columns) == faulty
    same(seen, each.scoring("drops_columns", "honest"))
