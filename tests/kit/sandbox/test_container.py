"""What a container engine is told, word by word, and what its answers mean; what runs in it can do is in test_backends.py."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from engine_stand_in import DOCKER, STATE, StandIn, play

from kit.sandbox import container as module
from kit.sandbox import seccomp
from kit.sandbox.container import Container
from kit.sandbox.engine import open_engine
from kit.sandbox.image import Image
from kit.sandbox.model import Limits, Mount, Run, SandboxError, SandboxUnavailable

IMAGE = Image(id="sha256:" + "7" * 64, carries=False)
LIMITS = Limits(wall_s=20.0, cpu_s=15, processes=99, descriptors=77)


@pytest.fixture(autouse=True)
def _an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests, with one way to start containers."""
    monkeypatch.setattr("kit.sandbox.engine.OTHER_RUNTIMES", ())
    monkeypatch.setattr(module.os, "geteuid", lambda: 1234)


def made(stand_in: StandIn, kind: str) -> Container:
    """A container backend on the stand-in, its trial run done."""
    return Container(open_engine(kind), IMAGE)


def run(container: Container, tmp_path: Path, **options: object) -> Run:
    """One run with every kind of mount."""
    for name in ("sub", "in", "model", "out", "lib"):
        (tmp_path / name).mkdir(exist_ok=True)
    wanted = {"mounts": [Mount(source=tmp_path / "lib", target="/runtime/lib")], "env": {"LD_LIBRARY_PATH": "/runtime-libs"}, **options}
    folders = {"submission": tmp_path / "sub", "inputs": tmp_path / "in", "model": tmp_path / "model", "output": tmp_path / "out"}
    return container.run(["/runtime/bin/python", "-m", "pipeline"], **folders, limits=LIMITS, **wanted)  # type: ignore[arg-type]


def values(words: list[str], option: str) -> list[str]:
    """What follows each mention of an option."""
    return [words[place + 1] for place, word in enumerate(words) if word == option]


