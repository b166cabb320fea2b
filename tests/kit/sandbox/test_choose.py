"""Choosing a sandbox: by trying, and never a weaker one in silence."""

import pytest
from containment import need_sandbox

from kit.sandbox import choose as choosing
from kit.sandbox.bubblewrap import Bubblewrap
from kit.sandbox.choose import choose, try_full
from kit.sandbox.model import SandboxUnavailable
from kit.sandbox.plain import Plain
from kit.sandbox.selfcheck import Check


@pytest.mark.sandbox
def test_the_full_backend_is_chosen_where_it_holds() -> None:
    """Also when running without one would be allowed."""
    need_sandbox()
    assert choose().level == "full"
    assert choose(allow_unsandboxed=True).level == "full"


def test_without_bubblewrap_grading_stops_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the way and the command to run; plain only when asked for."""
    monkeypatch.setattr("kit.sandbox.bubblewrap.BWRAP", "/nowhere/bwrap")
    with pytest.raises(SandboxUnavailable, match=r"'/nowhere/bwrap'.*apt install bubblewrap"):
        choose()
    assert isinstance(choose(allow_unsandboxed=True), Plain)


@pytest.mark.sandbox
def test_a_backend_that_lets_anything_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its breaches are named."""
    need_sandbox()
    monkeypatch.setattr(choosing, "check", lambda sandbox: Check(holds=False, breaches=("be root", "write outside"), problem=""))
    with pytest.raises(SandboxUnavailable, match="be root; write outside"):
        choose()


@pytest.mark.sandbox
def test_a_backend_that_does_not_start_names_the_switch_of_this_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppArmor on Ubuntu 24.04 first."""
    need_sandbox()
    monkeypatch.setattr(choosing, "check", lambda sandbox: Check(holds=False, breaches=(), problem="setting up uid map: Permission denied"))
    monkeypatch.setattr(choosing, "_value", lambda switch: "1" if "apparmor" in str(switch) else None)
    tried = try_full()
    assert tried.sandbox is None
    assert "Permission denied" in tried.why_not
    assert "bwrap-userns-restrict" in tried.fix
    monkeypatch.setattr(choosing, "_value", lambda switch: "0")
    assert "sysctl" in choosing.likely_fix()


def test_a_bubblewrap_that_is_too_old_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own list of options."""
    monkeypatch.setattr("kit.sandbox.bubblewrap.BWRAP", "/bin/echo")
    with pytest.raises(SandboxUnavailable, match=r"--as-pid-1.*0\.8"):
        Bubblewrap()
