"""The sandbox as an ordinary user: the self-check and a small submission, for real.

Where the tests run as root they make a user for this and take it away again; where they do not, whoever runs them is one.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from containment import need_backend

ROOT = Path(__file__).resolve().parents[3]
HELPERS = ("containment.py", "ordinary_inside.py")
NEEDED = "import numpy, pandas, pyarrow, pydantic, pyseccomp, pytest"
TIMEOUT_S = 500


@dataclass(frozen=True)
class Ordinary:
    """A user without rights, and what that user can read."""

    prefix: list[str]
    """Words before a command that turn us into that user; empty where we are one."""
    python: str
    """A Python of the version that runs the tests."""
    packages: Path
    folder: Path
    """Holds the kit's code, and is that user's own."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command as that user, with the kit and its packages to import."""
        path = os.pathsep.join(map(str, (self.folder / "kit", self.packages)))
        env = ["/usr/bin/env", f"PYTHONPATH={path}", f"TMPDIR={self.folder / 'tmp'}", "OMP_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1"]
        command = [*self.prefix, *env, *words]
        return subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Ordinary]:
    """The user, for the tests of this file."""
    packages = next((Path(path) for path in sys.path if path.endswith("site-packages") and (Path(path) / "numpy").is_dir()), None)
    if packages is None:
        pytest.skip("the packages that the tests run with are not in one folder")
    # Short and neutral: paths of binds can be seen from inside, and those of sockets have a limit.
    folder = Path(tempfile.mkdtemp(prefix="ordinary-", dir="/tmp"))
    name = f"takehome{os.getpid()}"
    as_root = os.geteuid() == 0
    try:
        folder.chmod(0o755)
        for part in ("kit", "graders", "generators", "candidate_template"):
            shutil.copytree(ROOT / part, folder / "kit" / part, ignore=shutil.ignore_patterns("__pycache__"))
        for helper in HELPERS:
            shutil.copyfile(ROOT / "tests" / "kit" / helper, folder / "kit" / helper)
        (folder / "tmp").mkdir()
        prefix: list[str] = []
        if as_root:
            if not (shutil.which("useradd") and shutil.which("setpriv")):
                pytest.skip("running as root, and there is no `useradd` or no `setpriv` to become another user with")
            made = subprocess.run(["useradd", "--no-create-home", "--home-dir", str(folder), name], capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.skip(f"could not make a user: {made.stderr.strip()}")
            prefix = ["setpriv", "--reuid", name, "--regid", name, "--init-groups", "--reset-env", "--"]
            for path in (folder, folder / "tmp"):
                shutil.chown(path, name, name)
            subprocess.run(["chmod", "-R", "a+rX", str(folder / "kit")], check=True)
        yield Ordinary(prefix, _python_for(prefix), _readable(packages, prefix, folder), folder)
    finally:
        if as_root:
            _take_away(name)
        shutil.rmtree(folder, ignore_errors=True)


def _python_for(prefix: list[str]) -> str:
    """The interpreter behind this one, or the system's own of the same version where that user cannot reach it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    ask = "import sys; print(f'{sys.version_info.major}.{sys.version_info.minor}')"
    for program in (os.path.realpath(sys.executable), f"/usr/bin/python{version}"):
        try:
            # Through a second program: the first one that `setpriv` starts is found with the rights of root.
            said = subprocess.run([*prefix, "/usr/bin/env", program, "-I", "-c", ask], capture_output=True, text=True, cwd="/", check=False)
        except OSError:
            continue
        if said.stdout.strip() == version:
            return program
    pytest.skip(f"an ordinary user can reach no Python {version} here")


def _readable(packages: Path, prefix: list[str], folder: Path) -> Path:
    """The packages, copied where that user cannot read them."""
    if subprocess.run([*prefix, "/usr/bin/env", "test", "-r", str(packages / "numpy" / "__init__.py")], check=False).returncode == 0:
        return packages
    copied = folder / "packages"
    shutil.copytree(packages, copied)
    subprocess.run(["chmod", "-R", "a+rX", str(copied)], check=True)
    return copied


def _take_away(name: str) -> None:
    """The user, every process that is left of that user (podman keeps one waiting), and what podman keeps outside the home folder."""
    try:
        user = pwd.getpwnam(name).pw_uid
    except KeyError:
        return
    deadline = time.monotonic() + 10
    while (left := _processes_of(user)) and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)
    subprocess.run(["userdel", name], capture_output=True, check=True)
    for path in (f"/tmp/podman-run-{user}", f"/tmp/containers-user-{user}", f"/run/user/{user}"):
        shutil.rmtree(path, ignore_errors=True)


def _processes_of(user: int) -> list[int]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}").st_uid == user:
                found.append(int(pid))
        except OSError:
            continue
    return found


@pytest.mark.sandbox
@pytest.mark.parametrize("backend", ["bubblewrap", pytest.param("podman", marks=pytest.mark.slow)])
def test_an_ordinary_user_can_grade(backend: str, ordinary: Ordinary) -> None:
    """The self-check holds, every call of a small submission ends well, and its scores come back bit for bit."""
    # Where it does not hold even for whoever runs the tests, that is the reason.
    need_backend(backend)
    packed = ordinary.run(ordinary.python, "-c", NEEDED)
    if packed.returncode:
        pytest.skip(f"an ordinary user cannot import the packages: {packed.stderr.strip()[-300:]}")
    place = ordinary.folder / "tmp" / backend
    ordinary.run("mkdir", str(place))
    done = ordinary.run(ordinary.python, str(ordinary.folder / "kit" / "ordinary_inside.py"), backend, str(ordinary.packages), str(place))
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    assert seen["user"] != 0
    if seen["why_not"]:
        pytest.skip(f"{backend} does not hold for an ordinary user here: {seen['why_not']}")
    assert seen["outcomes"] == dict.fromkeys(("train_real", "validate_null", "predict_real_p1_late"), "ok")
    assert seen["right"]
    assert (seen["backend"]["name"], seen["backend"]["level"]) == (backend, "full")
    assert "own user namespace" in seen["backend"]["protections"]
