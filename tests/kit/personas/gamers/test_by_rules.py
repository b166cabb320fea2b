"""Whoever builds on the rules accuses its suspects and the checklist's, and hands in the pipeline of all of them."""

from __future__ import annotations

from kit.personas.gamers import gamers
from kit.personas.gamers._by_rules import by_rules
from kit.personas.gamers._contamination import checklist
from kit.personas.gamers._desk import Desk
from kit.personas.gamers._suspects import unexplained


def test_suspects_come_first_and_the_checklist_after_them(desk: Desk) -> None:
    """Nothing is lost and nothing is added."""
    gamer = by_rules(id="someone", summary="Someone.", suspects=unexplained)
    assert gamer.findings(desk) == (*unexplained(desk), *checklist(desk, overlap=False))
    assert gamer.findings(desk) == gamers()["whole_script_rules"].findings(desk)


def test_they_share_one_pipeline() -> None:
    """Byte-identical packages are run once: the same function under the same id."""
    theirs = [g for id, g in gamers().items() if id.startswith("whole_script_")]
    assert len(theirs) == 6
    assert {(g.pipeline, g.pipeline_id) for g in theirs} == {(by_rules(id="a", summary="A.", suspects=unexplained).pipeline, "rebuild_rules")}
