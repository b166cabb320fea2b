"""What a run in a full sandbox can and cannot do, the same for every backend that holds on this machine.

Code here refuses to run outside, is bounded by itself and talks to nobody.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from containment import need_backend

from kit.sandbox.choose import WAYS
from kit.sandbox.container import Container
from kit.sandbox.engine import KINDS, LABEL, grader_label
from kit.sandbox.interpreter import Interpreter, of_base
from kit.sandbox.model import Limits, Run, RunCancelled, Sandbox

pytestmark = pytest.mark.sandbox

GUARD = """
import os, sys, time
if not os.path.exists("/IN_SANDBOX"):
    sys.exit("only inside a sandbox")
"""
SMALL = Limits(
    wall_s=8.0, cpu_s=4, resident_bytes=256 << 20, address_bytes=1 << 30, processes=24, output_bytes=8 << 20, output_entries=30, flood_bytes=8 << 20
)


class Bench:
    """Runs snippets in the sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.python: Interpreter = of_base(joints=folder / "joints")
        self.count = 0
        self.output = folder

    def run(self, code: str, limits: Limits = SMALL, **options: object) -> Run:
        self.count += 1
        place = self.folder / str(self.count)
        self.output = place / "out"
        (place / "sub").mkdir(parents=True)
        self.output.mkdir()
        (place / "sub" / "x.py").write_text(GUARD + code)
        return self.sandbox.run(
            [self.python.inside, "-s", "-B", "/sub/x.py"],
            submission=place / "sub",
            inputs=None,
            model=None,
            output=self.output,
            limits=limits,
            env=self.python.env,
            mounts=self.python.mounts,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture(params=WAYS)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of each full backend in turn; skipped with what is in its way."""
    need_backend(request.param)
    return str(request.param)


@pytest.fixture
def bench(backend: str, tmp_path: Path) -> Bench:
    """A full sandbox and a folder."""
    return Bench(need_backend(backend), tmp_path)


def test_a_run_sees_nothing_of_the_host(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Descriptors, identity, capabilities, environment, folders and the names of binds."""
    monkeypatch.setenv("TAKEHOME_CANARY", "canary-value")
    code = """
import json
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(json.dumps({
    "fds": sorted(os.listdir("/proc/self/fd")), "pid": os.getpid(), "uid": os.getuid(), 
    "eff": status["CapEff"].strip(), "nnp": status["NoNewPrivs"].strip(), "seccomp": status["Seccomp"].strip(), "root": sorted(os.listdir("/")),
    "env": open("/proc/1/environ").read() + repr(dict(os.environ)), "host": os.uname().nodename, "stdin": sys.stdin.read(),
    "etc": sorted(os.listdir("/etc")), "cwd": os.getcwd(), "mounts": open("/proc/self/mountinfo").read()}))
"""
    run = bench.run(code)
    assert run.exit == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["fds"] == ["0", "1", "2", "3"]
    assert (seen["pid"], seen["host"], seen["stdin"], seen["cwd"]) == (1, "sandbox", "", "/sub")
    assert seen["uid"] not in (0, os.getuid()) or os.getuid() == 1000
    assert seen["eff"] == "0000000000000000"
    assert (seen["nnp"], seen["seccomp"]) == ("1", "2")
    assert "canary-value" not in seen["env"]
    ours = set("IN_SANDBOX bin dev etc lib lib32 lib64 out proc python runtime-libs sbin sub tmp usr".split())
    assert set(seen["root"]) <= ours | ({"in", "model", "run", "runtime", "sys", "var"} if bench.sandbox.name != "bubblewrap" else set())
    # Three empty or one-line files that engines make by themselves.
    theirs = {"group", "hostname", "hosts", "mtab", "resolv.conf"} if bench.sandbox.name != "bubblewrap" else set()
    assert set(seen["etc"]) <= {"ld.so.cache", "alternatives", "passwd"} | theirs


def test_sockets_namespaces_and_kin_are_denied(bench: Bench) -> None:
    """By the filter, whatever the network namespace would allow; local sockets work, as worker pools need them."""
    code = """
import ctypes, socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, 40, socket.AF_PACKET):
    try:
        socket.socket(family, socket.SOCK_STREAM)
        print("open", family)
    except OSError:
        pass
c = ctypes.CDLL(None)
zero = ctypes.c_long(0)
denied = [c.unshare(0x10000000), c.ptrace(0, 0, 0, 0), c.syscall(425, 1, 0), c.memfd_create(b"x", 0), c.prctl(1, zero), c.shmget(0, 4096, 0o1600)]
denied += [c.mount(b"/tmp", b"/tmp", b"tmpfs", zero, None), c.chroot(b"/tmp"), c.setuid(0)]
print(denied)
a, b = socket.socketpair()
a.send(b"x")
print(b.recv(1))
"""
    assert bench.run(code).stdout.decode().split("\n")[:2] == [str([-1] * 9), "b'x'"]


@pytest.mark.parametrize(
    ("code", "stopped"),
    [
        ("while True: pass", "cpu"),
        ("import signal\nfor s in (1, 2, 3, 15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass", "cpu"),
        ("time.sleep(30)", "wall"),
        ("x = []\nfor _ in range(60):\n    x.append(bytearray(b'1') * (10 << 20))\n    time.sleep(0.02)", "memory"),
        ("for _ in range(5):\n    if os.fork() == 0:\n        x = bytearray(b'1') * (80 << 20); time.sleep(2); os._exit(0)\ntime.sleep(3)", "memory"),
        ("for _ in range(100): os.write(1, b'x' * (1 << 20))", "flood"),
        ("for n in range(100): open(f'/out/{n}', 'w').close()\ntime.sleep(2)", "output"),
        ("for n in range(3): open(f'/out/{n}', 'wb').truncate(6 << 20)\ntime.sleep(2)", "output"),
        ("for n in range(40):\n    f = open('/out/x', 'wb'); os.unlink('/out/x'); f.write(b'0' * (6 << 20)); f.flush()\ntime.sleep(2)", "output"),
    ],
    ids=["loop", "ignored-signals", "sleep", "memory", "memory-of-many", "flood", "many-files", "sparse", "removed-files"],
)
def test_each_limit_ends_a_run(bench: Bench, code: str, stopped: str) -> None:
    """And says which one it was."""
    limits = Limits(**{**SMALL.__dict__, "cpu_s": 1, "wall_s": 1.5 if stopped == "wall" else 8.0}) if stopped in {"cpu", "wall"} else SMALL
    run = bench.run(code, limits)
    assert (run.stopped, run.exit) == (stopped, 137)


def test_limits_inside_are_errors_for_the_submission(bench: Bench) -> None:
    """Processes, address space, one huge file, a full /tmp: it may handle them."""
    code = """
import mmap, resource
def tried(action):
    try:
        action()
        return "went"
    except OSError as error:
        return error.errno
def fork_many():
    for _ in range(60):
        if os.fork() == 0:
            time.sleep(1)
            os._exit(0)
def fill():
    for n in range(9):
        with open(f"/tmp/{n}", "wb") as file:
            for _ in range(7): file.write(b"0" * (1 << 20))
large = tried(lambda: open("/out/x", "wb").truncate(9 << 20))
print([tried(lambda: mmap.mmap(-1, 2 << 30)), tried(fork_many), large, tried(fill), resource.getrlimit(resource.RLIMIT_CORE)[1]])
"""
    limits = Limits(**{**SMALL.__dict__, "tmp_bytes": 16 << 20, "resident_bytes": 2 << 30})
    assert json.loads(bench.run(code, limits).stdout.decode().replace("'", '"')) == [12, 11, 27, 28, 0]


def test_nothing_outlives_its_run(bench: Bench) -> None:
    """A daemon that left the session and waits to write later is dead when the run returns."""
    code = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.5)
        open("/out/late", "w").write("x")
    os._exit(0)
