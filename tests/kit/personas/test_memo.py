"""The memo says what was found and what is promised, or shows that nothing was looked at."""

from __future__ import annotations

from persona_form import Mini

from kit.personas._memo import memo
from kit.personas._writing import Promise

CLAIMS = {"mine": Promise(point=0.7123, low=0.7, high=0.72), "inherited": Promise(point=0.6, low=0.58, high=0.62)}


def test_every_fault_and_both_promises_are_named(each: Mini) -> None:
    """Titles of all faults, the columns that were repaired, and the numbers."""
    text = memo(each.form, CLAIMS, report=True)
    assert all(fault.title in text for fault in each.form.key.truth.faults)
    assert all(f"`{name}`" in text for name in each.form.faulty_columns)
    assert "0.712" in text
    assert "0.6 " in text


def test_who_found_nothing_says_nothing(churn: Mini) -> None:
    """No fault is named."""
    text = memo(churn.form, CLAIMS, report=False)
    assert not any(fault.title in text for fault in churn.form.key.truth.faults)
    assert text.startswith("# Memo")
