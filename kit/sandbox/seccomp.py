"""The system-call filter of a run, as bytes that bubblewrap loads.

Everything is allowed except a list: sockets other than local ones, io_uring (it passes socket rules by), looking into other processes, mounting,
namespaces, keyrings, bpf, and memory that no limit of ours counts. libseccomp compiles it; nothing here writes a filter by hand.
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Sequence
from typing import Any

from kit.sandbox.model import SandboxError

NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET together."""
AF_UNIX = 1
PR_SET_PDEATHSIG = 1
SIGKILL = 9
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


@functools.cache
def compiled() -> bytes:
    """The filter for this machine's processor.

    Raises SandboxError when libseccomp is missing or too old to know the calls that matter.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(f"the system-call filter needs libseccomp, got {error!r}; install it, e.g. `apt install libseccomp2`") from error
    refused = pyseccomp.ERRNO(errno.EPERM)
    unknown = pyseccomp.ERRNO(errno.ENOSYS)
    made = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    # A program for another instruction set would be numbered differently and slip past every rule below.
    made.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    _deny(pyseccomp, made, NEEDED, refused, needed=True)
    _deny(pyseccomp, made, WHERE_KNOWN, refused, needed=False)
    _deny(pyseccomp, made, UNCOUNTED_MEMORY, unknown, needed=False)
    for call in ("socket", "socketpair"):
        made.add_rule(pyseccomp.ERRNO(errno.EAFNOSUPPORT), call, pyseccomp.Arg(0, pyseccomp.NE, AF_UNIX))
    for bit in (1 << position for position in range(32) if NEW_NAMESPACES & (1 << position)):
        made.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, bit, bit))
    # The flags of clone3 lie behind a pointer that no filter can follow; without it the C library uses clone.
    _deny(pyseccomp, made, ("clone3",), unknown, needed=False)
    for request in TERMINAL_WRITES:
        made.add_rule(refused, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    # Only this signal, sent when bubblewrap goes, keeps a run from outliving a killed grader: it may be asked for again, never given up.
    made.add_rule(refused, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0xFFFFFFFF, PR_SET_PDEATHSIG), pyseccomp.Arg(1, pyseccomp.NE, SIGKILL))
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


def _deny(library: Any, made: Any, calls: Sequence[str], action: int, *, needed: bool) -> None:
    for call in calls:
        number = library.resolve_syscall(library.Arch.NATIVE, call)
        # -1: this libseccomp has never heard of it. Other negative numbers: the processor has no such call.
        if number >= 0:
            made.add_rule(action, number)
        elif number == -1 and needed:
            raise SandboxError(f"libseccomp does not know the system call {call!r}; the filter would have a hole: install libseccomp 2.5 or newer")
