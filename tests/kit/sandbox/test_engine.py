"""Engines are asked what they are; what they say wrong, or do not say, is an error with its mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_stand_in import DOCKER, PODMAN, play

from kit.sandbox import engine as module
from kit.sandbox.engine import LABEL, grader_label, likely_fix, open_engine, with_other_runtimes
from kit.sandbox.model import SandboxError, SandboxUnavailable


def test_podman_says_what_it_can_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control groups, labels, whose it is; each other program that can start containers is another way."""
    stand_in = play(tmp_path, monkeypatch, "podman")
    engine = open_engine("podman")
    assert (engine.version, engine.rootless, engine.controllers, engine.labelled) == ("5.0.0", False, {"cpu", "memory", "pids"}, False)
    monkeypatch.setattr(module.shutil, "which", lambda name, path=None: f"/usr/bin/{name}" if name == "runc" else None)
    assert [each.words for each in with_other_runtimes(engine)] == [[engine.program], [engine.program, "--runtime", "runc"]]
    assert stand_in.told == [["info", "--format", "json"]]


def test_podman_without_control_groups_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an ordinary user on an older system: none are counted on."""
    info = {"host": {"cgroupControllers": None, "security": {"rootless": True, "selinuxEnabled": True}}, "version": {"Version": "4.3.1"}}
    play(tmp_path, monkeypatch, "podman", info)
    engine = open_engine("podman")
    assert (engine.rootless, engine.controllers, engine.labelled) == (True, frozenset(), True)


def test_docker_says_what_it_can_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it knows no other programs by a word of ours."""
    play(tmp_path, monkeypatch, "docker")
    engine = open_engine("docker")
    assert (engine.title, engine.controllers) == ("docker 27.0.1", {"cpu", "memory", "pids"})
    assert with_other_runtimes(engine) == [engine]


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({**DOCKER, "SecurityOptions": ["name=rootless"]}, "docker runs rootless here.*use podman"),
        (PODMAN, "'docker' here is not docker's own.*podman under its own name"),
        ([], "could not be read"),
    ],
    ids=["rootless", "podman in disguise", "something else"],
)
def test_a_docker_that_cannot_be_used_says_why(info: object, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is run in it."""
    play(tmp_path, monkeypatch, "docker", info)  # type: ignore[arg-type]
    with pytest.raises(SandboxUnavailable, match=words):
        open_engine("docker")


@pytest.mark.parametrize(
    ("kind", "complaint", "fix"),
    [
        ("docker", "Cannot connect to the Docker daemon at unix:///var/run/docker.sock", "systemctl start docker"),
        ("podman", "Cannot connect to Podman. Please verify your connection", "podman machine init"),
        ("podman", "cannot find newuidmap", "apt install uidmap"),
        ("podman", "no subuid ranges found for user", "usermod --add-subuids"),
        ("podman", "crun: cgroups in hybrid mode not supported", "apt install runc"),
        ("podman", "something unheard of", "podman run --rm --network none"),
    ],
)
def test_each_complaint_has_its_mend(kind: str, complaint: str, fix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own words are in the message."""
    play(tmp_path, monkeypatch, kind).answer("info", err=complaint, code=125)
    with pytest.raises(SandboxUnavailable, match="ended with 125") as caught:
        open_engine(kind)
    assert complaint in str(caught.value)
    assert fix in likely_fix(kind, str(caught.value))


@pytest.mark.parametrize("kind", ["podman", "docker"])
def test_an_engine_that_is_not_there_names_what_to_install(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is no error of anything else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match=f"program '{kind}' on PATH, found none; install"):
        open_engine(kind)


def test_the_graders_environment_stays_with_the_grader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own settings pass, secrets do not."""
    monkeypatch.setenv("TAKEHOME_CANARY", "secret")
    monkeypatch.setenv("DOCKER_HOST", "unix:///x")
    assert module.environment()["DOCKER_HOST"] == "unix:///x"
    assert "secret" not in module.environment().values()


def test_only_containers_of_dead_graders_of_this_machine_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grader that lives, one on another machine that shares the engine and an unreadable label are left alone."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host = os.uname().nodename
    labels = {"dead": f"{host} {gone.pid} 12345", "alive": grader_label(), "reused": f"{host} {os.getpid()} 1", "far": "elsewhere 1 1", "odd": "x"}
    stand_in = play(tmp_path, monkeypatch, "podman")
    stand_in.answer("ps --all", out="\n".join(labels))
    for name, label in labels.items():
        stand_in.answer(f'inspect --format {{{{index .Config.Labels "{LABEL}"}}}} {name}', out=label + "\n")
    open_engine("podman").sweep()
    assert [told[-1] for told in stand_in.told if told[0] == "rm"] == ["dead", "reused"]


def test_a_container_that_cannot_be_removed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was never made is not: there is nothing left of it."""
    stand_in = play(tmp_path, monkeypatch, "docker")
    engine = open_engine("docker")
    stand_in.answer("rm", err="Error: No such container: x", code=1)
    engine.remove("x")
    stand_in.answer("rm", err="device busy", code=1)
    with pytest.raises(SandboxError, match="device busy"):
        engine.remove("x")
