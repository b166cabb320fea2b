"""One self-check that judges every backend: try to get out, in the backend itself, and see that nothing did."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kit.sandbox.interpreter import of_base
from kit.sandbox.model import OUTPUT, SUBMISSION, Limits, Sandbox, SandboxError
from kit.sandbox.outputs import BadOutput, copy_file, opened
from kit.scratch import scratch

PROBE = Path(__file__).with_name("probe_inside.py")
LIMITS = Limits(wall_s=30.0, cpu_s=20)
WORDS = 600


@dataclass(frozen=True, kw_only=True)
class Check:
    """What the self-check saw."""

    holds: bool
    """Whether a stranger's code may run in this backend."""
    breaches: tuple[str, ...]
    """What went through that must not, in words."""
    problem: str
    """Why the check could not be made; empty when it was."""


def check(sandbox: Sandbox) -> Check:
    """Run the probe in a backend: connect, read planted canaries, write outside, and a few things more.

    The backend holds only if every attempt failed, as seen from inside and from outside, and the probe could still write its report.
    """
    with ExitStack() as stack:
        stage = stack.enter_context(scratch(Path(tempfile.gettempdir()), kind="check-"))
        plan, listeners = _planted(stage, stack)
        sub, output = stage / "sub", stage / "out"
        _made(sub)
        output.mkdir(mode=0o700)
        shutil.copyfile(PROBE, sub / PROBE.name)
        (sub / "plan.json").write_text(json.dumps(plan))
        for file in sub.iterdir():
            file.chmod(0o644)
        try:
            python = sandbox.carried or of_base(joints=_made(stage / "joints"))
            run = sandbox.run(
                [python.inside, "-I", "-B", f"{SUBMISSION}/{PROBE.name}", OUTPUT],
                submission=sub,
                inputs=None,
                model=None,
                output=output,
                limits=LIMITS,
                env=python.env,
                mounts=python.mounts,
            )
            if run.exit != 0 or run.stopped:
                words = run.stderr[-WORDS:].decode("utf-8", "replace").strip()
                return Check(holds=False, breaches=(), problem=f"the probe ended with {run.exit!r} (stopped by {run.stopped!r}): {words!r}")
            with opened(output) as folder:
                copy_file(folder, "report.json", stage / "report.json", limit=65536)
        except (SandboxError, BadOutput, OSError) as error:
            return Check(holds=False, breaches=(), problem=str(error))
        report = json.loads((stage / "report.json").read_text())
        breaches = [name for name, went_through in report["went_through"].items() if went_through]
        breaches += [] if report["marked"] else ["run without the mark of a full sandbox"]
        breaches += ["connect to a listener, as the listener saw it"] if _reached(listeners) else []
        breaches += ["write outside, as the host sees it"] if os.path.lexists(str(plan["target"])) else []
        return Check(holds=not breaches, breaches=tuple(breaches), problem="")


def _made(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def _planted(stage: Path, stack: ExitStack) -> tuple[dict[str, object], list[socket.socket]]:
    """Canaries and listeners on the host, and the plan that tells the probe where they are."""
    secret = secrets.token_hex(16)
    stack.enter_context(_in_environment(secret))
    outside = _made(stage / "outside")
    canary = outside / "canary"
    canary.write_text(secret)
    canary.chmod(0o644)
    home = _home_canary(secret, stack)
    abstract = f"takehome-{secret}"
    listeners = [_listening(socket.AF_INET, ("127.0.0.1", 0), stack), _listening(socket.AF_UNIX, "\0" + abstract, stack)]
    listeners.append(_listening(socket.AF_UNIX, str(outside / "socket"), stack))
    plan: dict[str, object] = {
        "port": listeners[0].getsockname()[1],
        "abstract": abstract,
        "socket": str(outside / "socket"),
        "canary": str(canary),
        "home_canary": str(home or canary),
        "secret": secret,
        "target": str(outside / "written"),
    }
    return plan, listeners


def _home_canary(secret: str, stack: ExitStack) -> Path | None:
    """A file in the home folder, where that can be written."""
    try:
        folder = stack.enter_context(scratch(Path.home(), kind=".takehome-check-"))
        folder.chmod(0o755)  # only the sandbox may stand in the way
        canary = folder / "canary"
        canary.write_text(secret)
        canary.chmod(0o644)
    except (OSError, RuntimeError):
        return None
    return canary


@contextmanager
def _in_environment(secret: str) -> Iterator[None]:
    os.environ["TAKEHOME_CANARY"] = secret
    try:
        yield
    finally:
        os.environ.pop("TAKEHOME_CANARY", None)


def _listening(family: int, address: object, stack: ExitStack) -> socket.socket:
    listener = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
    listener.bind(address)  # type: ignore[arg-type]
    listener.listen(4)
    listener.setblocking(False)
    return listener


def _reached(listeners: list[socket.socket]) -> bool:
    for listener in listeners:
        with suppress(BlockingIOError):
            listener.accept()[0].close()
            return True
    return False
