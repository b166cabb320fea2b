"""What a container starts from, always by digest.

On Linux that is a skeleton made here: folders to mount on, the links of this system and the mark, and not one program. The system's own folders and
the runtime are mounted into it, the same that bubblewrap shows, so that both run the same bytes. Nothing is downloaded.

Elsewhere the host's programs are of no use inside, so an image carries the whole runtime: built once from `Containerfile` on a base named by digest,
from wheels that the host's own pip fetched, without a network in the build.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kit.sandbox import model as names
from kit.sandbox.engine import BUILD_S, WORDS, Engine, with_other_runtimes
from kit.sandbox.interpreter import BASE, ENVIRONMENT, LIBRARIES, Interpreter
from kit.sandbox.model import SYSTEM_FOLDERS, SandboxError, SandboxUnavailable

SKELETON, RUNTIME = "takehome-skeleton", "takehome-runtime"
CONTAINERFILE = Path(__file__).with_name("Containerfile")
BASE_VARIABLE = "TAKEHOME_BASE"
BY_DIGEST = re.compile(r"(?:[a-zA-Z0-9][\w.:/-]*@)?sha256:[0-9a-f]{64}")
FOLDERS = ("dev", "etc", "proc", "run", "sys", "tmp", "usr", "var", *(name.strip("/") for name in (BASE, ENVIRONMENT, LIBRARIES)))
STAGES = tuple(name.strip("/") for name in (names.SUBMISSION, names.INPUTS, names.MODEL, names.OUTPUT))


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image that is there, and what is known about it."""

    id: str
    """Digest of its configuration, which names the digest of every layer: what a run is started from."""
    carries: bool
    """Whether it holds its own system and runtime, so that none of the host's is mounted."""

    @property
    def interpreter(self) -> Interpreter | None:
        """The Python that it carries; None where the host's is mounted."""
        path = f"{ENVIRONMENT}/bin/python"
        return Interpreter(inside=path, outside=Path(path), mounts=(), carried_by=self.id) if self.carries else None


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


def image_for(engine: Engine, *, requirements: Path) -> Image:
    """What runs start from here: the skeleton on Linux, an image that carries the runtime elsewhere and wherever a base is set.

    Raises SandboxUnavailable where a base is needed and none is set, SandboxError when a build fails.
    """
    base = os.environ.get(BASE_VARIABLE)
    if base:
        return carrying(engine, base, requirements=requirements)
    if sys.platform == "linux":
        return skeleton(engine)
    raise SandboxUnavailable(
        f"expected in {BASE_VARIABLE} the image, by digest, that the runtime is built on, got nothing; choose one with Python "
        f"{_python_version()} and util-linux, e.g. `{engine.kind} pull python:{_python_version()}-slim`, and set the variable to the NAME@sha256:... "
        f"that `{engine.kind} image inspect --format '{{{{index .RepoDigests 0}}}}' python:{_python_version()}-slim` prints"
    )


def carrying(engine: Engine, base: str, *, requirements: Path) -> Image:
    """The image with the runtime of these requirements on that base, built first where it is not there yet."""
    if not BY_DIGEST.fullmatch(base):
        raise SandboxUnavailable(
            f"expected in {BASE_VARIABLE} an image by digest (NAME@sha256:..., or the sha256:... of one in the store), got {base!r}"
        )
    pins = requirements.read_bytes()
    parts = (CONTAINERFILE.read_bytes(), pins, base.encode(), _python_version().encode(), engine.machine.encode())
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()
    name = f"localhost/{RUNTIME}:{digest[:16]}"
    found = _look(engine, name)
    if found is None:
        with tempfile.TemporaryDirectory(prefix="build-") as place:
            context = Path(place)
            shutil.copyfile(CONTAINERFILE, context / "Containerfile")
            _fetch(requirements, context / "wheels", engine.machine)
            arguments = [word for key, value in {"BASE": base, "PYTHON": _python_version()}.items() for word in ("--build-arg", f"{key}={value}")]
            limits = ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"] if engine.kind == "podman" else []
            where = ["--network", "none", "--pull=never" if engine.kind == "podman" else "--pull=false", "--file", str(context / "Containerfile")]
            _build(engine, ["build", *where, *limits, *arguments, "--tag", name, str(context)])
        found = _look(engine, name)
    if found is None:
        raise SandboxError(f"expected the image {name!r} after its build, found none; see `{engine.kind} images`")
    return Image(id=found[0], carries=True)


def _build(engine: Engine, words: list[str]) -> None:
    """Build with the first program that can start containers here. Raises SandboxError with what each said."""
    problems = []
    for each in with_other_runtimes(engine):
        try:
            each.ask(*words, timeout=BUILD_S)
            return
        except SandboxError as error:
            problems.append(f"{each.title}: {error}")
    raise SandboxError("could not build the image that carries the runtime: " + "; ".join(problems))


def _fetch(requirements: Path, to: Path, machine: str) -> None:
    """The wheels of the pinned packages for Linux on that machine, through this host's own pip and its settings."""
    platforms = [word for glibc in ("2_28", "2_27", "2_26", "2_24", "2_17") for word in ("--platform", f"manylinux_{glibc}_{machine}")]
    version = ["--python-version", _python_version(), "--implementation", "cp", "--only-binary", ":all:", "--no-deps"]
    command = [sys.executable, "-I", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *version]
    command += [*platforms, "--platform", f"manylinux2014_{machine}", "--dest", str(to), "-r", str(requirements)]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=BUILD_S, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxError(f"could not fetch the pinned packages for the image: {error}") from error
    if done.returncode:
        words = done.stderr[-WORDS:].decode("utf-8", "replace").strip()
        raise SandboxError(f"could not fetch the pinned packages for the image (a network or a package mirror is needed, once): {words!r}")


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


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
