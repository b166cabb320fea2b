"""Runs inside a sandbox and tries to get out in harmless ways; says what it managed. Stands alone: standard library only."""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable


def attempt(action: Callable[[], object]) -> bool:
    """True when the action went through."""
    try:
        action()
    except Exception:
        return False
    return True


def connect(family: int, address: object) -> None:
    """Reach a listener of the grader."""
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(2)
        client.connect(address)  # type: ignore[arg-type]


def read(path: str) -> None:
    """Read one byte of a file."""
    with open(path, "rb") as file:
        file.read(1)


def write(path: str, keep: bool = False) -> None:
    """Make a file, and leave it behind only where the grader will look for it."""
    with open(path, "xb") as file:
        file.write(b"x")
    if not keep:
        os.unlink(path)


def leaks(canary: str) -> None:
    """Look for the planted value in every environment in sight."""
    texts = [repr(os.environ)]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                texts.append(file.read().decode("utf-8", "replace"))
        except OSError:
            pass
    if any(canary in text for text in texts):
        return
    raise LookupError


def new_namespace() -> None:
    """Ask for a user namespace, the first step of many escapes."""
    if ctypes.CDLL(None).unshare(0x10000000) != 0:
        raise OSError


def main() -> None:
    """Try everything in the plan and write what went through."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "plan.json"), encoding="utf-8") as file:
        plan = json.load(file)
    went_through = {
        "connect to the loopback network": attempt(lambda: connect(socket.AF_INET, ("127.0.0.1", plan["port"]))),
        "connect to an abstract socket": attempt(lambda: connect(socket.AF_UNIX, "\0" + plan["abstract"])),
        "connect to a socket in the file system": attempt(lambda: connect(socket.AF_UNIX, plan["socket"])),
        "open an internet socket": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        "read a file in the temporary folder": attempt(lambda: read(plan["canary"])),
        "read a file in the home folder": attempt(lambda: read(plan["home_canary"])),
        "read the grader's environment": attempt(lambda: leaks(plan["secret"])),
        "write outside the output folder": attempt(lambda: write(plan["target"], keep=True)),
        "write to the submission": attempt(lambda: write("/sub/written")),
        "write to the root folder": attempt(lambda: write("/written")),
        "write to the system folder": attempt(lambda: write("/usr/written")),
        "make a user namespace": attempt(new_namespace),
        "be root": os.getuid() == 0 or os.geteuid() == 0,
        "see other processes": any(int(pid) not in (1, os.getpid()) for pid in filter(str.isdigit, os.listdir("/proc"))),
        "set the core pattern": attempt(lambda: open("/proc/sys/kernel/core_pattern", "r+b").close()),
    }
    with open(os.path.join(sys.argv[1], "report.json"), "w", encoding="utf-8") as file:
        json.dump({"went_through": went_through, "marked": os.path.exists("/IN_SANDBOX")}, file)


if __name__ == "__main__":
    main()
