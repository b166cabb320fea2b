"""Read: what the grader knows, by every way that leads out of the sandbox. All must be refused, and the work then scores as honest work does."""

from __future__ import annotations

from attacks._attack import Attack

ATTACKS = (
    Attack(
        id="read_key",
        what="opens the key, the vault's secret and the log by their paths on the host",
        covers=("key_by_path", "vault_by_path", "labels"),
        code="""
        vault = PLAN["vault"]
        form = os.path.dirname(PLAN["key"])
        attempt("open the key", read, PLAN["key"])
        attempt("list the vault", os.listdir, vault)
        attempt_each("open a file of the vault", read, [vault + "/" + name for name in ("secret.json", "audit.log", "vault.json", "lock")])
        attempt_each("open a file of the form", read, [form + "/" + name for name in ("truth.parquet", "spec.json", "rubric.toml", "calls.json")])
        attempt_each("open outcomes", read, [f"{form}/outcomes/p1/{probe}.parquet" for probe in ("served", "honest", "late")])
        """,
        quick=True,
    ),
    Attack(
        id="read_home",
        what="opens what lies in the grader's home folder, in its temporary folder and beside the stage",
        covers=("home_folder", "tmp_of_the_host"),
        code="""
        attempt("open a file of the home folder", read, PLAN["home"])
        attempt("open a file of the host's /tmp", read, PLAN["tmp"])
        attempt("list the host's folder", os.listdir, PLAN["outside"])
        attempt("open a file of the host", read, PLAN["canary"])
        attempt("list the grader's stages", os.listdir, PLAN["temporary"])
        attempt_each("open a usual secret", read, ["/etc/shadow", "/etc/hosts", "/etc/machine-id", "/proc/kcore", "/dev/mem", "/dev/kmsg"])
        """,
    ),
    Attack(
        id="read_parent",
        what="climbs out of every folder that it is shown, by `..` and by links of its own",
        covers=("parent_folders",),
        code="""
        roots = ["/sub", "/in", "/out", "/tmp", "/proc/self/cwd", "."]
        climbs = [root + "/.." * depth + path for root in roots for depth in (1, 2, 12) for path in (PLAN["key"], PLAN["home"], PLAN["canary"])]
        attempt_each("climb to the key", read, climbs)
        os.symlink("/.." * 12 + PLAN["key"], "/tmp/link")
        attempt("follow a link of its own", read, "/tmp/link")
        os.unlink("/tmp/link")
        """,
    ),
    Attack(
        id="read_proc_root",
        what="goes through the root folder of every process that it can name",
        covers=("proc_root",),
        code="""
        pids = [name for name in os.listdir("/proc") if name.isdigit()] + ["self", "thread-self", "1", str(PLAN["pid"]), str(os.getppid())]
        attempt_each("open the key below a root", read, [f"/proc/{pid}/root{PLAN['key']}" for pid in pids])
        attempt_each("open a canary below a root", read, [f"/proc/{pid}/root{PLAN['canary']}" for pid in pids])
        attempt_each("open the key above a root", read, [f"/proc/{pid}/root" + f"/../..{PLAN['key']}" for pid in pids])
        """,
        quick=True,
    ),
    Attack(
        id="read_proc_cwd",
        what="goes through the working folder of every process that it can name",
        covers=("proc_cwd",),
        code="""
        pids = [name for name in os.listdir("/proc") if name.isdigit()] + ["self", "thread-self", "1", str(PLAN["pid"])]
        attempt_each("open the key from a working folder", read, [f"/proc/{pid}/cwd/../../../../../..{PLAN['key']}" for pid in pids])
        attempt("look at the grader's working folder", os.readlink, f"/proc/{PLAN['pid']}/cwd")
        attempt("look at the grader's descriptors", os.listdir, f"/proc/{PLAN['pid']}/fd")
        """,
    ),
    Attack(
        id="read_walk",
        what="walks the whole disk that it sees and prints every small file that could hold a secret",
        covers=("walk_the_disk",),
        code="""
        looked = named = 0
        for folder, folders, names in os.walk("/"):
            # Its own files tell where to look; the system's and the runtime's are too many.
            folders[:] = [name for name in folders if folder != "/" or name not in ("sub", "proc", "usr", "python", "runtime")][:500]
            if not time_left() or looked > 4000:
                break
            for name in names[:500]:
                path = os.path.join(folder, name)
                looked += 1
                named += "canary" in name or "vault" in name
                try:
                    if os.path.isfile(path) and os.path.getsize(path) < 65536 and b"cana" b"ry" in read(path):
                        say("went through: a canary lies in", path)
                except OSError:
                    continue
        say("looked at some:", looked > 3, "names of the vault:", named)
        attempt("open the canary after all", read, PLAN["canary"])
        """,
        says=("looked at some: True names of the vault: 0",),
    ),
    Attack(
        id="read_environment",
        what="prints the environment and the command line of every process that it can see",
        covers=("environments", "command_lines"),
        code="""
        for pid in [name for name in os.listdir("/proc") if name.isdigit()][:50]:
            say(pid, read(f"/proc/{pid}/environ"), read(f"/proc/{pid}/cmdline"), read(f"/proc/{pid}/status")[:200])
        say(sorted(os.environ.items()))
        attempt("read the grader's environment", read, f"/proc/{PLAN['pid']}/environ")
        attempt("read the grader's command line", read, f"/proc/{PLAN['pid']}/cmdline")
        """,
        quick=True,
    ),
    Attack(
        id="read_mountinfo",
        what="prints the mount table, which shows where on the host its folders come from",
        covers=("mountinfo",),
        code="""
        for name in ("mountinfo", "mounts", "maps", "cgroup", "uid_map"):
            say(name, open(f"/proc/self/{name}").read()[:20000])
        say("printed")
        attempt("follow a mount to its source", read, PLAN["key"])
        """,
        says=("printed",),
    ),
    Attack(
        id="read_ptrace",
        what="attaches to the grader, to the first process and to its own child",
        covers=("ptrace",),
        code="""
        child = os.fork()
        if child == 0:
            time.sleep(2)
            os._exit(0)
        PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
        for name in ("ptrace",):
            attempt("attach to its child", called, name, PTRACE_ATTACH, child, 0, 0)
            attempt("seize its child", called, name, PTRACE_SEIZE, child, 0, 0)
            attempt("attach to the grader", called, name, PTRACE_ATTACH, PLAN["pid"], 0, 0)
        attempt("write the memory of the grader", write, f"/proc/{PLAN['pid']}/mem")
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        """,
    ),
    Attack(
        id="read_vm",
        what="copies memory out of another process, and takes a descriptor out of it",
        covers=("process_vm_readv",),
        code="""
        room = ctypes.create_string_buffer(64)
        class Piece(ctypes.Structure):
            _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
        here = Piece(ctypes.addressof(room), 64)
        there = Piece(ctypes.addressof(room), 64)
        one = (ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
        attempt("read the memory of the grader", called, "process_vm_readv", PLAN["pid"], *one)
        attempt("read its own memory as another's", called, "process_vm_readv", os.getpid(), *one)
        attempt("write its own memory as another's", called, "process_vm_writev", os.getpid(), *one)
        attempt("compare with the grader", syscall, 312, os.getpid(), PLAN["pid"], 0, 0, 0)
        attempt("open the grader", os.pidfd_open, PLAN["pid"])
        """,
    ),
    Attack(
        id="read_descriptors",
        what="uses descriptors that the grader may have left open",
        covers=("inherited_descriptors",),
        code="""
        held = sorted(int(name) for name in os.listdir("/proc/self/fd"))
        say("descriptors", held[:3], [os.readlink(f"/proc/self/fd/{number}") for number in held[:3]])
        attempt_each("use a descriptor", os.fstat, range(3, 2000))
        say("input holds", repr(sys.stdin.buffer.read(64)))
        """,
        says=("input holds b''",),
    ),
    Attack(
        id="read_kit",
        what="imports the kit, the graders and the generators, by name and by path",
        covers=("import_the_kit",),
        code="""
        import importlib
        sys.path[:0] = [PLAN["kit"], PLAN["vault"]]
        for name in ("kit", "graders", "generators"):
            attempt("import a package of the kit", importlib.import_module, name + ".outcomes" if name == "kit" else name)
        attempt("list the kit", os.listdir, PLAN["kit"])
        """,
    ),
)
