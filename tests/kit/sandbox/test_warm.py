"""A command in a fork of a loaded process: as `python -m` would run it, each with a state of its own, none left behind."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from kit.sandbox.model import Limits, Run, RunCancelled
from kit.sandbox.plain import Plain
from kit.sandbox.warm import MODULE, Warm

LIMITS = Limits(wall_s=20.0, cpu_s=10)
MAIN = """
import os, random, sys, tempfile
import numpy
from toy import inside
what = sys.argv[1]
if what == "say":
    numpy.random.random(3)
    print(__name__, sys.argv[0].rpartition("/")[2], sys.argv[1:2], sorted(k for k in os.environ if k.startswith("TAKEHOME")))
    print(inside.__file__.rpartition("/")[2], os.environ["OMP_NUM_THREADS"], os.path.samefile(os.getcwd(), os.path.dirname(inside.__file__) + "/.."))
    open(sys.argv[3], "w").write(open(sys.argv[2]).read())
if what == "kept":
    print(getattr(numpy, "left", "nothing"), os.path.exists(tempfile.gettempdir() + "/left"))
    numpy.left = "something"
    open(tempfile.gettempdir() + "/left", "w").close()
if what == "random":
    print(numpy.random.random(), random.random())
if what == "exit":
    sys.exit(int(sys.argv[2]))
if what == "words":
    sys.exit("no such table")
if what == "raise":
    raise KeyError("price")
if what == "die":
    os.kill(os.getpid(), 9)
if what == "sleep":
    open(sys.argv[2], "w").write(str(os.getpid()))
    import time
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def sub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that can be run."""
    sub = tmp_path_factory.mktemp("sub")
    (sub / "toy").mkdir()
    for name, text in (("__init__.py", ""), ("inside.py", ""), ("__main__.py", MAIN)):
        (sub / "toy" / name).write_text(text)
    return sub


@pytest.fixture(scope="module")
def warm() -> Warm:
    """One for all tests, so that what one leaves is there for the next."""
    return Warm()


def run(backend: Warm | Plain, sub: Path, place: Path, *words: str, limits: Limits = LIMITS, cancel: threading.Event | None = None) -> Run:
    """The package with these arguments."""
    for name in ("in", "out"):
        (place / name).mkdir(exist_ok=True)
    (place / "in" / "a").write_text("data")
    return backend.run(
        [sys.executable, *MODULE, "toy", *words], submission=sub, inputs=place / "in", model=None, output=place / "out", limits=limits, env={},
        cancel=cancel,
    )  # fmt: skip


@pytest.mark.parametrize("words", [("say", "/in/a", "/out/b"), ("exit", "7"), ("words",), ("die",)])
def test_a_command_comes_out_as_without(words: tuple[str, ...], warm: Warm, sub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments, environment, working folder, output and exit are those of a process of its own."""
    monkeypatch.setenv("TAKEHOME_SECRET", "x")
    here, there = tmp_path / "warm", tmp_path / "plain"
    here.mkdir()
    there.mkdir()
    mine, other = run(warm, sub, here, *words), run(Plain(), sub, there, *words)
    assert (mine.exit, mine.stopped, mine.stdout, mine.stderr) == (other.exit, other.stopped, other.stdout, other.stderr)
    assert [f.read_text() for f in (here / "out").iterdir()] == [f.read_text() for f in (there / "out").iterdir()]


def test_an_error_is_told(warm: Warm, sub: Path, tmp_path: Path) -> None:
    """With the trace, and exit 1."""
    done = run(warm, sub, tmp_path, "raise")
    assert done.exit == 1
    assert done.stderr.decode().rstrip().endswith("KeyError: 'price'")


def test_nothing_is_kept_from_call_to_call(warm: Warm, sub: Path, tmp_path: Path) -> None:
    """Neither in memory, nor in the folder for temporary files, nor in random numbers."""
    assert [run(warm, sub, tmp_path, "kept").stdout.split() for _ in range(2)] == [[b"nothing", b"False"]] * 2
    first, second = (run(warm, sub, tmp_path, "random").stdout.split() for _ in range(2))
    assert not set(first) & set(second)


def test_a_command_that_takes_too_long_is_killed(warm: Warm, sub: Path, tmp_path: Path) -> None:
    """And the next is run as ever."""
    late = run(warm, sub, tmp_path, "sleep", "/out/pid", limits=Limits(wall_s=2.0, cpu_s=1))
    assert late.stopped == "wall"
    assert late.exit == 128 + signal.SIGKILL
    assert run(warm, sub, tmp_path, "exit", "3").exit == 3


def test_a_cancelled_command_is_killed(sub: Path, tmp_path: Path) -> None:
    """Its server ends with it; what comes next has a new one."""
    warm, cancel = Warm(), threading.Event()
    started = tmp_path / "out" / "pid"

    def stop() -> None:
        end = time.monotonic() + 30
        while not (started.exists() and started.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        cancel.set()

    watcher = threading.Thread(target=stop)
    watcher.start()
    with pytest.raises(RunCancelled):
        run(warm, sub, tmp_path, "sleep", "/out/pid", cancel=cancel)
    watcher.join()
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert run(warm, sub, tmp_path, "exit", "3").exit == 3


def test_other_commands_are_run_as_without(warm: Warm, sub: Path, tmp_path: Path) -> None:
    """What is no module of a package has a process of its own."""
    (tmp_path / "out").mkdir()
    done = warm.run([sys.executable, "-c", "print(6 * 7)"], submission=sub, inputs=None, model=None, output=tmp_path / "out", limits=LIMITS, env={})
    assert (done.exit, done.stdout) == (0, b"42\n")
