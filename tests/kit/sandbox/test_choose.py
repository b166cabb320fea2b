"""Choosing a sandbox: by trying, and never a weaker one in silence."""

from types import SimpleNamespace

import pytest
from containment import need_backend, need_sandbox

from kit.errors import InputError
from kit.sandbox import choose as choosing
from kit.sandbox.choose import VARIABLE, Tried, choose, in_order, try_full
from kit.sandbox.model import SandboxUnavailable
from kit.sandbox.plain import Plain
from kit.sandbox.selfcheck import Check


@pytest.mark.sandbox
def test_the_full_backend_is_chosen_where_it_holds() -> None:
    """Also when running without one would be allowed."""
    need_sandbox()
    assert choose().level == "full"
    assert choose(allow_unsandboxed=True).level == "full"


def test_without_any_backend_grading_stops_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in the way of each and the command to run; plain only when asked for."""
    monkeypatch.setattr("kit.sandbox.bubblewrap.BWRAP", "/nowhere/bwrap")
    monkeypatch.setattr("kit.sandbox.engine.shutil.which", lambda name, path=None: None)
    with pytest.raises(SandboxUnavailable, match=r"'/nowhere/bwrap'.*'podman' on PATH.*'docker' on PATH.*apt install bubblewrap.*apt install podman"):
        choose()
    assert isinstance(choose(allow_unsandboxed=True), Plain)


def test_the_order_is_that_of_the_system_and_a_wish_leaves_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """By argument or by variable; a word that is neither is an error, not a shrug."""
    assert in_order() == ["bubblewrap", "podman", "docker"]
    assert (in_order("bubblewrap"), in_order("container")) == (["bubblewrap"], ["podman", "docker"])
    monkeypatch.setattr(choosing.platform, "system", lambda: "Darwin")
    assert in_order() == ["podman", "docker"]
    monkeypatch.setenv(VARIABLE, "bubblewrap")
    assert in_order() == ["bubblewrap"]
    assert "'Darwin'" in try_full().why_not
    monkeypatch.setenv(VARIABLE, "gvisor")
    with pytest.raises(InputError, match="must be bubblewrap or container; got 'gvisor'"):
        try_full()


def test_a_second_choice_is_told_and_a_wish_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remark names what was passed over; with `--sandbox bubblewrap` the container is not even tried."""
    container = SimpleNamespace(name="podman", level="full", protections=())
    ways = {
        "bubblewrap": lambda: Tried(sandbox=None, why_not="no user namespaces", fix="sysctl"),
        "podman": lambda: Tried(sandbox=container, why_not="", fix=""),
    }
    monkeypatch.setattr(choosing, "WAYS", ways)
    said: list[str] = []
    assert choose(remark=said.append) is container
    assert said == ["Submissions run in podman, because: no user namespaces"]
    del ways["podman"]
    with pytest.raises(SandboxUnavailable, match="no user namespaces. To mend it: sysctl"):
        choose(wanted="bubblewrap")


@pytest.mark.sandbox
def test_a_container_is_used_where_it_is_asked_for() -> None:
    """Though bubblewrap would hold."""
    wanted = need_backend("podman")
    chosen = choose(wanted="container")
    assert (chosen.name, chosen.level) == ("podman", "full")
    assert chosen.protections == wanted.protections


@pytest.mark.sandbox
def test_a_backend_that_lets_anything_through_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its breaches are named."""
    need_sandbox()
    monkeypatch.setattr(choosing, "check", lambda sandbox: Check(holds=False, breaches=("be root", "write outside"), problem=""))
    with pytest.raises(SandboxUnavailable, match="be root; write outside"):
        choose(wanted="bubblewrap")


@pytest.mark.sandbox
def test_a_backend_that_does_not_start_names_the_switch_of_this_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppArmor on Ubuntu 24.04 first."""
    need_sandbox()
    monkeypatch.setattr(choosing, "check", lambda sandbox: Check(holds=False, breaches=(), problem="setting up uid map: Permission denied"))
    monkeypatch.setattr(choosing, "_value", lambda switch: "1" if "apparmor" in str(switch) else None)
    tried = try_full("bubblewrap")
    assert tried.sandbox is None
    assert "Permission denied" in tried.why_not
    assert "bwrap-userns-restrict" in tried.fix
    monkeypatch.setattr(choosing, "_value", lambda switch: "0")
    assert "sysctl" in choosing.likely_fix()
