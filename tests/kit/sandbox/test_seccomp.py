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
        seccomp._add(Old, None, seccomp.Rule(call="io_uring_setup", error=1, needed=True))
    seccomp._add(Old, None, seccomp.Rule(call="quotactl_fd", error=1))


def test_the_profile_for_engines_holds_every_rule() -> None:
    """Call by call with its conditions; what is not listed is allowed, as in the filter."""
    made = seccomp.profile()
    assert made["defaultAction"] == "SCMP_ACT_ALLOW"
    assert [row["names"] for row in made["syscalls"]] == [[rule.call] for rule in seccomp.rules()]
    rows = {row["names"][0]: row for row in made["syscalls"]}
    assert rows["ptrace"] == {"names": ["ptrace"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": []}
    assert rows["socket"]["args"] == [{"index": 0, "value": seccomp.AF_UNIX, "valueTwo": 0, "op": "SCMP_CMP_NE"}]
    assert [row["args"][0]["valueTwo"] for row in made["syscalls"] if row["names"] == ["ioctl"]] == list(seccomp.TERMINAL_WRITES)
    assert sum(row["args"][0]["value"] for row in made["syscalls"] if row["names"] == ["clone"]) == seccomp.NEW_NAMESPACES
    assert [(each["index"], each["op"]) for each in rows["prctl"]["args"]] == [(0, "SCMP_CMP_MASKED_EQ"), (1, "SCMP_CMP_NE")]
