"""What containers start from: the same bytes each time, nothing in them, and no other image under their name."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest
from containment import need_backend
from engine_stand_in import StandIn, play

from kit.sandbox.container import Container
from kit.sandbox.engine import open_engine
from kit.sandbox.image import skeleton, skeleton_tar
from kit.sandbox.model import SandboxError

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
    assert skeleton(sandbox.engine) == skeleton(sandbox.engine) == sandbox.image
