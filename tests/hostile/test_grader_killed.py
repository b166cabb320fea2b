"""The grader itself is killed while a submission runs: the submission ends too, and the vault is as it was."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest
from attacks import attacks
from attacks._attack import honest, plain
from ground import FORMS, Ground, alone, marked

from kit.sandbox.bubblewrap import Bubblewrap
from kit.vault import Vault

pytestmark = pytest.mark.sandbox
LONG_S = 60.0


def until(holds: Callable[[], bool]) -> bool:
    """Wait for something that must come; False when it did not come in a time that is long for it."""
    end = time.monotonic() + LONG_S
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("attack", [attack for attack in attacks() if attack.kills], ids=lambda attack: attack.id)
def test_a_run_ends_with_its_grader(ground: Ground, attack, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """SIGKILL, which no cleaning up survives. Well before its own time limit nothing of the run is left; no grade is half there."""
    expected = alone(ground, "quick").card
    form = ground.vault.form(FORMS["quick"])
    before = form.grades()
    hand_in = ground.hand_in(attack)
    grader = os.fork()
    if grader == 0:
        try:
            # Its own: what ends the runs of a killed grader holds a line to that very process.
            sandbox = Bubblewrap()
            monkeypatch.setattr("kit.sandbox.choose.choose", lambda allow_unsandboxed=False, **options: sandbox)
            ground.grade({attack.id: hand_in})
        finally:
            os._exit(0)
    try:
        # The first process of the run and what it left behind itself: it is well under way.
        begun = until(lambda: len(marked(ground.mark)) >= 2)
    finally:
        os.kill(grader, signal.SIGKILL)
        _, status = os.waitpid(grader, 0)
    assert begun
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    killed = time.monotonic()
    assert until(lambda: marked(ground.mark) == [])
    assert time.monotonic() - killed < attack.seconds, "it ended by its own limit, not with its grader"
    # What a killed grader leaves is closed to others until the next run sweeps it (docs/design/crash.md): the last line looks for it.
    assert all(left.stat().st_mode & 0o077 == 0 for left in ground.stage.iterdir())
    opened = Vault.open(ground.vault.root, write=True)
    assert list((opened.root / "incoming").iterdir()) == []
    assert opened.form(FORMS["quick"]).grades() == before
    batch = ground.grade({"after": ground.hand_in(honest(), "after the kill")})
    assert plain(batch.came["after"].card or {}) == plain(expected or {})
    assert ground.harm(batch) == []
