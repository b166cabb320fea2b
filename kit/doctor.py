"""What this machine can do for the kit, found by trying, and how to mend what it cannot."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.errors import InputError
from kit.runtime import VARIABLE, RuntimeUnavailable, default_folder, find_runtime
from kit.sandbox.bubblewrap import BWRAP
from kit.sandbox.choose import BUBBLEWRAP, WAYS, Tried, first_that_holds, in_order
from kit.sandbox.choose import VARIABLE as SANDBOX_VARIABLE

OK, WARN, FAIL = "ok", "warn", "fail"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MIN_PYTHON = (3, 11)
GIB = 1024**3
FREE_DISK = {FAIL: 2 * GIB, WARN: 8 * GIB}
"""A runtime takes about 1 GiB, a form and its grading some hundred MiB."""
FREE_MEMORY = {FAIL: 2 * GIB, WARN: 4 * GIB}
"""Each call of a submission may use 2 GiB."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    id: str
    """`python`, `packages`, `sandbox`, `bubblewrap`, `podman`, `docker`, `runtime`, `browser`, `disk`, `cores` or `memory`."""
    title: str
    state: str
    """`ok`; `warn`: works with less comfort; `fail`: grading does not work."""
    found: str
    """What was seen, in one line."""
    mend: str = ""
    """What exactly to do; empty where nothing has to be done."""


def examine() -> list[Finding]:
    """Look at everything the kit needs, in the order in which one would mend it. Takes a second or two where a container engine is installed.

    Changes nothing, but that such an engine gets the empty image that runs start from.
    """
    looks: tuple[Callable[[], Finding], ...] = (_runtime, _browser, _disk, _cores, _memory)
    return [_python(), _packages(), *_sandboxes(), *(look() for look in looks)]


def can_grade(findings: list[Finding]) -> bool:
    """Whether nothing that grading needs has failed."""
    return all(finding.state != FAIL for finding in findings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] >= MIN_PYTHON
    mend = "" if good else f"install Python {'.'.join(map(str, MIN_PYTHON))} or newer and run `make setup PYTHON=python3.12`"
    return Finding(id="python", title="Python", state=OK if good else FAIL, found=found, mend=mend)


def _packages() -> Finding:
    try:
        needed = importlib.metadata.requires("takehome-kit") or []
    except importlib.metadata.PackageNotFoundError:
        mend = "run `make setup` in the kit's folder"
        return Finding(id="packages", title="The kit's packages", state=WARN, found="the kit is used without being installed", mend=mend)
    names = [re.split(r"[<>=!~;\[ ]", line, maxsplit=1)[0] for line in needed if "extra ==" not in line]
    missing = [name for name in names if not _installed(name)]
    found = f"missing: {', '.join(missing)}" if missing else f"all {len(names)} are installed"
    return Finding(
        id="packages", title="The kit's packages", state=FAIL if missing else OK, found=found, mend="run `make setup` again" if missing else ""
    )


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _sandboxes() -> list[Finding]:
    """The sandbox that submissions would run in, then each backend by itself."""
    tried = {name: way() for name, way in WAYS.items()}
    try:
        chosen = first_that_holds(tried, in_order())
    except InputError as error:
        chosen = Tried(sandbox=None, why_not=str(error), fix=f"unset {SANDBOX_VARIABLE}, or correct it")
    title = "Sandbox"
    if chosen.sandbox is None:
        first = Finding(id="sandbox", title=title, state=FAIL, found=chosen.why_not, mend=chosen.fix)
    else:
        holds = ", ".join(chosen.sandbox.protections)
        first = Finding(id="sandbox", title=title, state=OK, found=f"{chosen.sandbox.name} holds in a live test: {holds}")
    return [first, *(_backend(name, each, chosen) for name, each in tried.items())]


def _backend(name: str, tried: Tried, chosen: Tried) -> Finding:
    title = f"- {name}"
    if tried.sandbox is not None:
        version = _bubblewrap_version() if name == BUBBLEWRAP else tried.sandbox.protections[-1]
        return Finding(id=name, title=title, state=OK, found=f"holds in a live test ({version})")
    # One backend is enough; what the others lack is told without being called for.
    state = OK if chosen.sandbox is not None else WARN
    needed = f" (not needed: {chosen.sandbox.name} holds)" if chosen.sandbox is not None else ""
    return Finding(id=name, title=title, state=state, found=tried.why_not + needed, mend=tried.fix)


def _bubblewrap_version() -> str:
    try:
        said = subprocess.run([BWRAP, "--version"], capture_output=True, env={}, stdin=subprocess.DEVNULL, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return "bubblewrap"
    return said.stdout.decode("utf-8", "replace").strip() or "bubblewrap"


def _runtime() -> Finding:
    title = "Environment for submissions"
    try:
        runtime = find_runtime()
    except RuntimeUnavailable as error:
        return Finding(id="runtime", title=title, state=FAIL, found=str(error), mend=f"delete the folder it names, or set {VARIABLE} to another")
    if runtime is not None:
        return Finding(id="runtime", title=title, state=OK, found=f"built ({runtime.digest})")
    place = _existing(default_folder())
    if not os.access(place, os.W_OK):
        found = f"not built yet, and {str(place)!r} cannot be written"
        return Finding(id="runtime", title=title, state=FAIL, found=found, mend=f"set {VARIABLE} to a folder that can be written")
    mend = "nothing to do now: the first grading builds it, which needs a network or a package mirror once"
    return Finding(id="runtime", title=title, state=WARN, found="not built yet", mend=mend)


def _browser() -> Finding:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    mend = "" if found else "only needed to test the kit's pages: `apt install chromium`"
    return Finding(id="browser", title="Headless browser", state=OK if found else WARN, found=found or "none", mend=mend)


def _disk() -> Finding:
    places = {"temporary folder": Path(tempfile.gettempdir()), "runtime folder": _existing(default_folder())}
    free = {name: shutil.disk_usage(place).free for name, place in places.items()}
    state = _graded(min(free.values()), FREE_DISK)
    found = ", ".join(f"{size / GIB:.1f} GiB free in the {name}" for name, size in free.items())
    mend = "" if state == OK else f"free some space, or point TMPDIR and {VARIABLE} to a larger disk"
    return Finding(id="disk", title="Disk", state=state, found=found, mend=mend)


def usable_cores() -> int:
    """Cores that this process may use, which a container may have cut down."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cores() -> Finding:
    cores = usable_cores()
    mend = "" if cores > 1 else "grading takes about twice as long on one core"
    return Finding(id="cores", title="Cores", state=OK if cores > 1 else WARN, found=f"{cores} usable", mend=mend)


def _memory() -> Finding:
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return Finding(id="memory", title="Memory", state=WARN, found="this system does not say", mend="4 GiB of free memory are comfortable")
    state = _graded(free, FREE_MEMORY)
    mend = "" if state == OK else "close other programs, or grade with `--jobs 1`"
    return Finding(id="memory", title="Memory", state=state, found=f"{free / GIB:.1f} GiB available", mend=mend)


def _graded(value: int, bars: dict[str, int]) -> str:
    return FAIL if value < bars[FAIL] else WARN if value < bars[WARN] else OK


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path("/"))
