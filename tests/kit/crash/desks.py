"""A desk with a vault, what was sent out, hand-ins and a temporary folder; commands run on it in processes that die at a chosen step."""

from __future__ import annotations

import io
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click
from click.testing import CliRunner

from kit import files
from kit.cli import cli
from kit.vault import Vault

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate", "os.link", "os.symlink"}


@dataclass(frozen=True)
class Desk:
    """One folder with all that a team has. Every command is the real one, on the fakes of tests/kit/conftest.py."""

    folder: Path

    def __post_init__(self) -> None:
        self.tmp.mkdir(parents=True, exist_ok=True)

    @property
    def vault(self) -> Path:
        return self.folder / "vault"

    @property
    def out(self) -> Path:
        """What is sent to candidates."""
        return self.folder / "takehomes"

    @property
    def pages(self) -> Path:
        """Reports copied out for people."""
        return self.folder / "pages"

    @property
    def tmp(self) -> Path:
        """The temporary folder of the machine."""
        return self.folder / "tmp"

    def words(self, *args: object) -> list[str]:
        """A command with the folders of this desk: `{desk}` stands for its place."""
        words = [str(arg).replace("{desk}", str(self.folder)) for arg in args]
        place = ["--out", str(self.out)] if words[0] == "issue" else ["--out", str(self.pages)] if words[0] in ("grade", "regrade") else []
        return [*words, *place, "--vault", str(self.vault)]

    def run(self, *args: object) -> Any:
        """The command in this process; its result."""
        tempfile.tempdir = str(self.tmp)
        try:
            return CliRunner().invoke(cli, self.words(*args))
        finally:
            tempfile.tempdir = None

    def well(self, *args: object) -> Any:
        """The command, which must succeed; its result."""
        result = self.run(*args)
        assert result.exit_code == 0, (args, result.output)
        return result

    def copy(self, to: Path) -> Desk:
        """The same desk elsewhere."""
        shutil.copytree(self.folder, to)
        return Desk(to)

    # What readers see

    def sealed(self) -> dict[str, bytes]:
        """Every file of every form and grade that the vault shows to a reader, each checked against its manifest."""
        vault = Vault.open(self.vault)
        found: dict[str, bytes] = {}
        for id_ in vault.ids():
            form = vault.form(id_)
            form.verify()
            found |= {f"{id_}/{name}": (form.folder / name).read_bytes() for name in files.read_manifest(form.folder, what=id_)}
            for number in form.grades():
                _, folder = form.grade(number)
                found |= {f"{id_}/grades/{number}/{name}": (folder / name).read_bytes() for name in files.read_manifest(folder, what=id_)}
        return found

    def sent(self) -> dict[str, bytes]:
        """Every file that a person sees in what is sent and in the pages. Raises AssertionError for one that is not whole."""
        vault = Vault.open(self.vault) if self.vault.joinpath("vault.json").exists() else None
        found: dict[str, bytes] = {}
        for path in sorted(p for place in (self.out, self.pages) if place.is_dir() for p in place.iterdir() if not p.name.startswith(".")):
            assert vault is not None
            if path.suffix == ".zip":
                assert path.read_bytes() == vault.form(path.stem).takehome_zip.read_bytes()
                found[path.name] = path.read_bytes()
                continue
            inside = {p.name: p.read_bytes() for p in path.iterdir()}
            if path.parent == self.out:
                with zipfile.ZipFile(vault.form(path.name).takehome_zip) as archive:
                    assert inside == {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
            else:
                id_, _, number = path.name.rpartition("-")
                _, folder = vault.form(id_).grade(int(number))
                assert inside == {name: (folder / name).read_bytes() for name in ("scorecard.json", "report.html")}
            found |= {f"{path.name}/{name}": data for name, data in inside.items()}
        return found

    def left_over(self) -> list[str]:
        """What no finished command leaves behind. `lock` and `locks/` stay for good and hold nothing."""
        places = [self.vault / "incoming", self.tmp]
        found = [p for place in places if place.is_dir() for p in place.iterdir()]
        for place in (self.vault, self.vault / "index", self.vault / "forms", self.out, self.pages):
            found += [p for p in place.glob(".*")]
        return sorted(str(p.relative_to(self.folder)) for p in found)

    def chained(self) -> list[str]:
        """Subjects of the log, each sealed form and grade exactly once; `takehome vault check` finds nothing."""
        self.well("vault", "check")
        subjects = [entry.subject for entry in Vault.open(self.vault).log.entries()]
        assert len(set(subjects)) == len(subjects)
        assert Vault.open(self.vault).unlogged() == []
        return subjects


Stop = Callable[[str], bool]
"""Asked at each step by its name: die here?"""


def die() -> NoReturn:
    """As by kill -9, from outside or for want of memory: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process goes on")


def by_itself(desk: Desk, words: tuple[object, ...], *, checkpoint: Stop | None = None, change: Stop | None = None) -> tuple[int, list[str]]:
    """Run a command in a process of its own; its exit code (-9: killed) and the steps that it came to, by name.

    `checkpoint` is asked at each checkpoint of the kit, `change` before each change of a file or a folder below the desk.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.close(reader)
            code = _as_child(desk, words, writer, checkpoint, change)
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        steps = pipe.read().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), steps


def _as_child(desk: Desk, words: tuple[object, ...], writer: int, checkpoint: Stop | None, change: Stop | None) -> int:
    tempfile.tempdir = str(desk.tmp)

    def asked(stop: Stop, name: str) -> None:
        os.write(writer, (name + "\n").encode())
        if stop(name):
            die()

    if checkpoint is not None:
        files.checkpoint = lambda name: asked(checkpoint, name)

    def seen(event: str, args: tuple[Any, ...]) -> None:
        if change is not None and (event in CHANGES or event == "open" and isinstance(args[2], int) and args[2] & WRITES):
            path = os.fsdecode(args[0]) if isinstance(args[0], str | bytes | os.PathLike) else f"({args[0]})"
            if path.startswith(str(desk.folder)) or not path.startswith("/"):
                asked(change, f"{event} {path.removeprefix(str(desk.folder))}")

    sys.addaudithook(seen)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            cli.main(desk.words(*words), standalone_mode=False)
        except click.exceptions.Exit as left:
            return left.exit_code
        except click.ClickException as error:
            return error.exit_code
    return 0