"""
    assert bench.run(code).exit == 0
    time.sleep(0.7)
    assert not (bench.output / "late").exists()


def test_silence_after_closing_its_streams_is_watched_on(bench: Bench) -> None:
    """Limits hold and the exit is known."""
    assert bench.run("os.close(1); os.close(2); time.sleep(0.3); os._exit(7)").exit == 7
    limits = Limits(**{**SMALL.__dict__, "cpu_s": 1, "wall_s": 1.2})
    assert bench.run("os.close(1); os.close(2); time.sleep(30)", limits).stopped == "wall"


def test_memory_shared_by_a_fork_counts_once(bench: Bench) -> None:
    """An honest worker pool over one table is not stopped."""
    code = """
x = bytearray(b"1") * (100 << 20)
for _ in range(5):
    if os.fork() == 0:
        time.sleep(0.5)
        os._exit(0)
time.sleep(0.6)
print("done")
"""
    assert bench.run(code).stdout == b"done\n"


def test_a_run_ends_when_grading_is_stopped(bench: Bench) -> None:
    """At once, and nothing of it is left."""
    import threading

    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    begun = time.monotonic()
    with pytest.raises(RunCancelled):
        bench.run("time.sleep(20)", cancel=cancel)
    assert time.monotonic() - begun < 5


GRADER = """
import sys
from pathlib import Path
from kit.sandbox.choose import WAYS
from kit.sandbox.choose import WAYS
from kit.sandbox.interpreter import of_base
from kit.sandbox.model import Limits
base = Path(sys.argv[1])
python = of_base(joints=base / "joints")
WAYS[sys.argv[3]]().sandbox.run([python.inside, "/sub/x.py", sys.argv[2]], submission=base / "sub", inputs=None, model=None, output=base / "out",
    limits=Limits(wall_s=25.0, cpu_s=20), env=python.env, mounts=python.mounts)
