"""What containers start from: the same bytes each time, nothing in them, and no other image under their name."""

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from containment import need_backend, outcomes_of, write_form, write_submission
from engine_stand_in import DOCKER, StandIn, play

from kit.collect import collect
from kit.runtime import runtime_for
from kit.sandbox import image as module
from kit.sandbox.container import Container
from kit.sandbox.engine import open_engine
from kit.sandbox.image import BASE_VARIABLE, Image, image_for, skeleton, skeleton_tar
from kit.sandbox.model import SandboxError, SandboxUnavailable
from kit.sandbox.selfcheck import check
from kit.submission import intake

DIGEST = f"sha256:{hashlib.sha256(skeleton_tar()).hexdigest()}"


def test_the_skeleton_holds_places_links_and_the_mark(tmp_path: Path) -> None:
    """No program and no byte of content; a system with folders in place of links gets folders."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "bin").symlink_to("usr/bin")
    with tarfile.open(fileobj=io.BytesIO(skeleton_tar(tmp_path))) as archive:
        entries = {entry.name: entry for entry in archive}
    assert skeleton_tar(tmp_path) == skeleton_tar(tmp_path)
    assert {name for name, entry in entries.items() if entry.isfile()} == {"IN_SANDBOX", "etc/passwd"}
    assert {(entry.size, entry.mtime, entry.uid) for entry in entries.values()} == {(0, 0, 0)}
    assert (entries["bin"].linkname, entries["lib"].isdir(), "sbin" in entries) == ("usr/bin", True, False)
    assert {"sub", "in", "model", "out", "usr", "runtime", "python"} <= entries.keys()
    assert {name for name, entry in entries.items() if entry.mode & 0o022 and not entry.issym()} == {"tmp"}


def answering(stand_in: StandIn, layers: list[str], volumes: object = None) -> None:
    stand_in.answer("image inspect", out=f"sha256:abc\n{json.dumps(layers)}\n{json.dumps(volumes)}\n")


def test_an_image_that_is_there_is_used_by_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is put into the store again."""
    stand_in = play(tmp_path, monkeypatch, "docker")
    answering(stand_in, [DIGEST])
    image = skeleton(open_engine("docker"))
    assert (image.id, image.carries) == ("sha256:abc", False)
    assert not [told for told in stand_in.told if told[0] == "import"]


