"""A Python environment under neutral paths."""

import sys
from pathlib import Path

import pytest

from kit.sandbox.interpreter import base_program, of_base, of_environment
from kit.sandbox.model import SandboxError


def test_paths_inside_name_nothing_of_the_host(tmp_path: Path) -> None:
    """Program, targets and the file that joins both."""
    made = of_environment(Path(sys.prefix), joints=tmp_path / "joints")
    assert made.inside == "/runtime/bin/python"
    assert all(mount.target.split("/")[1] in {"python", "runtime", "runtime-libs"} for mount in made.mounts)
    assert all(mount.source.exists() for mount in made.mounts)
    home = (tmp_path / "joints" / "pyvenv.cfg").read_text().splitlines()[0].removeprefix("home = ")
    assert home.startswith(("/python/", "/usr/"))


def test_the_base_alone_brings_no_packages_of_the_environment(tmp_path: Path) -> None:
    """The environment that is running is not among its mounts."""
    made = of_base(joints=tmp_path)
    assert made.outside == base_program()
    assert Path(sys.prefix) not in [mount.source for mount in made.mounts] or sys.prefix == sys.base_prefix


def test_a_folder_that_is_no_environment_is_an_error(tmp_path: Path) -> None:
    """It says what was looked for."""
    with pytest.raises(SandboxError, match="site-packages"):
        of_environment(tmp_path, joints=tmp_path / "joints")
