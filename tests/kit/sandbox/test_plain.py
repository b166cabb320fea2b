"""Running without a sandbox: same places by other paths, the same watchdog, and it says so."""

import sys
from pathlib import Path

import pytest

from kit.sandbox.model import Limits
from kit.sandbox.plain import Plain

CODE = """
import os, sys
print(os.getcwd(), sorted(k for k in os.environ if k.startswith("TAKEHOME")))
open(sys.argv[2], "w").write(open(sys.argv[1]).read())
"""


def test_paths_are_those_of_the_host_and_the_environment_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that only begins like a place is left alone."""
    monkeypatch.setenv("TAKEHOME_SECRET", "x")
    for name in ("sub", "in", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "in" / "a").write_text("data")
    (tmp_path / "sub" / "x.py").write_text(CODE)
    run = Plain().run(
        [sys.executable, "/sub/x.py", "/in/a", "/out/b", "/input"],
        submission=tmp_path / "sub",
        inputs=tmp_path / "in",
        model=None,
        output=tmp_path / "out",
        limits=Limits(wall_s=20.0, cpu_s=10),
        env={},
    )
    assert run.exit == 0, run.stderr
    assert run.stdout.decode().split() == [str(tmp_path / "sub"), "[]"]
    assert (tmp_path / "out" / "b").read_text() == "data"
    assert Plain().level == "none"
