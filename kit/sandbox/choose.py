"""Pick the sandbox of this machine by trying it, never by guessing, and never a weaker one in silence."""

from __future__ import annotations

import functools
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kit.errors import InputError
from kit.runtime import REQUIREMENTS
from kit.sandbox import engine as engines
from kit.sandbox.bubblewrap import INSTALL, Bubblewrap
from kit.sandbox.container import Container
from kit.sandbox.image import BASE_VARIABLE, image_for
from kit.sandbox.model import Sandbox, SandboxError, SandboxUnavailable
from kit.sandbox.plain import Plain
from kit.sandbox.selfcheck import check

BUBBLEWRAP, CONTAINER = "bubblewrap", "container"
VARIABLE = "TAKEHOME_SANDBOX"
"""Holds `bubblewrap` or `container`, as `--sandbox` does."""
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
BREACHED = "grade on another machine, and report this as a bug"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of trying a full backend."""

    sandbox: Sandbox | None
    """The backend, where it holds."""
    why_not: str
    """What is in the way; empty where it holds."""
    fix: str
    """What to do about it; empty where it holds."""
    passed_over: str = ""
    """Where it holds: why the one that comes first here does not, to be told to the person who grades."""


def try_bubblewrap() -> Tried:
    """Set up bubblewrap and run the self-check in it."""
    if platform.system() != "Linux":
        return Tried(
            sandbox=None,
            why_not=f"bubblewrap needs Linux, this is {platform.system()!r}",
            fix="grade in a container, on a Linux machine or in a Linux virtual machine",
        )
    try:
        sandbox = Bubblewrap()
    except SandboxError as error:
        return Tried(sandbox=None, why_not=str(error), fix=INSTALL)
    return _checked(sandbox, likely_fix)


def try_container(kind: str) -> Tried:
    """Set up the engine `podman` or `docker` and run the self-check in a container of it."""
    try:
        engine = engines.open_engine(kind)
        sandbox = Container(engine, image_for(engine, requirements=REQUIREMENTS))
    except SandboxError as error:
        return Tried(sandbox=None, why_not=str(error), fix=_set_base(error) or engines.likely_fix(kind, str(error)))
    return _checked(sandbox, lambda: engines.likely_fix(kind, ""))


WAYS: Mapping[str, Callable[[], Tried]] = {BUBBLEWRAP: try_bubblewrap} | {kind: functools.partial(try_container, kind) for kind in engines.KINDS}
"""Every full backend, and how it is tried."""


def in_order(wanted: str | None = None) -> list[str]:
    """The backends that may be used here, the first choice first: on Linux bubblewrap, then the engines; elsewhere the engines.

    `wanted` (`bubblewrap` or `container`; None: what `TAKEHOME_SANDBOX` says, if anything) leaves no other choice.
    """
    wanted = wanted or os.environ.get(VARIABLE) or None
    if wanted not in (None, BUBBLEWRAP, CONTAINER):
        raise InputError(f"--sandbox and {VARIABLE} must be {BUBBLEWRAP} or {CONTAINER}; got {wanted!r}.")
    first = [BUBBLEWRAP] if wanted == BUBBLEWRAP or (wanted is None and platform.system() == "Linux") else []
    return first + (list(engines.KINDS) if wanted != BUBBLEWRAP else [])


def try_full(wanted: str | None = None) -> Tried:
    """The first full backend that holds, of those that `in_order` names."""
    return first_that_holds({}, in_order(wanted))


def first_that_holds(tried: dict[str, Tried], order: list[str]) -> Tried:
    """The same, with what became of those that were tried already; `tried` gets the others as far as they are needed."""
    failed: list[Tried] = []
    for name in order:
        if name not in tried:
            tried[name] = WAYS[name]()
        if tried[name].sandbox is not None:
            return replace(tried[name], passed_over="; ".join(each.why_not for each in failed))
        failed.append(tried[name])
    # The first is what this machine would best be mended for; the others are told with it.
    return Tried(sandbox=None, why_not="; ".join(each.why_not for each in failed), fix="; or ".join(dict.fromkeys(each.fix for each in failed)))


def likely_fix() -> str:
    """What most often keeps an installed bubblewrap from working, judged by the switches of this kernel."""
    if _value(APPARMOR_SWITCH) == "1":
        return APPARMOR_FIX
    for switch, fix in NAMESPACE_SWITCHES.items():
        if _value(Path(switch)) == "0":
            return fix
    return "inside a container, allow it namespaces (a throw-away container of your own: `--security-opt seccomp=unconfined`), or grade on the host"


def choose(allow_unsandboxed: bool = False, *, wanted: str | None = None, remark: Callable[[str], None] | None = None) -> Sandbox:
    """The full sandbox of this machine; the plain one only where no full one works and `allow_unsandboxed` was asked for.

    `wanted` is that of `try_full`. `remark` is told when the sandbox is not the one that comes first here, and why.
    Raises SandboxUnavailable, naming what is in the way and the fix.
    """
    tried = try_full(wanted)
    if tried.sandbox is not None:
        if tried.passed_over and remark is not None:
            remark(f"Submissions run in {tried.sandbox.name}, because: {tried.passed_over}")
        return tried.sandbox
    if allow_unsandboxed:
        return Plain()
    raise SandboxUnavailable(
        f"no full sandbox works on this machine: {tried.why_not}. To mend it: {tried.fix}. `takehome doctor` shows the state; nothing was run. "
        "To run code that you trust without containment, ask for it explicitly (unsandboxed)"
    )


def _set_base(error: SandboxError) -> str:
    return f"set {BASE_VARIABLE} as described" if BASE_VARIABLE in str(error) else ""


def _checked(sandbox: Sandbox, fix: Callable[[], str]) -> Tried:
    seen = check(sandbox)
    if seen.holds:
        return Tried(sandbox=sandbox, why_not="", fix="")
    if seen.breaches:
        return Tried(sandbox=None, why_not=f"in the self-check of {sandbox.name} this went through: {'; '.join(seen.breaches)}", fix=BREACHED)
    return Tried(sandbox=None, why_not=f"{sandbox.name} does not work here: {seen.problem}", fix=fix())


def _value(switch: Path) -> str | None:
    try:
        return switch.read_text().strip()
    except OSError:
        return None
