"""One parser under the coverage-guided fuzzer: `python drive.py PARSER [libFuzzer options and folders]`. Needs atheris; `make fuzz` brings it."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]
with atheris.instrument_imports(include=["graders", "kit", "tomllib", "zipfile", "targets"]):
    from targets import TARGETS


def main() -> None:
    """Fuzz until the options say stop, or an input makes the check fail: it is saved where `-artifact_prefix` says."""
    target = TARGETS[sys.argv[1]]

    def one(data: bytes) -> None:
        target.check(data)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
