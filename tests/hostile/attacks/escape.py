"""Escape: other namespaces, other roots, other rights, and the kernel's own doors."""

from __future__ import annotations

from attacks._attack import Attack

ATTACKS = (
    Attack(
        id="escape_namespaces",
        what="makes namespaces in which it would be root, or enters those of another process",
        covers=("namespaces",),
        code="""
        for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000, 0x08000000, 0x04000000, 0x02000000, 0x00000080):
            attempt("unshare a namespace", called, "unshare", flag)
            attempt("clone into a namespace", syscall, 56, flag | signal.SIGCHLD, 0, 0, 0, 0)
        attempt("clone by the newer call", syscall, 435, ctypes.create_string_buffer(88), 88)
        attempt("enter a namespace", called, "setns", os.open("/proc/self/ns/mnt", os.O_RDONLY), 0)
        attempt("map itself to root", write, "/proc/self/uid_map", b"0 0 1")
        """,
        quick=True,
    ),
    Attack(
        id="escape_mount",
        what="mounts, unmounts and remounts, by the old calls and by the new ones",
        covers=("mount",),
        code="""
        word = ctypes.c_char_p
        attempt("mount a file system", called, "mount", word(b"none"), word(b"/tmp"), word(b"tmpfs"), 0, None)
        attempt("remount the root writable", called, "mount", None, word(b"/"), None, 32, None)
        attempt("bind the root", called, "mount", word(b"/"), word(b"/tmp"), None, 4096, None)
        attempt("unmount its submission", called, "umount2", word(b"/sub"), 2)
        attempt("open a tree", syscall, 428, -100, word(b"/"), 1)
        attempt("open a file system", syscall, 430, word(b"tmpfs"), 0)
        attempt("change a mount", syscall, 442, -100, word(b"/"), 0, ctypes.create_string_buffer(32), 32)
        """,
    ),
    Attack(
        id="escape_chroot",
        what="changes its root folder",
        covers=("chroot",),
        code="""
        os.mkdir("/tmp/new")
        attempt("change the root", os.chroot, "/tmp/new")
        attempt("swap the root", syscall, 155, ctypes.c_char_p(b"/tmp/new"), ctypes.c_char_p(b"/tmp/new"))
        attempt("open by handle", syscall, 304, -100, ctypes.create_string_buffer(32), 0)
        """,
    ),
    Attack(
        id="escape_mknod",
        what="makes devices for the disk and for the memory of the machine",
        covers=("mknod",),
        code="""
        for place in ("/tmp", "/out", "/dev/shm"):
            attempt("make a disk", os.mknod, place + "/disk", 0o666 | stat.S_IFBLK, os.makedev(8, 0))
            attempt("make a memory", os.mknod, place + "/memory", 0o666 | stat.S_IFCHR, os.makedev(1, 1))
        """,
    ),
    Attack(
        id="escape_setuid",
        what="becomes root through programs with the bit set, the system's and its own",
        covers=("setuid_files",),
        code="""
        import shutil
        before = os.getresuid(), os.getresgid()
        for program in ("/usr/bin/su", "/usr/bin/newgrp", "/usr/bin/mount", "/usr/bin/passwd"):
            try:
                done = subprocess.run([program, "--help"], capture_output=True, timeout=2)
                say(program, done.returncode)
            except OSError as error:
                say(program, type(error).__name__)
        shutil.copyfile("/usr/bin/id", "/out/model/id")
        os.chmod("/out/model/id", 0o6755)
        # On a folder mounted without programs this is refused: no worse.
        try:
            say("own copy says", subprocess.run(["/out/model/id", "-u"], capture_output=True, timeout=2).stdout == str(os.getuid()).encode() + b"\\n")
        except OSError:
            say("own copy says True")
        os.unlink("/out/model/id")
        say("rights unchanged", before == (os.getresuid(), os.getresgid()) and os.getuid() != 0 or PLAN["pid"] == os.getpid())
        attempt("become root", os.setuid, 0)
        attempt("join a group", os.setgroups, [0])
        """,
        processes=40,
        says=("own copy says True", "rights unchanged True"),
    ),
    Attack(
        id="escape_rights",
        what="takes back what it gave up: capabilities, priority, limits",
        covers=("regain_rights",),
        code="""
        header = struct.pack("<Ii", 0x20080522, 0)
        attempt("take capabilities", called, "capset", ctypes.c_char_p(header), ctypes.c_char_p(b"\\xff" * 24))
        attempt("raise an ambient capability", called, "prctl", 47, 2, 21, 0, 0)
        def raise_limit(kind):
            soft, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (hard + 1, hard + 1))
        def guarded(kind):
            try:
                raise_limit(kind)
            except ValueError as error:
                raise PermissionError(errno.EPERM, str(error))
        for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
            attempt("raise a limit", guarded, kind)
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        say("capabilities", int(status["CapEff"], 16) | int(status["CapBnd"], 16) & int(status["CapPrm"], 16), "filter", status["Seccomp"].strip())
        """,
        says=("capabilities 0 filter 2",),
    ),
    Attack(
        id="escape_core_pattern",
        what="names a program of its own as the one that the kernel starts as root when something crashes",
        covers=("core_pattern",),
        code="""
        doors = ["kernel/core_pattern", "kernel/modprobe", "kernel/hotplug", "vm/overcommit_memory", "kernel/ns_last_pid", "fs/binfmt_misc/register"]
        attempt_each("write a setting of the kernel", write, ["/proc/sys/" + door for door in doors])
        attempt("press a magic key", write, "/proc/sysrq-trigger")
        attempt_each("write below /sys", write, ["/sys/kernel/uevent_helper", "/sys/fs/cgroup/release_agent"])
        attempt("spare itself when memory runs out", write, "/proc/self/oom_score_adj", b"-1000")
        """,
    ),
    Attack(
        id="escape_terminal",
        what="types into the terminal of the person who grades",
        covers=("tiocsti",),
        code="""
        import fcntl, pty
        attempt("open the terminal", os.open, "/dev/tty", os.O_RDWR)
        for request in (0x5412, 0x541C):
            attempt("type into a terminal", fcntl.ioctl, 1, request, b"x")
            attempt("type with a longer number", called, "ioctl", 1, ctypes.c_ulong(request | 1 << 32), ctypes.c_char_p(b"x"))
        ours, theirs = pty.openpty()
        attempt("type into its own terminal", fcntl.ioctl, theirs, 0x5412, b"x")
        """,
    ),
    Attack(
        id="escape_outside",
        what="writes to everything that it is shown read-only, and to the host",
        covers=("write_outside",),
        code="""
        places = ["/", "/sub", "/in", "/usr", "/etc", "/sub/pipeline", "/dev", "/usr/bin", os.path.dirname(sys.executable)]
        attempt_each("write into a folder", lambda place: write(place + "/written"), places)
        attempt_each("write to a file", lambda path: open(path, "r+b"), ["/sub/takehome.json", "/in/world.json", "/etc/passwd", "/IN_SANDBOX", sys.executable])
        attempt_each("remove a file", os.unlink, ["/sub/takehome.json", "/in/world.json", "/IN_SANDBOX", "/etc/passwd"])
        attempt_each("change a mode", lambda path: os.chmod(path, 0o777), ["/sub", "/in", "/sub/takehome.json", "/usr", "/"])
        attempt("write on the host", write, PLAN["outside"] + "/written")
        attempt("write into the vault", write, PLAN["vault"] + "/written")
        """,
        quick=True,
    ),
    Attack(
        id="escape_doors",
        what="knocks at the doors of the kernel that only its keeper needs",
        covers=("kernel_doors",),
        code="""
        room = ctypes.create_string_buffer(256)
        doors = {"bpf": 321, "perf": 298, "keyctl": 250, "add_key": 248, "userfaultfd": 323, "module": 175, "kexec": 246, "swap": 167, "acct": 163,
                 "reboot": 169, "syslog": 103, "quota": 179, "personality": 135, "fanotify": 300}
        attempt_each("knock", lambda name: syscall(doors[name], 0, room, 0, 0, 0), doors)
        attempt("set the clock", time.clock_settime, time.CLOCK_REALTIME, 0)
        attempt("set the name of the machine", socket.sethostname, "owned")
        """,
    ),
    Attack(
        id="escape_death_signal",
        what="gives up the signal that ends it when the grader is gone",
        covers=("death_signal",),
        code="""
        attempt("give up the signal", called, "prctl", 1, 0, 0, 0, 0)
        attempt("choose a milder signal", called, "prctl", 1, signal.SIGCONT, 0, 0, 0)
        attempt("signal the grader", os.kill, PLAN["pid"], 0)
        """,
    ),
)
