"""One input through one parser, in a process of its own: `python replay.py PARSER FILE`. Exit code 0 when every promise is kept."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]
from targets import TARGETS  # noqa: E402

if __name__ == "__main__":
    TARGETS[sys.argv[1]].check(Path(sys.argv[2]).read_bytes())
