"""The self-check itself: a backend that contains nothing must not pass it."""

import os
from pathlib import Path

import pytest
from containment import need_sandbox

from kit.sandbox.model import Run, SandboxError
from kit.sandbox.plain import Plain
from kit.sandbox.selfcheck import check


def test_no_sandbox_fails_on_every_count_that_matters() -> None:
    """Each attempt that an ordinary process may make is seen, from inside and from outside."""
    seen = check(Plain())
    assert not seen.holds
    for breach in ("connect to the loopback network", "connect to an abstract socket", "read a file in the temporary folder", "see other processes"):
        assert breach in seen.breaches
    assert "connect to a listener, as the listener saw it" in seen.breaches
    assert "write outside, as the host sees it" in seen.breaches


@pytest.mark.sandbox
def test_the_full_backend_passes_and_leaves_nothing_behind() -> None:
    """No canary stays in the environment or the home folder."""
    assert check(need_sandbox()).holds
    assert "TAKEHOME_CANARY" not in os.environ
    assert not list(Path.home().glob(".takehome-check-*"))


def test_a_backend_that_cannot_start_is_a_problem_not_a_breach() -> None:
    """So that the fix that is named is the right one."""

    class Broken(Plain):
        def run(self, *args: object, **options: object) -> Run:
            raise SandboxError("no permission")

    seen = check(Broken())
    assert (seen.holds, seen.breaches, seen.problem) == (False, (), "no permission")
