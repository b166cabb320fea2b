"""Suspects are those of the recount, the one-sided among the unfit, with the definitions' side effects left out."""

from __future__ import annotations

from persona_form import Mini

from kit.personas.gamers._accuse import MOST
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import LEAST, one_sided, unexplained, unfit


def test_every_misfit_is_a_suspect(desk: Desk) -> None:
    """Offline or as served, and nobody else; the fewer there are the surer the accusation."""
    frame, found = desk.recounted(), unfit(desk)
    misfits = frame[["aware_train", "aware_served"]].max(axis=1)
    assert {a.column for a in found} == set(misfits[misfits > LEAST].nlargest(MOST).index), "the worst, as many as count"
    sided = one_sided(desk)
    assert {a.column for a in sided} <= set(misfits[misfits > LEAST].index)
    assert min(a.confidence for a in sided if a.citations) >= max(a.confidence for a in found if a.citations)


def test_what_no_rule_explains(desk: Desk, each: Mini) -> None:
    """Every faulty column is among it."""
    names = {a.column for a in unexplained(desk)}
    assert names <= set(desk.recounted().index)
    assert set(each.form.faulty_columns) <= names
