"""The guardian's process: takes handles of runs over standard input, and kills them when that line breaks. Stands alone: standard library only."""

import os
import select
import signal
import socket


def stand_guard(line: socket.socket) -> None:
    """The guardian's whole life: take handles, forget those of finished runs, kill the rest when the line breaks."""
    runs: list[int] = []
    while True:
        for ready in select.select([line.fileno(), *runs], [], [])[0]:
            if ready != line.fileno():
                runs.remove(ready)
                os.close(ready)
                continue
            data, handles, _, _ = socket.recv_fds(line, 1, 1)
            runs += handles
            if not data:
                end(runs)
                return


def end(runs: list[int]) -> None:
    """Kill every process that a handle stands for."""
    for run in runs:
        try:
            signal.pidfd_send_signal(run, signal.SIGKILL)
        except OSError:
            continue


if __name__ == "__main__":
    stand_guard(socket.socket(fileno=0))
