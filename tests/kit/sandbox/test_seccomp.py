"""The filter is made by libseccomp and is the same bytes each time."""

import pytest

from kit.sandbox import seccomp
from kit.sandbox.model import SandboxError


def test_the_filter_is_a_program_of_whole_instructions() -> None:
    """Eight bytes each; more than one instruction for each denied call."""
    made = seccomp.compiled()
    assert len(made) % 8 == 0
    assert len(made) // 8 > len(seccomp.NEEDED)
    seccomp.compiled.cache_clear()
    assert seccomp.compiled() == made


def test_a_library_that_does_not_know_a_needed_call_is_an_error() -> None:
    """A hole in the filter is worse than no sandbox."""

    class Old:
        class Arch:
            NATIVE = 0

        @staticmethod
        def resolve_syscall(arch: int, call: str) -> int:
            return -1

    with pytest.raises(SandboxError, match="io_uring_setup"):
        seccomp._deny(Old, None, ("io_uring_setup",), 0, needed=True)
    seccomp._deny(Old, None, ("quotactl_fd",), 0, needed=False)