"""


def test_a_killed_grader_takes_its_run_with_it(backend: str, tmp_path: Path) -> None:
    """Though the run tries to give up the signal that does it, and has a child in another session."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "out").mkdir()
    mark = f"takehome-test-{os.getpid()}"
    code = "import ctypes\nctypes.CDLL(None).prctl(1, ctypes.c_long(0))\nopen('/out/begun', 'w').close()\n"
    code += "if os.fork() == 0: os.setsid()\ntime.sleep(15)\n"
    (tmp_path / "sub" / "x.py").write_text(GUARD + code)
    grader = subprocess.Popen([sys.executable, "-c", GRADER, str(tmp_path), mark, backend])
    deadline = time.monotonic() + 10
    while not (tmp_path / "out" / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (tmp_path / "out" / "begun").exists()
    grader.kill()
    grader.wait()
    deadline = time.monotonic() + 5
    while (left := _with(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _with(mark: str) -> list[str]:
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path("/proc", pid, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found.append(pid)
    return found


def test_a_set_up_that_fails_is_ours(bench: Bench, tmp_path: Path) -> None:
    """A mount that does not exist is an error of the sandbox, not a result of the submission."""
    from kit.sandbox.model import Mount, SandboxError

    bench.python = Interpreter(
        inside="/usr/bin/true", outside=Path("/usr/bin/true"), mounts=(Mount(source=tmp_path / "nowhere", target="/x"),), env={}
    )
    with pytest.raises(SandboxError, match="could not set up"):
        bench.run("")


@pytest.mark.parametrize("backend", KINDS)
def test_nothing_of_a_run_is_left_in_the_store(backend: str, tmp_path: Path) -> None:
    """A real engine lists no container of this process once runs are over, the one that was killed included."""
    sandbox = need_backend(backend)
    assert isinstance(sandbox, Container)
    for name in ("sub", "out"):
        (tmp_path / name).mkdir()
    ended = sandbox.run(
        ["/usr/bin/sleep", "20"],
        submission=tmp_path / "sub",
        inputs=None,
        model=None,
        output=tmp_path / "out",
        limits=Limits(wall_s=1.5, cpu_s=1),
        env={},
    )
    assert (ended.stopped, ended.exit) == ("wall", 137)
    sandbox.settle()
    assert sandbox.engine.ask("ps", "--all", "--quiet", "--filter", f"label={LABEL}={grader_label()}").split() == []
