"""The system-call filter of a run: as bytes that bubblewrap loads, and as the profile that a container engine reads. One list of rules makes both.

Everything is allowed except a list: sockets other than local ones, io_uring (it passes socket rules by), looking into other processes, mounting,
namespaces, keyrings, bpf, and memory that no limit of ours counts. libseccomp compiles it; nothing here writes a filter by hand.
"""

from __future__ import annotations

import errno
import functools
import os
from dataclasses import dataclass
from typing import Any

from kit.sandbox.model import SandboxError

NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET together."""
AF_UNIX = 1
PR_SET_PDEATHSIG = 1
SIGKILL = 9
WORD = 0xFFFFFFFF
"""The half of a register that the kernel reads of a 32-bit argument."""
LINUX_ERRORS = {errno.EPERM: 1, errno.ENOSYS: 38, errno.EAFNOSUPPORT: 97}
TERMINAL_WRITES = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX: typing into the terminal of the person who grades."""

NEEDED = """
    ptrace process_vm_readv process_vm_writev io_uring_setup io_uring_enter io_uring_register mount umount2 unshare setns bpf keyctl
""".split()
"""A filter without one of these is no filter: an old libseccomp that does not know them is an error."""
WHERE_KNOWN = """
    kcmp pidfd_getfd process_madvise pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr add_key request_key
    perf_event_open userfaultfd kexec_load kexec_file_load init_module finit_module delete_module open_by_handle_at name_to_handle_at quotactl
    quotactl_fd swapon swapoff reboot acct fanotify_init syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname iopl
    ioperm modify_ldt lookup_dcookie nfsservctl vhangup personality uselib ustat sysfs
""".split()
UNCOUNTED_MEMORY = "memfd_create memfd_secret shmget msgget semget".split()
"""Memory that belongs to no process, so that the sum over the run would miss it."""


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A condition on one argument of a call."""

    index: int
    value: int
    mask: int | None = None
    """Bits that are compared with `value`; None for `not equal to value`."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A call that is refused, where all its conditions are met."""

    call: str
    error: int
    arguments: tuple[Argument, ...] = ()
    needed: bool = False
    """Whether a filter that cannot have this rule is no filter."""


def rules() -> tuple[Rule, ...]:
    """Everything that is refused."""
    refused = [Rule(call=call, error=errno.EPERM, needed=True) for call in NEEDED]
    refused += [Rule(call=call, error=errno.EPERM) for call in WHERE_KNOWN]
    refused += [Rule(call=call, error=errno.ENOSYS) for call in UNCOUNTED_MEMORY]
    for call in ("socket", "socketpair"):
        refused.append(Rule(call=call, error=errno.EAFNOSUPPORT, arguments=(Argument(index=0, value=AF_UNIX),), needed=True))
    for bit in (1 << position for position in range(32) if NEW_NAMESPACES & (1 << position)):
        refused.append(Rule(call="clone", error=errno.EPERM, arguments=(Argument(index=0, value=bit, mask=bit),), needed=True))
    # The flags of clone3 lie behind a pointer that no filter can follow; without it the C library uses clone.
    refused.append(Rule(call="clone3", error=errno.ENOSYS))
    for request in TERMINAL_WRITES:
        refused.append(Rule(call="ioctl", error=errno.EPERM, arguments=(Argument(index=1, value=request, mask=WORD),), needed=True))
    # Only this signal, sent when bubblewrap goes, keeps a run from outliving a killed grader: it may be asked for again, never given up.
    kept = (Argument(index=0, value=PR_SET_PDEATHSIG, mask=WORD), Argument(index=1, value=SIGKILL))
    refused.append(Rule(call="prctl", error=errno.EPERM, arguments=kept, needed=True))
    return tuple(refused)


@functools.cache
def compiled() -> bytes:
    """The filter for this machine's processor.

    Raises SandboxError when libseccomp is missing or too old to know the calls that matter.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(f"the system-call filter needs libseccomp, got {error!r}; install it, e.g. `apt install libseccomp2`") from error
    made = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    # A program for another instruction set would be numbered differently and slip past every rule below.
    made.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    for rule in rules():
        _add(pyseccomp, made, rule)
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


def _add(library: Any, made: Any, rule: Rule) -> None:
    number = library.resolve_syscall(library.Arch.NATIVE, rule.call)
    # -1: this libseccomp has never heard of it. Other negative numbers: the processor has no such call.
    if number >= 0:
        conditions = [
            library.Arg(each.index, library.NE, each.value)
            if each.mask is None
            else library.Arg(each.index, library.MASKED_EQ, each.mask, each.value)
            for each in rule.arguments
        ]
        made.add_rule(library.ERRNO(rule.error), number, *conditions)
    elif number == -1 and rule.needed:
        raise SandboxError(f"libseccomp does not know the system call {rule.call!r}; the filter would have a hole: install libseccomp 2.5 or newer")


def profile() -> dict[str, Any]:
    """The same rules as the document that podman and docker take with `--security-opt seccomp=FILE`.

    No list of architectures: the engine then knows this processor's own alone and kills a program for any other.
    """
    return {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [_as_document(rule) for rule in rules()]}


def _as_document(rule: Rule) -> dict[str, Any]:
    conditions = [
        {"index": each.index, "value": each.value, "valueTwo": 0, "op": "SCMP_CMP_NE"}
        if each.mask is None
        else {"index": each.index, "value": each.mask, "valueTwo": each.value, "op": "SCMP_CMP_MASKED_EQ"}
        for each in rule.arguments
    ]
    # The numbers of errors are Linux's, wherever the grader itself runs.
    return {"names": [rule.call], "action": "SCMP_ACT_ERRNO", "errnoRet": LINUX_ERRORS[rule.error], "args": conditions}
