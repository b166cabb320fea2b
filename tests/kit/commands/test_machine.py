from __future__ import annotations

import json

from click.testing import CliRunner

from kit import doctor
from kit.cli import cli
from kit.doctor import Finding

FINE = Finding(id="python", title="Python", state="ok", found="3.11.2")
BROKEN = Finding(id="sandbox", title="Sandbox", state="fail", found="bubblewrap is missing", mend="apt install bubblewrap")


def test_doctor_says_what_is_missing_and_how_to_mend_it(monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: [FINE, BROKEN])
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 1
    assert "ok    Python   3.11.2" in result.stdout
    assert "fail  Sandbox  bubblewrap is missing" in result.stdout
    assert "-> apt install bubblewrap" in result.stdout
    assert "cannot grade" in result.stdout
    as_json = json.loads(CliRunner().invoke(cli, ["doctor", "--json"]).stdout)
    assert as_json["can_grade"] is False
    assert [finding["id"] for finding in as_json["findings"]] == ["python", "sandbox"]


def test_doctor_is_content_with_a_machine_that_can_grade(monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: [FINE])
    result = CliRunner().invoke(cli, ["doctor"])
    assert result.exit_code == 0
    assert "This machine can grade." in result.stdout
