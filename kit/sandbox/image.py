"""What a container starts from, always by digest.

On Linux that is a skeleton made here: folders to mount on, the links of this system and the mark, and not one program. The system's own folders and
the runtime are mounted into it, the same that bubblewrap shows, so that both run the same bytes. Nothing is downloaded.

Elsewhere the host's programs are of no use inside, so an image carries the whole runtime: built once from `Containerfile` on a base named by digest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from kit.sandbox import model as names
from kit.sandbox.engine import Engine
from kit.sandbox.interpreter import BASE, ENVIRONMENT, LIBRARIES
from kit.sandbox.model import SYSTEM_FOLDERS, SandboxError

SKELETON = "takehome-skeleton"
FOLDERS = ("dev", "etc", "proc", "run", "sys", "tmp", "usr", "var", *(name.strip("/") for name in (BASE, ENVIRONMENT, LIBRARIES)))
STAGES = tuple(name.strip("/") for name in (names.SUBMISSION, names.INPUTS, names.MODEL, names.OUTPUT))


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that is there, and what is known about it."""

    id: str
    """Digest of its configuration, which names the digest of every layer: what a run is started from."""
    carries: bool
    """Whether it holds its own system and runtime, so that none of the host's is mounted."""


def skeleton_tar(root: Path = Path("/")) -> bytes:
    """The skeleton as an archive: the same bytes for every system laid out like this one."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:

        def add(name: str, kind: bytes, mode: int, target: str = "") -> None:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.linkname = kind, mode, target
            archive.addfile(entry)

        for name in sorted((*FOLDERS, *STAGES)):
            add(name, tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755)
        for name in SYSTEM_FOLDERS:
            host = root / name
            if host.is_symlink():
                add(name, tarfile.SYMTYPE, 0o777, os.readlink(host))
            elif host.is_dir():
                add(name, tarfile.DIRTYPE, 0o755)
        add("etc/passwd", tarfile.REGTYPE, 0o444)
        add(names.MARK.strip("/"), tarfile.REGTYPE, 0o444)
    return made.getvalue()


def skeleton(engine: Engine) -> Image:
    """The skeleton in the engine's store, put there first if need be. Its one layer must be the bytes that were made here."""
    data = skeleton_tar()
    digest = hashlib.sha256(data).hexdigest()
    name = f"localhost/{SKELETON}:{digest[:16]}"
    found = _look(engine, name)
    if found is None:
        engine.ask("import", "-", name, data=data)
        found = _look(engine, name)
    if found is None or found[1] != [f"sha256:{digest}"]:
        raise SandboxError(
            f"expected the image {name!r} to hold the one layer sha256:{digest}, got {found!r}; remove it with `{engine.kind} rmi {name}`"
        )
    return Image(id=found[0], carries=False)


def _look(engine: Engine, name: str) -> tuple[str, list[str]] | None:
    """Id and layers of an image; None where there is none. Refuses one that would bring writable folders of its own."""
    try:
        said = engine.ask("image", "inspect", "--format", "{{.Id}}\n{{json .RootFS.Layers}}\n{{json .Config.Volumes}}", name)
    except SandboxError as error:
        if re.search(r"no such image|image not known|failed to find image", str(error), re.IGNORECASE):
            return None
        raise
    id_, layers, volumes = said.strip().split("\n")
    if json.loads(volumes):
        raise SandboxError(f"expected an image without volumes, {name!r} declares {volumes}; choose another base")
    return id_ if id_.startswith("sha256:") else f"sha256:{id_}", json.loads(layers)
