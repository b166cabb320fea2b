"""Forms worked on in processes of their own, so many at once: whatever ends a process takes its form along and no other.

    form -> new process -> (what it is at, how far) ... -> end, or what went wrong

A pool of workers would not do, because it gives up all that is under way when one of them dies. Processes are forked from a server that has
loaded the kit already, so a new one costs next to nothing. What is learnt about a form is kept on disk by the work itself: nothing comes back.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from multiprocessing.context import ForkServerProcess
from typing import Generic, Protocol, TypeVar

from kit.issue import Progress

LOADED = "kit.calibration.study"
"""Loaded once, before any process is forked."""
PATIENCE_S = 20.0
"""Seconds that a process has to put away what it runs once it is told to stop."""
TRIES = 2
"""How often a form is begun whose process dies: mostly it was out of memory, and finds more the second time."""


class Piece(Protocol):
    """Something to work on, with a name for whoever watches."""

    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Piece)
Work = Callable[[P, int, Progress], None]
"""(piece, cores that it may use, progress); for more than one process it must be a thing that pickles."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a piece could not be finished."""

    said: str
    """In one line."""
    trace: str = ""
    """Where it came from, if that is known."""

    @classmethod
    def of(cls, error: Exception) -> Problem:
        """An error that nobody caught."""
        return cls(said=f"{type(error).__name__}: {error}", trace="".join(traceback.format_exception(error)))


def each(pieces: Sequence[P], work: Work[P], *, jobs: int, progress: Progress, ended: Callable[[P, Problem | None], None]) -> None:
    """Work on every piece in the order given, `jobs` at once; `ended` is told of each as it ends, with the problem if there was one.

    A single piece, or one job, is worked on in this process, with all `jobs` for itself. A piece whose process dies is begun once more after
    all the others. When this is left, by Ctrl-C or an error of `ended`, the processes put away what they run and end; and so they do when
    this process is killed.
    """
    if jobs == 1 or len(pieces) == 1:
        for piece in pieces:
            ended(piece, _here(piece, work, jobs, progress))
        return
    waiting, begun, busy = deque(pieces), dict.fromkeys((piece.name for piece in pieces), 0), list[_Process[P]]()
    try:
        while waiting or busy:
            while waiting and len(busy) < jobs:
                busy.append(_Process(waiting.popleft(), work))
                begun[busy[-1].piece.name] += 1
            for one in _ready(busy):
                one.listen(progress)
                if one.runs:
                    continue
                busy.remove(one)
                if one.died and begun[one.piece.name] < TRIES:
                    waiting.append(one.piece)
                else:
                    ended(one.piece, one.problem)
    finally:
        _stop(busy)


def _here(piece: P, work: Work[P], jobs: int, progress: Progress) -> Problem | None:
    try:
        work(piece, jobs, lambda what, fraction: progress(f"{piece.name}: {what}", fraction))
    except Exception as error:  # as in a process of its own: it is said, and the others go on
        return Problem.of(error)
    return None


class _Process(Generic[P]):
    """A piece under way in its process."""

    def __init__(self, piece: P, work: Work[P]) -> None:
        self.piece, self.runs, self.died = piece, True, False
        self.problem: Problem | None = None
        self._heard, told = multiprocessing.Pipe(duplex=False)
        with told:
            self.process = _forked((work, piece, told))

    @property
    def signs(self) -> tuple[connection.Connection | int, ...]:
        """What can be waited for: something is said, or it ends."""
        return self._heard, self.process.sentinel

    def listen(self, progress: Progress) -> None:
        """Take in what has been said, and whether it is over."""
        over = bool(connection.wait([self.process.sentinel], timeout=0))  # asked first, so that nothing is said after it
        with contextlib.suppress(EOFError):
            while self._heard.poll():
                said = self._heard.recv()
                if isinstance(said, Problem):
                    self.problem = said
                else:
                    progress(f"{self.piece.name}: {said[0]}", said[1])
            if not over:
                return
        self.process.join()
        self._heard.close()
        self.runs, code = False, self.process.exitcode
        if code and self.problem is None:
            how = f"was ended by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"ended with exit code {code}"
            self.died, self.problem = True, Problem(said=f"the process that worked on it {how}. Run again to go on with this form.")


def _ready(busy: Sequence[_Process[P]]) -> list[_Process[P]]:
    """Those that have something to say, once there is one."""
    signs = connection.wait([sign for one in busy for sign in one.signs])
    return [one for one in busy if any(sign in signs for sign in one.signs)]


def _stop(busy: Sequence[_Process[P]]) -> None:
    for one in busy:
        one.process.terminate()
    end = time.monotonic() + PATIENCE_S
    for one in busy:
        one.process.join(max(0.0, end - time.monotonic()))
        if one.process.is_alive():
            one.process.kill()
            one.process.join()


def _forked(arguments: tuple[object, ...]) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([LOADED])
    forkserver.ensure_running()
    process = context.Process(target=_inside, args=arguments, daemon=True)
    process.start()
    return process


def _inside(work: Work[P], piece: P, told: connection.Connection) -> None:
    """In the process: work, and say what it is at."""
    os.setpgrp()  # Ctrl-C reaches the parent alone, which ends its processes in order
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_follow, daemon=True).start()

    def say(what: object) -> None:
        with contextlib.suppress(OSError):  # a parent that is gone hears nothing; `_follow` sees to the rest
            told.send(what)

    try:
        work(piece, 1, lambda what, fraction: say((what, fraction)))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGTERM)
    except Exception as error:  # whatever it is, it costs this form and no other
        say(Problem.of(error))


def _leave(*_: object) -> None:
    """Leave as by Ctrl-C, once: runs in the sandbox are stopped and folders to work in removed on the way out."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _follow() -> None:
    """End with the parent, however that ends: nobody works on a form that a new study may begin."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os._exit(1)
