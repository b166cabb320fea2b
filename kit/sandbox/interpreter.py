"""Show a Python environment to a sandbox under neutral paths, wherever its files live on the host.

A virtual environment is a folder of packages plus a link to a base interpreter, which may sit in someone's home folder. Inside, the base becomes
`/python`, the environment `/runtime`, and a `pyvenv.cfg` and links of our own join the two, so that no path of the host is needed. A base below
`/usr` is there already and stays where it is.
"""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kit.sandbox.model import Mount, SandboxError

BASE = "/python"
ENVIRONMENT = "/runtime"
LIBRARIES = "/runtime-libs"


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that a sandbox can run."""

    inside: str
    """Path of the program inside a full sandbox."""
    outside: Path
    """Path of the same program on the host."""
    mounts: tuple[Mount, ...]
    """What must be shown for it to work."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Variables it needs inside."""
    carried_by: str = ""
    """Digest of the image that it came with; empty where it is mounted."""


def of_environment(prefix: Path, *, joints: Path) -> Interpreter:
    """The interpreter of a virtual environment that was made by the running Python.

    `joints` is a folder of ours that gets the few links and the `pyvenv.cfg` that join environment and base inside; the caller keeps it for as long
    as the interpreter is used. It may be written again at any time: the content depends on the base interpreter alone.

    Raises SandboxError when `prefix` holds no packages folder.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = prefix / "lib"
    if not (packages / version / "site-packages").is_dir():
        where = f"lib/{version}/site-packages"
        raise SandboxError(f"expected a virtual environment of {version} in {str(prefix)!r}, found no {where}; delete it and let it be built again")
    base, mounts, env = _base(joints, version)
    described = {"home": os.path.dirname(base), "include-system-site-packages": "false", "version": platform.python_version()}
    _open_folder(joints / "bin")
    _write_once(joints / "pyvenv.cfg", "".join(f"{key} = {value}\n" for key, value in described.items()))
    programs = joints / "bin"
    for name in ("python", "python3", version):
        _link_once(programs / name, base)
    mounts += (
        Mount(source=packages, target=f"{ENVIRONMENT}/lib"),
        Mount(source=programs, target=f"{ENVIRONMENT}/bin", unsandboxed=prefix / "bin"),
        Mount(source=joints / "pyvenv.cfg", target=f"{ENVIRONMENT}/pyvenv.cfg"),
    )
    return Interpreter(inside=f"{ENVIRONMENT}/bin/python", outside=prefix / "bin" / "python", mounts=mounts, env=env)


def of_base(*, joints: Path) -> Interpreter:
    """The base interpreter alone, without any packages of the environment that is running: enough for a self-test."""
    base, mounts, env = _base(joints, f"python{sys.version_info.major}.{sys.version_info.minor}")
    return Interpreter(inside=base, outside=base_program(), mounts=mounts, env=env)


def base_program() -> Path:
    """The program behind the running environment, links resolved."""
    return Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))


def _base(joints: Path, version: str) -> tuple[str, tuple[Mount, ...], dict[str, str]]:
    program = base_program()
    prefix = Path(os.path.realpath(sys.base_prefix))
    # Elsewhere than on Linux nothing is mounted, so nothing has to be found again inside.
    if sys.platform != "linux" or prefix == Path("/usr") or Path("/usr") in prefix.parents:
        return str(program), (), {}
    if prefix not in program.parents:
        found = f"got {str(program)!r} for {str(prefix)!r}"
        raise SandboxError(f"expected the base interpreter below its prefix, {found}; make the environment with a Python installed in one folder")
    inside = f"{BASE}/{program.relative_to(prefix)}"
    mounts = (Mount(source=prefix, target=BASE),)
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return inside, mounts, {}
    # Its own library is looked for under the path it was built for. A folder with that one link, so that nothing else there shadows the system's.
    library = str(sysconfig.get_config_var("INSTSONAME"))
    folder = joints / "lib"
    _open_folder(folder)
    _link_once(folder / library, f"{BASE}/lib/{library}")
    return inside, (*mounts, Mount(source=folder, target=LIBRARIES)), {"LD_LIBRARY_PATH": LIBRARIES}


def _open_folder(path: Path) -> None:
    """A folder that the user of a run can enter, whatever the umask."""
    path.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent, path):
        if folder.stat().st_mode & 0o777 != 0o755:
            folder.chmod(0o755)


def _write_once(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)
        path.chmod(0o644)


def _link_once(path: Path, target: str) -> None:
    if not path.is_symlink() or os.readlink(path) != target:
        path.unlink(missing_ok=True)
        path.symlink_to(target)
