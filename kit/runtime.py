"""The environment that submissions run in: built from the starter's pinned requirements, without the kit in it, kept as long as they stay the same.

It is keyed by a digest of the requirements and of the Python that builds it, made under another name and renamed when complete, so that a build that
was stopped half way is never used. The candidate's `make setup` builds the same packages from the same file.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kit import files
from kit.errors import MachineError
from kit.sandbox.interpreter import Interpreter, base_program, of_environment
from kit.sandbox.model import Mount, Sandbox, SandboxError
from kit.sandbox.outputs import remove_tree

REQUIREMENTS = Path(__file__).resolve().parent.parent / "candidate_template" / "requirements.txt"
VARIABLE = "TAKEHOME_RUNTIME"
MARK = "runtime.json"
"""Written last; a runtime exists once its folder, with this file in it, has its final name."""
IMPORTS = ("numpy", "pandas", "sklearn", "pyarrow.parquet")
BUILD_TIMEOUT_S = 1800
SAID = 2000

Progress = Callable[[str, float | None], None]
"""Called with the stage in words and the fraction of it that is done (None: not known)."""


class RuntimeUnavailable(MachineError):
    """The environment for submissions could not be built; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """A Python environment that a sandbox can run a submission in."""

    folder: Path
    """The environment on the host."""
    digest: str
    """Of the requirements and the Python it was built with."""
    interpreter: Interpreter

    @property
    def python(self) -> str:
        """Path of the program inside a sandbox."""
        return self.interpreter.inside

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """What a sandbox must show for it to work."""
        return self.interpreter.mounts

    @property
    def env(self) -> Mapping[str, str]:
        """Variables that it needs inside."""
        return self.interpreter.env


def default_folder() -> Path:
    """Where runtimes are kept: `TAKEHOME_RUNTIME`, or the user's cache folder."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path.home() / ".cache" / "takehome" / "runtime"


def digest_of(requirements: Path) -> str:
    """Key of a runtime: what is pinned, and the Python that builds it. Comments and blank lines do not count."""
    try:
        lines = requirements.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RuntimeUnavailable(
            f"expected the starter's pinned requirements in {str(requirements)!r}, got {error!r}; run the kit from its repository, or reinstall it"
        ) from error
    pins = sorted(pin for line in lines if (pin := line.split("#")[0].strip()))
    parts = [*pins, platform.python_implementation(), platform.python_version(), platform.machine(), str(base_program())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def find_runtime(folder: Path | None = None, *, requirements: Path = REQUIREMENTS) -> Runtime | None:
    """The runtime, if it was built already."""
    digest = digest_of(requirements)
    place = (folder or default_folder()) / digest
    return _opened(place, digest) if (place / MARK).is_file() else None


def runtime_for(sandbox: Sandbox, *, progress: Progress | None = None) -> Runtime:
    """The environment that submissions run in under that sandbox: the one it carries, else that of `ensure_runtime`."""
    carried = sandbox.carried
    if carried is None:
        return ensure_runtime(progress=progress)
    return Runtime(folder=carried.outside.parent.parent, digest=carried.carried_by, interpreter=carried)


def ensure_runtime(folder: Path | None = None, *, requirements: Path = REQUIREMENTS, progress: Progress | None = None) -> Runtime:
    """The runtime, built first where it does not exist yet (half a minute, and the only step that installs anything).

    `folder` keeps runtimes of several requirements beside each other. Two builds at once wait for each other.

    Raises RuntimeUnavailable with what pip said when a package cannot be installed.
    """
    home = folder or default_folder()
    digest = digest_of(requirements)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with files.locked(home / ".lock", waiting=lambda: _say(progress, "waiting for another build of the runtime")):
            place = home / digest
            if not (place / MARK).is_file():
                _build(place, requirements, progress)
    except OSError as error:
        raise RuntimeUnavailable(f"could not keep the runtime in {str(home)!r}: {error}; set {VARIABLE} to a folder that can be written") from error
    return _opened(place, digest)


def _opened(place: Path, digest: str) -> Runtime:
    try:
        return Runtime(folder=place, digest=digest, interpreter=of_environment(place / "env", joints=place / "joints"))
    except (SandboxError, OSError) as error:
        raise RuntimeUnavailable(f"the runtime in {str(place)!r} is damaged: {error}; delete that folder and try again") from error


def _build(place: Path, requirements: Path, progress: Progress | None) -> None:
    for left in place.parent.glob(".building-*"):
        remove_tree(left)
    if place.exists():
        remove_tree(place)
    work = Path(tempfile.mkdtemp(prefix=".building-", dir=place.parent))
    try:
        work.chmod(0o755)
        env = work / "env"
        _say(progress, "making the environment that submissions run in")
        base = str(base_program())
        _run([base, "-I", "-m", "venv", str(env)], "make a virtual environment (on Debian or Ubuntu: `apt install python3-venv`)")
        inside = str(env / "bin" / "python")
        pins = [line for line in requirements.read_text(encoding="utf-8").splitlines() if line.split("#")[0].strip()]
        if pins:
            _say(progress, f"installing {len(pins)} pinned packages")
            command = [
                inside,
                "-I",
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--only-binary",
                ":all:",
                "-r",
                str(requirements),
            ]
            _run([*command, "-r", str(requirements)], "install the pinned packages (a network or a package mirror is needed, once)")
            _run([inside, "-I", "-c", "import " + ", ".join(IMPORTS)], "import the installed packages")
        # Neither is pinned, so neither is part of what candidates may rely on.
        _run([inside, "-I", "-m", "pip", "uninstall", "--yes", "--quiet", "setuptools", "pip"], "finish the environment")
        of_environment(env, joints=work / "joints")
        (work / MARK).write_text(json.dumps({"python": sys.version, "requirements": pins}, indent=2) + "\n", encoding="utf-8")
        os.replace(work, place)
    except BaseException:
        remove_tree(work)
        raise
    _say(progress, "the environment is ready")


def _run(command: list[str], what: str) -> None:
    # -I keeps the grader's variables and packages out; pip still reads its own settings, such as a mirror.
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON") and key != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=BUILD_TIMEOUT_S,
            umask=0o022,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeUnavailable(f"could not {what}: {error}") from error
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace")[-SAID:].strip()
        raise RuntimeUnavailable(f"could not {what}: exit {done.returncode}, and it said:\n{said}")


def _say(progress: Progress | None, what: str) -> None:
    if progress is not None:
        progress(what, None)
