"""Doctor: every look has a state, and whatever is not well comes with what to do."""

import pytest

from kit import doctor
from kit.doctor import FAIL, OK, WARN, can_grade, examine
from kit.sandbox.choose import Tried


def test_every_look_is_made_and_what_is_not_well_has_a_mend() -> None:
    """On whatever machine this runs."""
    findings = examine()
    assert [finding.id for finding in findings] == ["python", "packages", "sandbox", "runtime", "browser", "disk", "cores", "memory"]
    assert all(finding.state in {OK, WARN, FAIL} and finding.found for finding in findings)
    assert all(finding.mend for finding in findings if finding.state != OK)
    assert findings[0].state == OK


def test_without_a_sandbox_the_reason_and_the_fix_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """And this machine cannot grade."""
    monkeypatch.setattr(doctor, "try_full", lambda: Tried(sandbox=None, why_not="no bwrap", fix="apt install bubblewrap"))
    findings = examine()
    sandbox = next(finding for finding in findings if finding.id == "sandbox")
    assert (sandbox.state, sandbox.found, sandbox.mend) == (FAIL, "no bwrap", "apt install bubblewrap")
    assert not can_grade(findings)


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
