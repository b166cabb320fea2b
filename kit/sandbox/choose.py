"""Pick the sandbox of this machine by trying it, never by guessing, and never a weaker one in silence."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path

from kit.sandbox.bubblewrap import INSTALL, Bubblewrap
from kit.sandbox.model import Sandbox, SandboxError, SandboxUnavailable
from kit.sandbox.plain import Plain
from kit.sandbox.selfcheck import check

APPARMOR_SWITCH = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
APPARMOR_FIX = (
    "this kernel lets only programs with an AppArmor profile make user namespaces: install the profile with "
    "`apt install apparmor-profiles && ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    "apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict` as root"
)
NAMESPACE_SWITCHES = {
    "/proc/sys/kernel/unprivileged_userns_clone": "user namespaces are switched off: `sysctl kernel.unprivileged_userns_clone=1` as root",
    "/proc/sys/user/max_user_namespaces": "no user namespace may be made: `sysctl user.max_user_namespaces=10000` as root",
}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of trying the full backend."""

    sandbox: Sandbox | None
    """The backend, where it holds."""
    why_not: str
    """What is in the way; empty where it holds."""
    fix: str
    """What to do about it; empty where it holds."""


def try_full() -> Tried:
    """Set up bubblewrap and run the self-check in it."""
    if platform.system() != "Linux":
        return Tried(
            sandbox=None,
            why_not=f"the sandbox needs Linux, this is {platform.system()!r}",
            fix="grade on a Linux machine or in a Linux virtual machine",
        )
    try:
        sandbox = Bubblewrap()
    except SandboxError as error:
        return Tried(sandbox=None, why_not=str(error), fix=INSTALL)
    seen = check(sandbox)
    if seen.holds:
        return Tried(sandbox=sandbox, why_not="", fix="")
    if seen.breaches:
        why_not = f"in the self-check of bubblewrap this went through: {'; '.join(seen.breaches)}"
        return Tried(sandbox=None, why_not=why_not, fix="grade on another machine, and report this as a bug")
    return Tried(sandbox=None, why_not=f"bubblewrap does not work here: {seen.problem}", fix=likely_fix())


def likely_fix() -> str:
    """What most often keeps an installed bubblewrap from working, judged by the switches of this kernel."""
    if _value(APPARMOR_SWITCH) == "1":
        return APPARMOR_FIX
    for switch, fix in NAMESPACE_SWITCHES.items():
        if _value(Path(switch)) == "0":
            return fix
    return "inside a container, allow it namespaces (a throw-away container of your own: `--security-opt seccomp=unconfined`), or grade on the host"


def choose(allow_unsandboxed: bool = False) -> Sandbox:
    """The full sandbox of this machine; the plain one only where no full one works and `allow_unsandboxed` was asked for.

    Raises SandboxUnavailable, naming what is in the way and the fix.
    """
    tried = try_full()
    if tried.sandbox is not None:
        return tried.sandbox
    if allow_unsandboxed:
        return Plain()
    raise SandboxUnavailable(
        f"no full sandbox works on this machine: {tried.why_not}. To mend it: {tried.fix}. `takehome doctor` shows the state; nothing was run. "
        "To run code that you trust without containment, ask for it explicitly (unsandboxed)"
    )


def _value(switch: Path) -> str | None:
    try:
        return switch.read_text().strip()
    except OSError:
        return None
