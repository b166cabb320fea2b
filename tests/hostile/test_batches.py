"""Every attack through `takehome grade`, many in one batch with honest work between them: each comes out as declared, and nothing else happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from attacks import Attack, attacks, families
from attacks._attack import honest, plain
from ground import Ground, alone
from verdicts import faults, on_terminal, told

pytestmark = pytest.mark.sandbox
BATCH = 14
"""Attacks in a batch: enough to be mixed, few enough that a failure is soon seen."""


def judge(ground: Ground, chosen: Sequence[Attack], name: str) -> None:
    """Grade attacks in one batch, honest work first, in the middle and last."""
    forms = sorted({attack.form for attack in chosen})
    hand_ins = {}
    for place, some in (("first", []), ("middle", chosen[: len(chosen) // 2]), ("last", chosen[len(chosen) // 2 :])):
        hand_ins |= {attack.id: ground.hand_in(attack, f"{name} {attack.id}") for attack in some}
        for form in forms if place == "first" else forms[:1]:
            hand_ins[f"honest {form} {place}"] = ground.hand_in(replace(honest(), form=form), f"{name} {form} {place}")
    expected = {form: alone(ground, form).card for form in forms}
    batch = ground.grade(hand_ins)
    harm = ground.harm(batch)
    busy = [who for who, came in batch.came.items() if came.grade is not None and "timeout_wall" in came.calls.values()]
    if busy:
        # The machine had no time for them: the kit says so, and asks for what is done here.
        again = ground.grade({who: hand_ins[who] for who in busy})
        batch = replace(again, came={**batch.came, **again.came}, words=batch.words + again.words, exit_code=batch.exit_code, seen=batch.seen)
    wrong = {attack.id: faults(attack, batch.came[attack.id], expected[attack.form] or {}) for attack in chosen}
    for who, came in batch.came.items():
        if who.startswith("honest "):
            form = who.split()[1]
            same = came.card is not None and plain(came.card) == plain(expected[form] or {})
            wrong[who] = [] if same else [f"expected the scorecard that it gets alone; got {came.error or came.calls}"]
    wrong["the host"] = harm + ground.harm(batch)
    wrong["the terminal"] = on_terminal(batch.words)
    wrong["the exit code"] = [] if batch.exit_code == int(any(came.error for came in batch.came.values())) else [f"got {batch.exit_code}"]
    wrong["the watch"] = [] if batch.seen else ["no process of any run was seen from outside: what is left could not be seen either"]
    for attack in chosen:
        grade = batch.came[attack.id].grade
        if attack.absent and grade is not None:
            wrong[attack.id] += told(attack, ground, grade)
    said = [f"{who}: {line}" for who, lines in wrong.items() for line in lines]
    assert not said, "\n".join(said)


def parts() -> list[tuple[str, int]]:
    """The batches of every family, for those that the quick batch does not hold."""
    return [(family, start) for family in families() for start in range(0, len(slow(family)), BATCH)]


def slow(family: str) -> list[Attack]:
    return [attack for attack in attacks(family) if not attack.quick and not attack.kills]


def test_a_mixed_batch(ground: Ground) -> None:
    """One or more of every family, mixed: those that matter most."""
    chosen = [attack for attack in attacks() if attack.quick]
    assert {attack.family for attack in chosen} == set(families())
    # Neighbours of unlike families, so that what one leaves behind meets another kind.
    judge(ground, [attack for start in range(7) for attack in chosen[start::7]], "mixed")


@pytest.mark.hostile
@pytest.mark.parametrize(("family", "start"), parts(), ids=lambda value: str(value))
def test_a_family(ground: Ground, family: str, start: int) -> None:
    """All the others of a family."""
    judge(ground, slow(family)[start : start + BATCH], f"{family} {start}")
