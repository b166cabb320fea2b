"""Two processes at one vault at the same time: each waits where it must, and both end well."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desks import Desk
from test_killed import state

from kit.issue import issue
from kit.vault import Vault

FORK = multiprocessing.get_context("fork")
LONGEST = 60
"""Seconds after which a process that waits for another is said to wait for ever."""


def both(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Two pieces of work, each in a process of its own, both ending well."""
    workers = [FORK.Process(target=_ended, args=(work,)) for work in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(LONGEST)
        stuck = worker.is_alive()
        worker.kill()
        assert not stuck, "two processes wait for each other"
    assert [worker.exitcode for worker in workers] == [0, 0]


def _ended(work: Callable[[], object]) -> None:
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def test_issuing_to_one_candidate_makes_one_form(desk: Desk, toy: Any) -> None:
    """The second waits for the first, which is not done before it does, and sends out the same take-home."""
    building, waiting = FORK.Event(), FORK.Event()

    def build() -> None:
        building.set()
        assert waiting.wait(LONGEST)

    def first() -> None:
        toy.on_build = build
        assert not issue(Vault.open(desk.vault, write=True), "ana", out=desk.folder / "first").again

    def second() -> None:
        assert building.wait(LONGEST)
        vault = Vault.open(desk.vault, write=True)
        tell = lambda stage, fraction: waiting.set() if stage.startswith("waiting for another process") else None  # noqa: E731
        assert issue(vault, "ana", out=desk.folder / "second", progress=tell).again

    before = desk.sealed()
    both(first, second)
    (id_,) = set(Vault.open(desk.vault).ids()) - {name.partition("/")[0] for name in before}
    assert before.items() <= desk.sealed().items()
    assert (desk.folder / "first" / f"{id_}.zip").read_bytes() == (desk.folder / "second" / f"{id_}.zip").read_bytes()
    assert desk.chained().count(id_) == 1
    assert desk.left_over() == []


def test_issuing_to_two_candidates_makes_two(desk: Desk, toy: Any) -> None:
    """Neither waits for the other: both are in the middle of the build at the same time."""
    meeting = FORK.Barrier(2)
    toy.on_build = lambda: meeting.wait(LONGEST)
    both(lambda: desk.well("issue", "ana"), lambda: desk.well("issue", "cat"))
    assert len(Vault.open(desk.vault).ids()) == 3
    assert len(desk.chained()) == 4
    assert desk.left_over() == []


def test_grading_one_submission_twice_makes_two_grades(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both runs are under way at the same time, and neither takes the other's work for left over."""
    from kit import assess

    meeting = FORK.Barrier(2)
    collect = assess.collect

    def together(*args: Any, **options: Any) -> Path:
        meeting.wait(LONGEST)
        made: Path = collect(*args, **options)
        meeting.wait(LONGEST)
        return made

    monkeypatch.setattr(assess, "collect", together)
    before, _, logged = state(desk)
    both(lambda: desk.well("grade", "{desk}/ben"), lambda: desk.well("grade", "{desk}/ben"))
    after = desk.sealed()
    assert before.items() <= after.items()
    (id_,) = Vault.open(desk.vault).ids()
    assert Vault.open(desk.vault).form(id_).grades() == [1, 2, 3]
    assert after[f"{id_}/grades/2/scorecard.json"] == after[f"{id_}/grades/3/scorecard.json"] == after[f"{id_}/grades/1/scorecard.json"]
    assert sorted(desk.chained()[len(logged) :]) == [f"{id_}/2", f"{id_}/3"]
    assert desk.left_over() == []


def test_grading_and_a_killed_grader(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One grader is killed while the other is in the middle: the other ends as if alone, and the next sweeps what the first left."""
    from kit import assess

    reached, dead = FORK.Event(), FORK.Event()
    collect = assess.collect

    def slow(*args: Any, **options: Any) -> Path:
        reached.set()
        assert dead.wait(LONGEST)
        return collect(*args, **options)  # type: ignore[no-any-return]

    def never(*args: Any, **options: Any) -> Path:
        reached.set()
        raise SystemExit(signal.pause())  # not in an event: one that a killed process waits for never wakes anybody again

    monkeypatch.setattr(assess, "collect", never)
    victim = FORK.Process(target=_ended, args=(lambda: desk.well("grade", "{desk}/ben"),))
    victim.start()
    assert reached.wait(LONGEST)
    reached.clear()
    monkeypatch.setattr(assess, "collect", slow)
    living = FORK.Process(target=_ended, args=(lambda: desk.well("grade", "{desk}/ben"),))
    living.start()
    assert reached.wait(LONGEST)
    assert len(desk.left_over()) == 4  # a stage and its lock for each
    victim.kill()
    victim.join(LONGEST)
    dead.set()
    living.join(LONGEST)
    assert living.exitcode == 0
    monkeypatch.setattr(assess, "collect", collect)
    assert len(desk.left_over()) == 2
    result = json.loads(desk.well("grade", "{desk}/ben", "--json").stdout)
    assert result[0]["grade"] == 3
    assert desk.left_over() == []
    desk.chained()
