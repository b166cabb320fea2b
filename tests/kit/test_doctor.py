"""Doctor: every look has a state, and whatever is not well comes with what to do."""

import pytest

from kit import doctor
from kit.doctor import FAIL, OK, WARN, can_grade, examine
from kit.sandbox.choose import VARIABLE as SANDBOX_VARIABLE
from kit.sandbox.choose import Tried
from kit.sandbox.plain import Plain


def test_every_look_is_made_and_what_is_not_well_has_a_mend() -> None:
    """On whatever machine this runs."""
    findings = examine()
    assert [finding.id for finding in findings] == [
        "python",
        "packages",
        "sandbox",
        "bubblewrap",
        "podman",
        "docker",
        "runtime",
        "browser",
        "disk",
        "cores",
        "memory",
    ]
    assert all(finding.state in {OK, WARN, FAIL} and finding.found for finding in findings)
    assert all(finding.mend for finding in findings if finding.state != OK)
    assert findings[0].state == OK


def test_without_a_sandbox_the_reason_and_the_fix_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And this machine cannot grade."""
    nothing = {name: lambda name=name: Tried(sandbox=None, why_not=f"no {name}", fix=f"install {name}") for name in doctor.WAYS}
    monkeypatch.setattr(doctor, "WAYS", nothing)
    findings = {finding.id: finding for finding in examine()}
    assert (findings["sandbox"].state, findings["sandbox"].found) == (FAIL, "no bubblewrap; no podman; no docker")
    assert findings["sandbox"].mend == "install bubblewrap; or install podman; or install docker"
    for name in nothing:
        assert (findings[name].state, findings[name].found, findings[name].mend) == (WARN, f"no {name}", f"install {name}")
    assert not can_grade(list(findings.values()))


def test_one_backend_that_holds_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are told with what they lack, without a warning; a backend asked for by name is the only one that counts."""
    ways = {name: lambda name=name: Tried(sandbox=None, why_not=f"no {name}", fix=f"install {name}") for name in doctor.WAYS}
    ways["podman"] = lambda: Tried(sandbox=Plain(), why_not="", fix="")
    monkeypatch.setattr(Plain, "protections", ("engine 1.0",))
    monkeypatch.setattr(doctor, "WAYS", ways)
    findings = {finding.id: finding for finding in doctor._sandboxes()}
    assert [findings[name].state for name in ("sandbox", "bubblewrap", "podman", "docker")] == [OK] * 4
    assert findings["podman"].found == "holds in a live test (engine 1.0)"
    assert (findings["docker"].found, findings["docker"].mend) == ("no docker (not needed: none holds)", "install docker")
    monkeypatch.setenv(SANDBOX_VARIABLE, "bubblewrap")
    assert [finding.state for finding in doctor._sandboxes()] == [FAIL, WARN, OK, WARN]
    monkeypatch.setenv(SANDBOX_VARIABLE, "chroot")
    assert "must be bubblewrap or container; got 'chroot'" in doctor._sandboxes()[0].found


def test_a_missing_browser_or_core_does_not_stop_grading(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are remarks."""
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setattr(doctor, "usable_cores", lambda: 1)
    states = {finding.id: finding.state for finding in (doctor._browser(), doctor._cores())}
    assert states == {"browser": WARN, "cores": WARN}


@pytest.mark.parametrize(("free", "state"), [(1 << 30, FAIL), (3 << 30, WARN), (100 << 30, OK)])
def test_disk_is_judged_by_what_is_free(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    """The scarcer of the two places counts."""
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: type("Usage", (), {"free": free}))
    assert doctor._disk().state == state
