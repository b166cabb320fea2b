"""What is bubblewrap's alone; what a run in it can and cannot do is in test_backends.py."""

import pytest
from containment import need_backend

from kit.sandbox.bubblewrap import Bubblewrap
from kit.sandbox.model import SandboxUnavailable


def test_a_bubblewrap_that_is_too_old_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own list of options."""
    monkeypatch.setattr("kit.sandbox.bubblewrap.BWRAP", "/bin/echo")
    with pytest.raises(SandboxUnavailable, match=r"--as-pid-1.*0\.8"):
        Bubblewrap()


@pytest.mark.sandbox
def test_the_record_says_how_privileges_were_dropped() -> None:
    """As root by another user id, else by a user namespace; the rest is the same."""
    sandbox = need_backend("bubblewrap")
    assert isinstance(sandbox, Bubblewrap)
    assert sandbox.protections[-1] == ("runs as an unused user" if sandbox.as_root else "own user namespace")
    assert "no network" in sandbox.protections
