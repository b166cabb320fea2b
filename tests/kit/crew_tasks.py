"""Work for `kit.calibration.crew` that its tests send to other processes: it must lie where those can find it by name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from kit.calibration.workspace import Workspace
from kit.issue import Progress


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A made-up form."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Keeps two rows drawn from the study's seed and the piece's name, as a form does; some pieces end badly between the two."""

    work: Workspace
    killed: str = ""
    """The piece at which the process kills itself: every time, or with `once` the first time only."""
    once: bool = False
    wrong: str = ""
    """The piece at which an error is raised."""

    def __call__(self, piece: Piece, jobs: int, progress: Progress) -> None:
        for kind in ("first", "second"):
            progress(f"the {kind} row", None)
            if not self.work.has(kind, piece.name):
                self.work.keep(kind, piece.name, self.work.stream.child(kind, piece.name).rng().random(3).tolist())
                (self.work.folder / "log").open("a").write(f"{kind} {piece.name}\n")
            if kind == "first" and piece.name == self.wrong:
                raise RuntimeError("no luck")
            if kind == "first" and piece.name == self.killed and not (self.once and self.work.has("killed", piece.name)):
                self.work.keep("killed", piece.name, 1)
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """Starts a program and waits for it; says where in files, and what became of it."""

    folder: Path

    def __call__(self, piece: Piece, jobs: int, progress: Progress) -> None:
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as program:
            try:
                (self.folder / f"{piece.name}.pids").write_text(f"{os.getpid()} {program.pid}")  # the study may be stopped from here on
                program.wait()
            except KeyboardInterrupt:
                program.kill()
                (self.folder / f"{piece.name}.left").touch()
                raise


def until(holds: object, *, seconds: float = 30.0) -> None:
    """Wait until `holds()` is true. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        if time.monotonic() > end:
            raise TimeoutError(f"it did not come to hold within {seconds} s")
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Is there such a process, other than a dead one that nobody asked about?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":  # a study of two sleepers, to be stopped from outside
    from kit.calibration import crew

    crew.each([Piece(name="f000"), Piece(name="f001")], Sleeper(folder=Path(sys.argv[1])), jobs=2, progress=lambda *_: None, ended=lambda *_: None)
