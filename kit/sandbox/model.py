"""The nouns of containment: what a run may use, what it may see, and what became of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kit.errors import MachineError

if TYPE_CHECKING:
    from kit.sandbox.interpreter import Interpreter

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

SUBMISSION = "/sub"
"""Where a run finds the submission; also its working folder. Read-only."""
INPUTS = "/in"
"""Where a run finds its data or its batch. Read-only."""
MODEL = "/model"
"""Where a run finds the model of an earlier training. Read-only."""
OUTPUT = "/out"
"""The one folder that a run may write to and that outlives it."""
MARK = "/IN_SANDBOX"
"""A file that exists inside a full sandbox and nowhere else; hostile test code refuses to run without it."""
SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64")
"""What of a Linux system stands beside `/usr`: links into it on most, folders on some."""
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives")
"""What programs below `/usr` need from elsewhere."""


class SandboxError(MachineError):
    """The sandbox itself failed: never the submission's fault, never a point lost."""


class SandboxUnavailable(SandboxError):
    """No full sandbox works on this machine; the text names the fix."""


class RunCancelled(SandboxError):
    """The person at the terminal stopped the grading while a run was under way."""


@dataclass(frozen=True, kw_only=True)
class Mount:
    """One host folder or file shown to a run, read-only."""

    source: Path
    """Path on the host."""
    target: str
    """Path inside, absolute."""
    unsandboxed: Path | None = None
    """What stands for it where nothing is mounted; None for `source` itself."""

    def __post_init__(self) -> None:
        if not self.target.startswith("/") or ".." in self.target.split("/"):
            raise ValueError(f"expected an absolute path inside the sandbox, got {self.target!r}")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one run may use. Bytes and seconds; each has its own outcome code."""

    wall_s: float
    """By the clock, from the moment the submission's process exists."""
    cpu_s: int
    """Processor time summed over all its processes; below `wall_s`, so that an endless loop always meets this one first."""
    address_bytes: int = 4 * GIB
    """Address space of each process."""
    resident_bytes: int = 2 * GIB
    """Resident memory summed over the run."""
    processes: int = 128
    descriptors: int = 256
    output_bytes: int = 64 * MIB
    """Everything in the output folder together, and each single file anywhere."""
    output_entries: int = 200
    tmp_bytes: int = 256 * MIB
    shm_bytes: int = 64 * MIB
    stream_bytes: int = MIB
    """What is kept of standard output and of standard error: the last bytes."""
    flood_bytes: int = 64 * MIB
    """A run that prints more than this on one stream is stopped."""
    cores: int = 1
    """Told to every numerical library as its number of threads."""

    def __post_init__(self) -> None:
        if not 0 < self.cpu_s < self.wall_s:
            got = f"cpu_s={self.cpu_s!r}, wall_s={self.wall_s!r}"
            raise ValueError(f"expected 0 < cpu_s < wall_s, got {got}; an endless loop must meet the CPU limit first")


LIMITS: Mapping[str, Limits] = {
    "train": Limits(wall_s=300.0, cpu_s=240),
    "predict": Limits(wall_s=120.0, cpu_s=90),
    "validate": Limits(wall_s=600.0, cpu_s=480),
    "decode": Limits(wall_s=120.0, cpu_s=90),
}
"""Default limits of each command; `decode` is our own reading of predictions."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """The facts about one finished run. It judges nothing: `kit.calls` turns it into an outcome."""

    exit: int | None
    """Exit status; 128 + n where signal n ended it; None where the sandbox never started the command."""
    stopped: str | None
    """Which limit of ours ended it: `wall`, `cpu`, `memory`, `output`, `flood`; None where it ended by itself."""
    wall_s: float
    cpu_s: float
    starved_s: float | None
    """Seconds in which its processes were ready but got no core; None where the kernel does not say."""
    rss_bytes: int
    """Highest sum of resident memory that was seen."""
    stdout: bytes
    stderr: bytes


class Sandbox(Protocol):
    """One way to run a stranger's command. A backend is a small class with these members; nothing subclasses another backend."""

    @property
    def name(self) -> str:
        """`bubblewrap`, `podman`, `docker`, `none` or `warm`."""

    @property
    def level(self) -> str:
        """`full` or `none`; written into every result."""

    @property
    def protections(self) -> tuple[str, ...]:
        """What holds, in words for the record."""

    @property
    def carried(self) -> Interpreter | None:
        """The Python, packages of the runtime included, that comes with the sandbox; None where the host's is shown to it."""

    def run(
        self,
        command: Sequence[str],
        *,
        submission: Path,
        inputs: Path | None,
        model: Path | None,
        output: Path,
        limits: Limits,
        env: Mapping[str, str],
        mounts: Sequence[Mount] = (),
        cancel: threading.Event | None = None,
    ) -> Run:
        """Run one command with `/sub`, `/in`, `/model` and `/out` in place, and give the facts about it.

        Paths in `command` and `env` are those inside. `output` must be a folder of ours, empty but for empty folders. Once this returns, no process
        of the run is left.

        Raises SandboxError when the sandbox could not be set up, RunCancelled when `cancel` was set meanwhile.
        """
        ...


def library_env(cores: int) -> dict[str, str]:
    """The environment that every run starts with: nothing of the grader's, and one thread count for every numerical library."""
    threads = str(cores)
    threaded = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "RAYON")
    capped = ("NUMEXPR_MAX_THREADS", "VECLIB_MAXIMUM_THREADS", "POLARS_MAX_THREADS", "ARROW_IO_THREADS", "LOKY_MAX_CPU_COUNT")
    env = {f"{name}_NUM_THREADS": threads for name in threaded} | dict.fromkeys(capped, threads)
    return env | {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "MPLCONFIGDIR": "/tmp",
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
    }