@pytest.mark.parametrize("kind", ["podman", "docker"])
def test_every_protection_is_asked_for(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The image by digest, no network, nothing to write to but one folder and bounded scratch space, no rights, every limit."""
    stand_in = play(tmp_path, monkeypatch, kind)
    container = made(stand_in, kind)
    assert run(container, tmp_path).exit == 0
    told = [words for words in stand_in.told if words[0] == "run"][-1]
    place = told.index(IMAGE.id)
    options, command = told[1:place], told[place + 1 :]
    for option, value in {
        "--network": "none", "--cap-drop": "ALL", "--ipc": "private", "--log-driver": "none", "--hostname": "sandbox", "--workdir": "/sub",
        "--user": f"{os.getuid()}:{os.getgid()}", "--entrypoint": "/usr/bin/env", "--pids-limit": "99", "--cpus": "1", "--shm-size": str(64 << 20),
        "--tmpfs": f"/tmp:rw,exec,nosuid,nodev,mode=1777,size={256 << 20}", "--memory": str((2048 + 256 + 64) << 20),
        "--memory-swap": str((2048 + 256 + 64) << 20),
    }.items():  # fmt: skip
        assert values(options, option) == [value], option
    assert {"--read-only", "--pull=never"} <= set(options)
    assert values(options, "--security-opt") == ["no-new-privileges", f"seccomp={container._filter}"]
    assert json.loads(container._filter.read_text()) == seccomp.profile()
    mounts = [dict(part.partition("=")[::2] for part in each.split(",")) for each in values(options, "--mount")]
    assert {each["target"] for each in mounts if "readonly" not in each} == {"/out"}
    shown = {each["target"]: each["source"] for each in mounts}
    assert (
        shown.items() >= {"/usr": "/usr", "/sub": str(tmp_path / "sub"), "/runtime/lib": str(tmp_path / "lib"), "/in": str(tmp_path / "in")}.items()
    )
    assert shown["/etc/passwd"] != "/etc/passwd"
    assert command[0] == "-i"
    limiter = command.index("/usr/bin/prlimit")
    assert {"OMP_NUM_THREADS=1", "LD_LIBRARY_PATH=/runtime-libs", "HOME=/tmp"} <= set(command[1:limiter])
    assert command[-3:] == ["/runtime/bin/python", "-m", "pipeline"]
    assert {"--nofile=77:77", "--core=0:0", f"--as={4 << 30}:{4 << 30}"} <= set(command[limiter:])
    assert not {"--privileged", "--device", "--volume", "--cap-add", "--env-host", "--tty", "--interactive"} & set(options)
    assert "read-only root, one writable folder" in container.protections
    assert container.protections[-1].endswith("image sha256:777777777777")


def test_docker_and_podman_are_each_told_in_their_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """podman's habits are switched off by name; docker, which knows none of those words, never hears them."""
    host = {"cgroupControllers": [], "security": {"rootless": True, "selinuxEnabled": True}}
    rootless = {"host": host, "version": {"Version": "5"}}
    seen = {}
    for kind, info in (("podman", rootless), ("docker", DOCKER)):
        place = tmp_path / kind
        place.mkdir()
        stand_in = play(place, monkeypatch, kind, info)
        container = made(stand_in, kind)
        run(container, place)
        words = [told for told in stand_in.told if told[0] == "run"][-1]
        seen[kind] = (words, container.protections)
    words, protections = seen["podman"]
    theirs = {"--read-only-tmpfs=false", "--no-hosts", "--http-proxy=false", "--systemd=false", "--userns=keep-id", "--cgroups=disabled"}
    assert theirs <= set(words)
    assert "label=disable" in values(words, "--security-opt")
    assert int(values(words, "--timeout")[0]) > LIMITS.wall_s
    assert not {"--memory", "--pids-limit", "--cpus"} & set(words)
    assert any(word.startswith("--nproc=") for word in words)
    assert "own user namespace" in protections
    assert not any("control group" in each for each in protections)
    words, protections = seen["docker"]
    assert not theirs & set(words)
    assert not {"--pidfile", "--timeout", "--pid", "--uts"} & set(words)
    # There the kernel would count every process of the person who grades; the control group counts those of the run.
    assert not any(word.startswith("--nproc=") for word in words)
    assert values(words, "--pids-limit") == ["99"]
    assert "runs as the grader's user id, without its groups" in protections


def test_what_the_engine_recorded_is_the_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its exit code, and memory where the kernel ended the run for it; whatever happens the container is removed."""
    stand_in = play(tmp_path, monkeypatch, "podman")
    container = made(stand_in, "podman")
    stand_in.answer("run", code=3)
    stand_in.answer("inspect --format {{json .State}}", out=json.dumps({**STATE, "ExitCode": 3}))
    assert (run(container, tmp_path).exit, run(container, tmp_path).stopped) == (3, None)
    stand_in.answer("inspect --format {{json .State}}", out=json.dumps({**STATE, "ExitCode": 137, "OOMKilled": True}))
    assert (run(container, tmp_path).exit, run(container, tmp_path).stopped) == (137, "memory")
    container.settle()
    started = [values(told, "--name")[0] for told in stand_in.told if told[0] == "run"]
    assert sorted(told[-1] for told in stand_in.told if told[0] == "rm") == sorted(started)


def test_a_container_that_stays_is_told_at_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are removed beside the next ones, and a failure of that is not lost."""
    stand_in = play(tmp_path, monkeypatch, "podman")
    container = made(stand_in, "podman")
    container.settle()
    stand_in.answer("rm", err="device busy", code=1)
    assert run(container, tmp_path).exit == 0
    module.wait(container._removals)
    with pytest.raises(SandboxError, match="device busy"):
        run(container, tmp_path)


@pytest.mark.parametrize("answer", [{"out": json.dumps({**STATE, "StartedAt": "0001-01-01T00:00:00Z"})}, {"code": 125, "err": "no such object"}])
def test_a_command_that_was_never_reached_is_ours(answer: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not begun, or not even made: an error of the sandbox, never an exit of the submission."""
    stand_in = play(tmp_path, monkeypatch, "podman")
    container = made(stand_in, "podman")
    stand_in.answer("run", err="Error: statfs /nowhere: no such file", code=125)
    stand_in.answer("inspect --format {{json .State}}", **answer)
    with pytest.raises(SandboxError, match=r"podman could not set up the run \(exit 125\).*statfs /nowhere"):
        run(container, tmp_path)


def test_an_engine_in_which_nothing_runs_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what each way to start containers said."""
    stand_in = play(tmp_path, monkeypatch, "podman")
    stand_in.answer("inspect --format {{json .State}}", out=json.dumps({**STATE, "ExitCode": 126}))
    stand_in.answer("run", err="cannot execute", code=126)
    with pytest.raises(SandboxUnavailable, match="podman 5.0.0: exit 126 of /usr/bin/true: 'cannot execute'"):
        made(stand_in, "podman")


def test_a_comma_in_a_path_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To an engine it would begin another option of the mount."""
    container = made(play(tmp_path, monkeypatch, "podman"), "podman")
    (tmp_path / "a,readonly=false").mkdir()
    with pytest.raises(SandboxError, match="without a comma"):
        run(container, tmp_path, mounts=[Mount(source=tmp_path / "a,readonly=false", target="/x")])


def test_a_run_that_no_handle_reaches_is_ended_by_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a virtual machine; where the engine fails too, its own program is ended and the container removed afterwards."""
    stand_in = play(tmp_path, monkeypatch, "docker")
    engine = open_engine("docker")
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    watched = module._Watched(engine, "takehome-x", process, tmp_path / "pid", None)
    stand_in.answer("inspect --format {{.State.Pid}}", out="0\n")
    assert watched.root() is None
    stand_in.answer("kill", code=0)
    watched.kill()
    assert stand_in.told[-1] == ["kill", "--signal", "KILL", "takehome-x"]
    assert process.poll() is None
    stand_in.answer("kill", err="no such container", code=1)
    watched._next_kill = 0.0
    watched.kill()
    assert process.wait(timeout=20) == -signal.SIGKILL
    for stream in (process.stdin, process.stdout):
        stream.close()  # type: ignore[union-attr]