@pytest.mark.parametrize(
    ("layers", "volumes", "words"),
    [([f"sha256:{'0' * 64}"], None, "to hold the one layer sha256:.*docker rmi"), ([DIGEST], {"/data": {}}, "without volumes.*/data")],
    ids=["other content", "volumes"],
)
def test_another_image_under_the_name_is_refused(
    layers: list[str], volumes: object, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its content is judged, not its name."""
    answering(play(tmp_path, monkeypatch, "docker"), layers, volumes)
    with pytest.raises(SandboxError, match=words):
        skeleton(open_engine("docker"))


def test_an_image_that_does_not_appear_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive was handed to the engine whole; what it then does not have cannot be used."""
    stand_in = play(tmp_path, monkeypatch, "docker")
    stand_in.answer("image inspect", err="Error: No such image: x", code=1)
    with pytest.raises(SandboxError, match="got None"):
        skeleton(open_engine("docker"))
    assert (stand_in.folder / "imported").read_bytes() == skeleton_tar()


@pytest.mark.sandbox
def test_a_real_engine_keeps_the_very_bytes() -> None:
    """Twice the same image, and its one layer is the archive."""
    sandbox = need_backend("podman")
    assert isinstance(sandbox, Container)
    assert skeleton(sandbox.engine) == skeleton(sandbox.engine)
    assert sandbox.carried or skeleton(sandbox.engine) == sandbox.image


REQUIREMENTS = "threadpoolctl==3.8.0\n"
BASE = f"some/python@sha256:{'1' * 64}"


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Requirements, with fetching replaced by a folder that holds one wheel."""
    path = tmp_path / "requirements.txt"
    path.write_text(REQUIREMENTS)

    def fetch(requirements: Path, to: Path, machine: str) -> None:
        to.mkdir()
        (to / f"wheel-{machine}.whl").write_bytes(b"")

    monkeypatch.setattr(module, "_fetch", fetch)
    monkeypatch.setattr("kit.sandbox.engine.OTHER_RUNTIMES", ())
    return path


def test_elsewhere_than_on_linux_a_base_must_be_named(pins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By digest; the message says how to come by one. On Linux nothing is needed."""
    stand_in = play(tmp_path, monkeypatch, "docker", {**DOCKER, "Architecture": "aarch64"})
    engine = open_engine("docker")
    monkeypatch.delenv(BASE_VARIABLE, raising=False)
    monkeypatch.setattr(module.sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match=r"TAKEHOME_BASE.*docker pull python:3\.\d+-slim.*@sha256"):
        image_for(engine, requirements=pins)
    monkeypatch.setenv(BASE_VARIABLE, "python:latest")
    with pytest.raises(SandboxUnavailable, match=r"by digest.*'python:latest'"):
        image_for(engine, requirements=pins)
    monkeypatch.delenv(BASE_VARIABLE)
    monkeypatch.setattr(module.sys, "platform", "linux")
    answering(stand_in, [DIGEST])
    assert not image_for(engine, requirements=pins).carries


def test_the_image_is_built_without_a_network_and_only_once(pins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the base by its digest, on the wheels of the engine's own processor; what it is then found under depends on all of these."""
    stand_in = play(tmp_path, monkeypatch, "docker", {**DOCKER, "Architecture": "aarch64"})
    engine = open_engine("docker")
    stand_in.answer("image inspect", err="Error: No such image: x", code=1)
    stand_in.answer("build", code=0)
    monkeypatch.setenv(BASE_VARIABLE, BASE)
    with pytest.raises(SandboxError, match="after its build, found none"):
        image_for(engine, requirements=pins)
    built = [told for told in stand_in.told if told[0] == "build"]
    assert len(built) == 1
    assert built[0][built[0].index("--network") + 1] == "none"
    assert f"BASE={BASE}" in built[0]
    name = built[0][built[0].index("--tag") + 1]
    answering(stand_in, [f"sha256:{'2' * 64}"])
    image = image_for(engine, requirements=pins)
    assert (image.carries, image.id, len([told for told in stand_in.told if told[0] == "build"])) == (True, "sha256:abc", 1)
    assert image.interpreter is not None
    assert (image.interpreter.inside, image.interpreter.mounts, image.interpreter.carried_by) == ("/runtime/bin/python", (), "sha256:abc")
    pins.write_text("threadpoolctl==3.7.0\n")
    image_for(engine, requirements=pins)
    assert [told[-1] for told in stand_in.told if told[:2] == ["image", "inspect"]][-1] != name


def test_a_build_that_fails_says_what_was_said(pins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what the build itself printed, which engines put on either stream."""
    stand_in = play(tmp_path, monkeypatch, "docker")
    stand_in.answer("image inspect", err="Error: No such image: x", code=1)
    stand_in.answer("build", out="No matching distribution found", err="exit status 1", code=1)
    monkeypatch.setenv(BASE_VARIABLE, BASE)
    with pytest.raises(SandboxError, match="could not build the image.*No matching distribution found"):
        image_for(open_engine("docker"), requirements=pins)


def test_a_container_with_its_own_runtime_shows_nothing_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the submission, its inputs and the list of accounts are mounted; runs and the self-check use the Python inside."""
    monkeypatch.setattr("kit.sandbox.engine.OTHER_RUNTIMES", ())
    stand_in = play(tmp_path, monkeypatch, "docker")
    monkeypatch.setattr("kit.sandbox.container.os.geteuid", lambda: 1234)
    container = Container(open_engine("docker"), Image(id="sha256:abc", carries=True))
    runtime = runtime_for(container)
    assert (runtime.python, runtime.digest, tuple(runtime.mounts)) == ("/runtime/bin/python", "sha256:abc", ())
    told = [words for words in stand_in.told if words[0] == "run"][-1]
    targets = [word.split("target=")[1].split(",")[0] for word in told if word.startswith("type=bind")]
    assert sorted(targets) == ["/etc/passwd", "/out", "/sub"]
    check(container)
    assert [words for words in stand_in.told if words[0] == "run"][-1][-5] == "/runtime/bin/python"


@pytest.mark.sandbox
@pytest.mark.skipif(not os.environ.get(BASE_VARIABLE), reason=f"{BASE_VARIABLE} names no base image by digest to build on")
def test_a_submission_runs_on_a_built_image(tmp_path: Path) -> None:
    """For real, where a base is named: the image is built, the self-check holds in it, and a small submission gets its scores."""
    sandbox = need_backend("podman")
    runtime = runtime_for(sandbox)
    assert runtime.interpreter.carried_by.startswith("sha256:")
    submission = intake(write_submission(tmp_path / "hand-in"), tmp_path / "taken")
    evidence = collect(submission, write_form(tmp_path / "form"), sandbox=sandbox, runtime=runtime, out=tmp_path / "evidence")
    assert set(outcomes_of(evidence).values()) == {"ok"}
    assert json.loads((evidence / "evidence.json").read_text())["runtime"] == runtime.digest
