"""The checks of a batch can fail: each kind of harm, done here by the test itself, is seen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from attacks._attack import honest
from ground import Batch, Ground, alone, marked
from verdicts import faults, on_terminal

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def batch(ground: Ground) -> Batch:
    """One honest hand-in, graded: nothing happened."""
    made = ground.grade({"honest": ground.hand_in(honest(), "control")})
    assert ground.harm(made) == []
    assert on_terminal(made.words) == []
    return made


def test_a_knock_at_each_listener_is_heard(ground: Ground) -> None:
    """All four, and only when somebody came."""
    assert ground.listeners.heard() == []
    with socket.create_connection(("127.0.0.1", ground.plan["tcp"]), 5), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", ground.plan["udp"]))
        for address in ("\0" + ground.plan["abstract"], ground.plan["socket"]):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(address)
        assert ground.listeners.heard() == ["tcp", "udp", "abstract", "pathname"]
    assert ground.listeners.heard() == []


def test_the_plan_leads_to_canaries_and_holds_none(ground: Ground) -> None:
    """What an attack is told to open exists, can be read by anyone it was meant for, and holds the word that must not come out."""
    assert ground.canaries["home"] in Path(ground.plan["home"]).read_text()
    assert ground.canaries["tmp"] in Path(ground.plan["tmp"]).read_text()
    assert ground.canaries["outside"] in Path(ground.plan["canary"]).read_text()
    assert ground.canaries["key"] in Path(ground.plan["key"]).read_text()
    assert ground.canaries["environment"] == os.environ["TAKEHOME_CANARY"]
    assert [place for place, word in ground.canaries.items() if word in str(ground.plan)] == []
    for name in ("tmp", "canary"):
        assert Path(ground.plan[name]).stat().st_mode & 0o004


def test_a_canary_in_any_output_is_seen(ground: Ground, batch: Batch) -> None:
    """In a page, in kept evidence, on the terminal; and the path of a hand-in in evidence."""
    page = next(batch.pages.rglob("report.html"))
    text = page.read_text()
    page.write_text(text + ground.canaries["home"])
    assert len(ground.harm(batch)) == 1
    page.write_text(text)
    kept = batch.came["honest"].grade
    assert kept is not None
    (kept / "evidence" / "more.txt").write_text(ground.canaries["key"] + ground.person)
    assert [line.split(" is in ")[0] for line in ground.harm(batch)] == ["the canary of key", "the path of the hand-in"]
    (kept / "evidence" / "more.txt").unlink()
    assert ground.harm(replace(batch, words=batch.words + ground.canaries["environment"])) == ["the canary of environment is on the terminal"]
    assert on_terminal("\x1b[2J\u202e\n") == ["the terminal got '\\x1b'", "the terminal got '\\u202e'"]


def test_a_changed_host_is_seen(ground: Ground, batch: Batch) -> None:
    """A file more on the host, a stage left, work left in the vault."""
    for place in (ground.outside, ground.stage, ground.vault.root / "incoming"):
        (place / "left").write_text("x")
        assert ground.harm(batch) != [], place
        (place / "left").unlink()
        assert ground.harm(batch) == [], place


def test_a_process_that_is_left_is_seen(ground: Ground, batch: Batch) -> None:
    """By the mark in its environment, as long as it lives."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], env={"HOSTILE_BATCH": ground.mark}, stdin=subprocess.PIPE)
    try:
        assert marked(ground.mark) == [process.pid]
        assert ground.harm(batch) == [f"process {process.pid} of a run is still there"]
    finally:
        process.communicate(b"\n")
    assert marked(ground.mark) == []
    assert batch.seen > 0


def test_what_is_unlike_its_declaration_is_seen(ground: Ground) -> None:
    """One honest grade, held against declarations that are all wrong in one thing."""
    came = alone(ground, "quick")
    assert came.card is not None
    right = honest()
    assert faults(right, came, came.card) == []
    wrong = [
        replace(right, command="predict", outcome="hung", gains=None),
        replace(right, refused="entry_link"),
        replace(right, code="attempt('open the key', read, 'x')"),
        replace(right, says=("words",)),
        replace(right, documents={"MEMO.md": "document_missing"}),
        replace(right, gains=True),
        replace(right, shown=("a text that is not there",)),
        replace(right, absent=("<html",)),
    ]
    assert [attack for attack in wrong if not faults(attack, came, came.card)] == []
    assert faults(right, came, {**came.card, "total": 1.0}) != []
