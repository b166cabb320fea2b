"""A picture of a report, taken by a real browser without a window.

The browser runs in a process group of its own with a fresh profile, is told to stay off the network, and is ended with everything it started.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from kit.errors import InputError, MachineError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
VARIABLE = "TAKEHOME_BROWSER"
_QUIET = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def find_browser() -> Path | None:
    """The browser that pictures are taken with: what TAKEHOME_BROWSER names, else the first Chromium found on PATH, else None.

    Raises MachineError when TAKEHOME_BROWSER names something that is not there.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise MachineError(f"{VARIABLE} must name a Chromium that can be started; got {named!r}. Correct it, or unset it to search PATH.")
        return Path(found)
    return next((Path(found) for found in map(shutil.which, NAMES) if found), None)


def run_browser(arguments: list[str], *, timeout: float = 60.0) -> str:
    """What the browser wrote to standard output when started with these arguments beside the quiet ones.

    Raises MachineError when there is no browser, or it does not end well in time.
    """
    browser = find_browser()
    if browser is None:
        raise MachineError(
            f"taking a picture needs Chromium or Chrome; none of {', '.join(NAMES)} is on PATH. Install one (Debian: apt install chromium) or "
            f"set {VARIABLE}."
        )
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="takehome-browser-", ignore_cleanup_errors=True) as profile:
        command = [str(browser), *_QUIET, *as_root, f"--user-data-dir={profile}", *arguments]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
        )
        try:
            output, complaint = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise MachineError(f"{browser.name} must end within {timeout:g} s; it did not. Try again on a less busy machine.") from error
        finally:
            _end(process)
    if process.returncode != 0:
        raise MachineError(f"{browser.name} must end with code 0; it ended with {process.returncode}. Its last words: {complaint.strip()[-400:]!r}")
    return output


def screenshot(html: Path, png: Path, *, width: int = 1100, height: int = 1400) -> None:
    """Write a picture of the top `height` pixels of a page, laid out `width` pixels wide.

    Raises InputError for a page that is not there or a size that cannot be, MachineError when there is no browser or no picture came of it.
    """
    if not html.is_file():
        raise InputError(f"html must be a file to take a picture of; got {str(html)!r}, which is not one. Write the report first.")
    if not (200 <= width <= 8000 and 200 <= height <= 30000):
        raise InputError(f"width and height must lie in 200..8000 and 200..30000 pixels; got width={width!r}, height={height!r}.")
    target = png.resolve()
    target.unlink(missing_ok=True)
    run_browser([f"--screenshot={target}", f"--window-size={width},{height}", "--force-device-scale-factor=1", html.resolve().as_uri()])
    if not target.is_file() or target.stat().st_size == 0:
        raise MachineError(f"the browser must write {target.name}; it ended well and wrote nothing. Check that its folder can be written.")


def _end(process: subprocess.Popen[str]) -> None:
    """End the browser and every helper that it started: they share its process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
