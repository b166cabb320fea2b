"""A persona reads the form that its take-home belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest
from persona_form import Mini

from kit.errors import InputError, InternalError
from kit.personas._form import Form


def test_it_knows_columns_and_factors(churn: Mini) -> None:
    """Faulty columns as the plan has them, and the factor of a switch of units."""
    form = churn.form
    assert set(form.faulty_columns) == {f.site for f in churn.case.faults.columns}
    (switch,) = (f for f in churn.case.faults.columns if f.mechanism == "unit_switch")
    assert form.factors == {switch.site: dict(churn.case.faults.dirty[switch.site].online)["factor"]}
    assert form.horizon_days == 28


def test_another_takehome_is_refused(churn: Mini, home: Mini) -> None:
    """The error names both."""
    with pytest.raises(InputError, match=home.case.plan.id):
        Form.open(home.takehome, churn.folder)


def test_a_folder_without_the_key_is_refused(churn: Mini, tmp_path: Path) -> None:
    """A take-home that lacks its id cannot be used."""
    with pytest.raises(InternalError, match=r"takehome\.json"):
        Form.open(tmp_path, churn.folder)
