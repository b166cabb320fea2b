"""Limits that would let a call end for the wrong reason cannot be made."""

from pathlib import Path

import pytest

from kit.sandbox.model import LIMITS, Limits, Mount, library_env


def test_the_cpu_limit_comes_before_the_wall_limit() -> None:
    """For every command, and for whoever makes new ones."""
    assert all(limits.cpu_s < limits.wall_s for limits in LIMITS.values())
    with pytest.raises(ValueError, match=r"wall_s=5.0.*CPU limit first"):
        Limits(wall_s=5.0, cpu_s=5)


def test_every_library_is_told_the_number_of_threads() -> None:
    """And nothing of the grader's environment is in it."""
    env = library_env(2)
    assert {env[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "LOKY_MAX_CPU_COUNT")} == {"2"}
    assert env["HOME"] == "/tmp"


@pytest.mark.parametrize("target", ["x", "../x", "/a/../b"])
def test_a_mount_stands_at_an_absolute_path(target: str) -> None:
    """Whatever the backend, nothing is mounted by a path that leads elsewhere."""
    with pytest.raises(ValueError, match="absolute path inside"):
        Mount(source=Path("/"), target=target)
