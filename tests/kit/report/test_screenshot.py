"""Pictures: clear errors without a browser, and nothing left behind."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kit.errors import InputError, MachineError
from kit.report import screenshot as module
from kit.report.screenshot import find_browser, run_browser, screenshot


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text("<p>hello</p>", encoding="utf-8")
    return path


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program that answers in a browser's place."""
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv(module.VARIABLE, str(program))


def test_without_a_browser_the_error_names_the_remedy(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Chromium on PATH: what was looked for and what to install."""
    monkeypatch.delenv(module.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() is None
    with pytest.raises(MachineError, match=r"needs Chromium or Chrome; none of chromium, .* apt install chromium"):
        screenshot(page, tmp_path / "page.png")


def test_a_named_browser_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong variable is never silently passed over."""
    monkeypatch.setenv(module.VARIABLE, "no-such-browser")
    with pytest.raises(MachineError, match="TAKEHOME_BROWSER must name a Chromium that can be started; got 'no-such-browser'"):
        find_browser()


def test_a_missing_page_and_an_odd_size_are_refused(page: Path, tmp_path: Path) -> None:
    """Both errors give the value that came."""
    with pytest.raises(InputError, match="absent.html"):
        screenshot(tmp_path / "absent.html", tmp_path / "page.png")
    with pytest.raises(InputError, match="width=10"):
        screenshot(page, tmp_path / "page.png", width=10)


def test_a_browser_that_fails_is_quoted(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exit code and its last words are in the message."""
    stand_in(tmp_path, monkeypatch, "echo out of paint >&2; exit 3")
    with pytest.raises(MachineError, match="ended with 3. Its last words: 'out of paint'"):
        screenshot(page, tmp_path / "page.png")


def test_a_browser_that_writes_nothing_is_noticed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old picture is not taken for a new one."""
    stand_in(tmp_path, monkeypatch, "exit 0")
    (tmp_path / "page.png").write_bytes(b"old")
    with pytest.raises(MachineError, match=r"must write page\.png"):
        screenshot(page, tmp_path / "page.png")


def test_a_browser_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the browser nor a helper that it started lives on."""
    stand_in(tmp_path, monkeypatch, f"sleep 600 & echo $! > {tmp_path}/helper; wait")
    with pytest.raises(MachineError, match=r"must end within 0\.5 s"):
        run_browser([], timeout=0.5)
    helper = Path("/proc") / (tmp_path / "helper").read_text().strip() / "stat"
    assert not helper.exists() or helper.read_text().split()[2] in "ZX"
